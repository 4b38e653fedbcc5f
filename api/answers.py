"""Answers that were given: what they rested on, and what officers say of them."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi_problem.error import Problem
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, CurrentCaller
from api.chat import Text
from api.file_note import FORMATS, FileNoteFormat, note_of
from api.problems import documented
from api.serving import CurrentStore
from api.store import Store
from api.store.answers import GivenFeedback, Reason, Verdict, keep_feedback, read_snapshot
from api.store.snapshot import SnapshotJson
from assistant import guard
from assistant.query import clean

router = APIRouter(prefix="/v1", tags=["answers"])

_NOT_FOUND = (404, "answer-not-found", "No such answer", "There is no answer of this id.")
_UNAVAILABLE = (503, "store-unavailable", "Conversations can't be reached at the moment", "Try again in a moment.")
_PERSONAL = (
    "The comment seems to hold personal information, such as a telephone number or an address, so nothing of it was kept. "
    "Leave out the details of people and send it again."
)


class FeedbackJson(BaseModel):
    """What an officer says of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"verdict": "unhelpful", "reasons": ["incomplete"], "comment": "No dates."}]},
    )

    verdict: Verdict
    reasons: Annotated[tuple[Reason, ...], Field(max_length=len(Reason))] = ()
    comment: Annotated[Text, Field(max_length=1000)] | None = Field(
        default=None, description="At most 1,000 characters. No personal information."
    )


@router.get(
    "/answers/{answer_id}",
    summary="An answer as it was given, and what it rested on",
    responses=documented(_NOT_FOUND, _UNAVAILABLE),
)
def answer(answer_id: str, caller: CurrentCaller, store: CurrentStore) -> SnapshotJson:
    """The record of an answer: passages, sources and settings as they were, whatever the guidance held says now."""
    with store.reading() as connection:
        return read_snapshot(connection, owner=caller.owner, answer_id=answer_id)


@router.get(
    "/answers/{answer_id}/file-note",
    summary="The record of an answer, for the council's file",
    response_class=Response,
    responses={
        200: {
            "description": "The record",
            "content": {each.media_type.partition(";")[0]: {} for each in FORMATS.values()},
        },
        **documented(_NOT_FOUND, _UNAVAILABLE),
    },
)
def file_note(
    answer_id: str, caller: CurrentCaller, store: CurrentStore, format: FileNoteFormat = FileNoteFormat.MARKDOWN
) -> Response:
    """Question, answer, passages with the quotes marked, sources, settings: what an auditor can check without this service."""
    return written_note(store, answer_id, caller, format)


def written_note(store: Store, answer_id: str, caller: Caller, format: FileNoteFormat) -> Response:
    """A file note as a response.

    Raises:
        AnswerNotFoundError: the caller has no answer of this id.
    """
    with store.reading() as connection:
        snapshot = read_snapshot(connection, owner=caller.owner, answer_id=answer_id)
    written = FORMATS[format]
    how = "inline" if format is FileNoteFormat.HTML else "attachment"
    name = f"answer-{snapshot.asked_at:%Y-%m-%d}-{snapshot.answer.id[:8]}.{written.ending}"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', **written.headers}
    return Response(written.write(note_of(snapshot)), media_type=written.media_type, headers=headers)


@router.post(
    "/answers/{answer_id}/feedback",
    status_code=201,
    summary="Say whether an answer helped",
    responses={
        200: {"model": GivenFeedback, "description": "In place of earlier feedback"},
        **documented(
            _NOT_FOUND,
            (422, "personal-data", "The comment holds personal information", "Leave it out and send again."),
            _UNAVAILABLE,
        ),
    },
)
def feedback(
    answer_id: str, given: FeedbackJson, caller: CurrentCaller, store: CurrentStore, response: Response
) -> GivenFeedback:
    """Feedback on an answer of the caller's own. Given again, it replaces what was there."""
    if given.comment is not None and guard.inspect(clean(given.comment)):
        raise Problem("The comment holds personal information", type_="personal-data", status=422, detail=_PERSONAL)
    kept = GivenFeedback(
        answer_id=answer_id,
        verdict=given.verdict,
        reasons=tuple(dict.fromkeys(given.reasons)),
        comment=given.comment,
        given_at=datetime.now(UTC),
    )
    with store.writing() as connection:
        first = keep_feedback(connection, owner=caller.owner, feedback=kept)
    response.status_code = 201 if first else 200
    return kept
