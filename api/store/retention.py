"""Deletes what is older than it may get."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select

from api.store.database import Store
from api.store.idempotency import KEPT
from api.store.tables import Conversation, IdempotencyKey, StoredAnswer, StoredFeedback

# A transaction keeps other writers out while it lasts: no more answers in one than are deleted in a moment.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many rows were deleted, or would be."""

    conversations: int = 0
    answers: int = 0
    feedback: int = 0
    idempotency_keys: int = 0


def purge(store: Store, *, older_than: timedelta, now: datetime) -> Purged:
    """Deletes answers given before, with their feedback, conversations left without answers, and idempotency keys past their day.

    Raises:
        StoreUnavailableError: the database can't be used. What was deleted until then stays deleted.
    """
    before = now - older_than
    answers = feedback = 0
    while True:
        with store.writing() as connection:
            ids = list(
                connection.execute(
                    select(StoredAnswer.id).where(StoredAnswer.asked_at < before).limit(_AT_ONCE)
                ).scalars()
            )
            feedback += connection.execute(delete(StoredFeedback).where(StoredFeedback.answer_id.in_(ids))).rowcount
            answers += connection.execute(delete(StoredAnswer).where(StoredAnswer.id.in_(ids))).rowcount
        if len(ids) < _AT_ONCE:
            break
    with store.writing() as connection:
        empty = ~exists().where(StoredAnswer.conversation_id == Conversation.id)
        conversations = connection.execute(delete(Conversation).where(Conversation.created < before, empty)).rowcount
        expired = IdempotencyKey.reserved_at < now - KEPT
        keys = connection.execute(delete(IdempotencyKey).where(expired)).rowcount
    store.forget()
    return Purged(conversations=conversations, answers=answers, feedback=feedback, idempotency_keys=keys)


def would_purge(store: Store, *, older_than: timedelta, now: datetime) -> Purged:
    """What `purge` would delete."""
    before = now - older_than
    old = StoredAnswer.asked_at < before
    younger = exists().where(StoredAnswer.conversation_id == Conversation.id, StoredAnswer.asked_at >= before)
    counts = {
        "answers": select(func.count()).select_from(StoredAnswer).where(old),
        "feedback": select(func.count()).select_from(StoredFeedback).join(StoredAnswer).where(old),
        "conversations": select(func.count()).select_from(Conversation).where(Conversation.created < before, ~younger),
        "idempotency_keys": select(func.count())
        .select_from(IdempotencyKey)
        .where(IdempotencyKey.reserved_at < now - KEPT),
    }
    with store.reading() as connection:
        return Purged(**{name: connection.execute(count).scalar_one() for name, count in counts.items()})
