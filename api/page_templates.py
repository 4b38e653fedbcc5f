"""Server-rendered pages. Jinja escapes every value; no page is put together from strings."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dates import readable_date

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["readable_date"] = readable_date


def render(template: str, **values: Any) -> str:
    """The page as HTML."""
    return _ENVIRONMENT.get_template(template).render(**values)
