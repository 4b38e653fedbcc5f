"""Questions and answers."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.problems import documented
from api.serving import Answering, Serving
from assistant.query import LONGEST_QUESTION
from assistant.types import Filters, Nation, SourceStatus
from assistant.wire import AnswerJson, to_wire

router = APIRouter(prefix="/v1", tags=["chat"])

# A real answer, shortened to two quotes.
EXAMPLE_ANSWER: dict[str, Any] = json.loads(Path(__file__).with_name("example_answer.json").read_text(encoding="utf-8"))
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _check_partial_date(value: str) -> str:
    match = _PARTIAL_DATE.fullmatch(value)
    try:
        if match:
            date(*(int(part or 1) for part in match.groups()))
            return value
    except ValueError:
        pass
    raise ValueError("must be a date: YYYY, YYYY-MM or YYYY-MM-DD")


def _check_encodable(value: str) -> str:
    # JSON can spell half of a surrogate pair, which no answer that repeats the question could be encoded with.
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("must be text in valid Unicode")
    return value


class FiltersJson(BaseModel):
    """Limits the sources that the answer may use. What is left out limits nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publishers: tuple[str, ...] = Field(default=(), description="Only these publishers' guidance, whatever the case.")
    nations: tuple[Nation, ...] = Field(default=(), description="Only guidance that applies in one of these nations.")
    statuses: tuple[SourceStatus, ...] = Field(
        default=(), description="Only guidance that stands so today: current, superseded or historic."
    )
    published_from: Annotated[str, AfterValidator(_check_partial_date)] | None = Field(
        default=None, description="Only guidance published then or later: YYYY, YYYY-MM or YYYY-MM-DD."
    )


class QuestionJson(BaseModel):
    """A question about buying technology."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"question": EXAMPLE_ANSWER["question"], "filters": {"publishers": ["LOTI"]}}]},
    )

    question: Annotated[str, AfterValidator(_check_encodable)] = Field(
        description=f"In English, at most {LONGEST_QUESTION:,} characters. No personal information."
    )
    filters: FiltersJson | None = None


@router.post(
    "/chat",
    summary="Ask a question",
    response_description="An answer. A question that can't be answered is a status of it, not an error.",
    responses=documented(
        (413, "body-too-large", "The request is too large", "The request is longer than this service reads."),
        (422, "question-empty", "The question can't be used", "The question is empty."),
        (503, "not-ready", "The guidance can't be searched at the moment", "Try again later."),
    ),
)
async def chat(asked: QuestionJson, serving: Serving, answering: Answering) -> AnswerJson:
    """Answers with exact quotes from the guidance held, each with its citation, or says that it can't."""
    limits = asked.filters or FiltersJson()
    filters = Filters(**limits.model_dump())
    return await anyio.to_thread.run_sync(
        lambda: to_wire(serving.current().ask(asked.question, filters=filters)), limiter=answering
    )
