"""The log: one line an event on standard error, as text or as JSON. It holds no question and no answer.

What is logged of a request or an answer are values of our own: status, kinds, times. A text that comes from outside, such as a path or the
message of an error, can't begin a line of its own nor hide one: control characters are spelt out.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any

import pydantic

from api.problems import REQUEST_ID

_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
# C0 and C1 controls (an escape sequence of a terminal begins with one), and what else ends or turns a line in a viewer.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_EXCEPTION = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class WithRequestId(logging.Filter):
    """Puts the id of the request that is being served on every log record, whoever logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        record.request_id = REQUEST_ID.get()
        return True


class TextFormatter(logging.Formatter):
    """For people: a line an event. The lines of an error's traceback are set in, so that none of them looks like an event."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        message, *others = super().format(_shown(record)).split("\n")
        return "\n".join([spelt_out(message), *(f"    | {spelt_out(line)}" for line in others)])

    def formatException(self, ei: _EXCEPTION) -> str:  # noqa: N802 - logging's own name
        """See logging.Formatter."""
        return without_input(ei)


class JsonFormatter(logging.Formatter):
    """For machines: a JSON object an event. `fields` of a record become fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            event["exception"] = without_input(record.exc_info)
        # ASCII: what ends or turns a line in a viewer is written as an escape.
        return json.dumps(event, ensure_ascii=True, default=str)


_FORMATTERS = {LogFormat.TEXT: TextFormatter, LogFormat.JSON: JsonFormatter}


def configure_logging(log_format: LogFormat = LogFormat.TEXT) -> None:
    """Sets up the log of a process. Libraries are heard only when they warn."""
    handler = logging.StreamHandler()
    handler.addFilter(WithRequestId())
    handler.setFormatter(_FORMATTERS[log_format]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("api", "assistant"):
        logging.getLogger(name).setLevel(logging.INFO)


def spelt_out(text: str) -> str:
    r"""Text on one line: a line feed becomes \n, an escape \x1b."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def without_input(found: _EXCEPTION) -> str:
    """A traceback. What pydantic was given is left out of it: that may be what somebody asked."""
    kind, error, place = found
    whole = traceback.TracebackException(kind, error, place) if kind and error else None
    if whole is None:
        return ""
    lines = "".join(whole.format())
    for each in _chain(error):
        if isinstance(each, pydantic.ValidationError):
            lines = lines.replace(str(each), f"{each.error_count()} validation errors for {each.title}")
    return lines.rstrip("\n")


def _chain(error: BaseException | None) -> list[BaseException]:
    """An error, and those that it came from."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _shown(record: logging.LogRecord) -> logging.LogRecord:
    """The record with its message on one line; line feeds that are left belong to the traceback."""
    copy = logging.makeLogRecord(record.__dict__)
    copy.msg, copy.args = spelt_out(record.getMessage()), ()
    copy.exc_text = None
    return copy
