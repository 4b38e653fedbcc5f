"""Server-rendered pages. Jinja escapes every value; no page is put together from strings."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dates import readable_date
from api.pages.words import KINDS, NATIONS, STATUS_MEANINGS, STATUSES, count_of
from assistant.notices import long_date
from assistant.query import LONGEST_QUESTION

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    readable_date=readable_date,
    long_date=long_date,
    count_of=count_of,
    nation_names=lambda nations: ", ".join(NATIONS[nation] for nation in nations),
)
_ENVIRONMENT.globals.update(
    NATIONS=NATIONS,
    STATUSES=STATUSES,
    STATUS_MEANINGS=STATUS_MEANINGS,
    KINDS=KINDS,
    LONGEST_QUESTION=LONGEST_QUESTION,
)


def render(template: str, **values: Any) -> str:
    """The page as HTML."""
    return _ENVIRONMENT.get_template(template).render(**values)
