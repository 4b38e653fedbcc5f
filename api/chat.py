"""Questions and answers."""

import re
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import Annotated, NamedTuple, cast

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.sse import EventSourceResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import examples
from api.access import CurrentCaller
from api.problems import as_problem, documented
from api.serving import CurrentDesk
from api.stream import Part, Stream, StreamEvent, events, open_stream
from api.turns import Asked, GivenAnswer
from assistant.query import LONGEST_QUESTION
from assistant.types import Filters, Nation, SourceStatus
from assistant.wire import AnswerJson

router = APIRouter(prefix="/v1", tags=["chat"])

REPLAYED = "Idempotent-Replayed"
# For the description alone: the day is checked against its month, too.
_PARTIAL_DATE_PATTERN = "^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
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
    if "\0" in value:
        raise ValueError("must not hold NUL characters")
    return value


Text = Annotated[str, AfterValidator(_check_encodable)]


class FiltersJson(BaseModel):
    """Limits the sources that the answer may use. What is left out limits nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publishers: tuple[Text, ...] = Field(default=(), description="Only these publishers' guidance, whatever the case.")
    nations: tuple[Nation, ...] = Field(default=(), description="Only guidance that applies in one of these nations.")
    statuses: tuple[SourceStatus, ...] = Field(
        default=(), description="Only guidance that stands so today: current, superseded or historic."
    )
    published_from: Annotated[str, AfterValidator(_check_partial_date)] | None = Field(
        default=None,
        description="Only guidance published then or later: YYYY, YYYY-MM or YYYY-MM-DD.",
        json_schema_extra={"pattern": _PARTIAL_DATE_PATTERN},
    )


class QuestionJson(BaseModel):
    """A question about buying technology."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"question": examples.ANSWER["question"], "filters": {"publishers": ["LOTI"]}}]
        },
    )

    question: Text = Field(description=f"In English, at most {LONGEST_QUESTION:,} characters. No personal information.")
    filters: FiltersJson | None = None
    conversation_id: Text | None = Field(default=None, description="Of the answer that this question follows.")


async def asked_of(
    body: QuestionJson,
    caller: CurrentCaller,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=8,
            max_length=128,
            pattern="^[!-~]+$",
            description="Sent again with the same body within 24 hours, it gives the same answer again.",
        ),
    ] = None,
) -> Asked:
    """The question and whose it is."""
    return Asked(
        question=body.question,
        filters=Filters(**(body.filters or FiltersJson()).model_dump()),
        conversation_id=body.conversation_id,
        owner=caller.owner,
        idempotency_key=idempotency_key,
    )


class _Begun(NamedTuple):
    stream: Stream
    first: Part | GivenAnswer


async def begun_stream(
    request: Request, response: Response, asked: Annotated[Asked, Depends(asked_of)], desk: CurrentDesk
) -> AsyncIterator[_Begun]:
    """A stream, once its first part is there: what goes wrong before is an ordinary problem."""
    async with open_stream(desk, asked, request.app.state.streams) as stream:
        first = await stream.next()
        if isinstance(first, GivenAnswer) and first.replayed:
            response.headers[REPLAYED] = "true"
        yield _Begun(stream, first)


_PROBLEMS = documented(
    (
        404,
        "conversation-not-found",
        "No such conversation",
        "There is no such conversation. Ask without conversation_id.",
    ),
    (409, "conversation-full", "The conversation is full", "A conversation has at most 100 turns. Begin another."),
    (413, "body-too-large", "The request is too large", "The request is longer than this service reads."),
    (422, "question-empty", "The question can't be used", "The question is empty."),
    (503, "not-ready", "The guidance can't be searched at the moment", "Try again later."),
)


@router.post(
    "/chat",
    summary="Ask a question",
    response_model=AnswerJson,
    response_description="An answer. A question that can't be answered is a status of it, not an error.",
    responses=_PROBLEMS,
)
async def chat(asked: Annotated[Asked, Depends(asked_of)], desk: CurrentDesk) -> Response:
    """Answers with exact quotes from the guidance held, each with its citation, or says that it can't."""
    given = await desk.finish(await desk.begin(asked))
    # The same bytes as are kept: nothing is checked and written out twice.
    headers = {REPLAYED: "true"} if given.replayed else None
    return Response(given.document, media_type="application/json", headers=headers)


@router.post(
    "/chat/stream",
    summary="Ask a question, and get the answer in parts",
    response_class=EventSourceResponse,
    response_description="Events; the last is answer.completed or answer.failed. Without it the answer is not whole.",
    responses=_PROBLEMS,
)
async def chat_stream(request: Request, begun: Annotated[_Begun, Depends(begun_stream)]) -> AsyncIterator[StreamEvent]:
    """The citations, each statement once it has passed its check, each notice, and then the whole answer."""
    async for event in events(begun.stream, begun.first, partial(as_problem, request)):
        # FastAPI describes what the annotation says, and sends a ServerSentEvent as it is.
        yield cast(StreamEvent, event)
