"""Answers that were kept, and what officers said of them. Each function is part of the caller's transaction."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field
from sqlalchemy import Connection, insert, select, update

from api.store.errors import AnswerNotFoundError
from api.store.snapshot import Evidence, SnapshotJson, unpack
from api.store.tables import StoredAnswer, StoredFeedback
from assistant.wire import AnswerJson


class Verdict(StrEnum):
    """Whether an answer helped."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


class Reason(StrEnum):
    """What was wrong with an answer."""

    WRONG = "wrong"
    OUT_OF_DATE = "out_of_date"
    INCOMPLETE = "incomplete"
    OFF_TOPIC = "off_topic"
    UNCLEAR = "unclear"
    OTHER = "other"


class GivenFeedback(BaseModel):
    """Feedback as it is kept."""

    answer_id: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str | None
    given_at: datetime = Field(description="ISO 8601, UTC.")


def read_snapshot(connection: Connection, *, owner: str, answer_id: str) -> SnapshotJson:
    """An answer as it was given, with what it rested on.

    Raises:
        AnswerNotFoundError: this owner has none of this id.
    """
    row = connection.execute(
        select(
            StoredAnswer.answer,
            StoredAnswer.evidence,
            StoredAnswer.asked_at,
            StoredAnswer.build_id,
            StoredAnswer.model,
            StoredAnswer.prompt_sha256,
        ).where(StoredAnswer.id == answer_id, StoredAnswer.owner == owner)
    ).one_or_none()
    if row is None:
        raise AnswerNotFoundError(answer_id)
    evidence = Evidence.model_validate_json(unpack(row.evidence))
    return SnapshotJson(
        answer=AnswerJson.model_validate_json(unpack(row.answer)),
        asked_at=row.asked_at,
        passages=evidence.passages,
        sources=evidence.sources,
        settings=evidence.settings,
        build_id=row.build_id,
        model=row.model,
        prompt_sha256=row.prompt_sha256,
    )


def keep_feedback(connection: Connection, *, owner: str, feedback: GivenFeedback) -> bool:
    """Keeps feedback, in place of what this owner gave before. Returns whether it is the first.

    Raises:
        AnswerNotFoundError: this owner has no such answer.
    """
    # Locked, so that of two at the same time one is first and the other replaces it.
    mine = select(StoredAnswer.id).where(StoredAnswer.id == feedback.answer_id, StoredAnswer.owner == owner)
    if connection.execute(mine.with_for_update()).first() is None:
        raise AnswerNotFoundError(feedback.answer_id)
    values = {
        "verdict": feedback.verdict.value,
        "reasons": " ".join(feedback.reasons),
        "comment": feedback.comment,
        "given_at": feedback.given_at,
    }
    replaced = connection.execute(
        update(StoredFeedback).where(StoredFeedback.answer_id == feedback.answer_id).values(values)
    )
    if not replaced.rowcount:
        connection.execute(insert(StoredFeedback).values(answer_id=feedback.answer_id, owner=owner, **values))
    return not replaced.rowcount
