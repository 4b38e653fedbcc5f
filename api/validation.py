"""What is wrong with a request, field by field, in plain words.

The values that were sent are never repeated: they may hold personal data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

_LONGEST_NAME = 60
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be text",
    "string_unicode": "must be text in valid Unicode",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "model_attributes_type": "must be a JSON object, sent with Content-Type: application/json",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
}


class FieldProblem(BaseModel):
    """One field that is wrong."""

    field: str = Field(description="Path of the field, such as filters.nations.0; “body” for the whole body.")
    problem: str


def field_problems(errors: Iterable[Mapping[str, Any]]) -> tuple[FieldProblem, ...]:
    """Pydantic's errors in plain words."""
    return tuple(FieldProblem(field=_field(error["loc"]), problem=_words(error)) for error in errors)


def _field(location: tuple[str | int, ...]) -> str:
    # The first part says where a value came from: body, query or path. A name after it may be the caller's own, and long.
    parts = [str(part)[:_LONGEST_NAME] for part in location]
    return ".".join(parts[1:]) or parts[0]


def _words(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "enum":
            return f"must be one of {context['expected']}"
        case "value_error":
            return str(context["error"])
        case "string_too_long":
            return f"must have at most {context['max_length']:,} characters"
        case kind:
            return _WORDS.get(kind, "is not valid")
