"""Conversations and their turns. Each function is part of the caller's transaction."""

from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from api.store.errors import ConversationFullError, ConversationNotFoundError
from api.store.snapshot import Snapshot, pack, unpack
from api.store.tables import Conversation, StoredAnswer
from assistant.types import Turn
from assistant.wire import AnswerJson

MOST_TURNS = 100
# A follow-up is understood with the turn before it; a language model may read a few more.
HISTORY_TURNS = 5
# Written once, for every answer: putting a statement together takes longer than running it.
_CONVERSATIONS, _ANSWERS = cast(Table, Conversation.__table__), cast(Table, StoredAnswer.__table__)
_LAST_TURNS = (
    select(_CONVERSATIONS.c.turns, _ANSWERS.c.answer)
    .outerjoin_from(_CONVERSATIONS, _ANSWERS, _ANSWERS.c.conversation_id == _CONVERSATIONS.c.id)
    .where(_CONVERSATIONS.c.id == bindparam("of"), _CONVERSATIONS.c.owner == bindparam("by"))
    .order_by(_ANSWERS.c.position.desc())
    .limit(HISTORY_TURNS)
)
_BEGIN = insert(_CONVERSATIONS)
_ADD = insert(_ANSWERS)
_TAKE_PLACE = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("of"), _CONVERSATIONS.c.owner == bindparam("by"))
    .values(turns=_CONVERSATIONS.c.turns + 1)
    .returning(_CONVERSATIONS.c.turns)
)


class ConversationJson(BaseModel):
    """A conversation with its answers, oldest first."""

    id: str
    created: datetime = Field(description="ISO 8601, UTC.")
    turns: tuple[AnswerJson, ...]


def history(connection: Connection, *, owner: str, conversation_id: str) -> list[Turn]:
    """The last turns of a conversation that takes another one, oldest first.

    Raises:
        ConversationNotFoundError: this owner has none of this id.
        ConversationFullError: it has as many turns as it may.
    """
    rows = connection.execute(_LAST_TURNS, {"of": conversation_id, "by": owner}).all()
    if not rows:
        raise ConversationNotFoundError(conversation_id)
    if rows[0].turns >= MOST_TURNS:
        raise ConversationFullError(conversation_id)
    answers = [AnswerJson.model_validate_json(unpack(row.answer)) for row in reversed(rows) if row.answer is not None]
    return [
        Turn(question=answer.question, answer=" ".join(statement.text for statement in answer.statements))
        for answer in answers
    ]


def begin_conversation(connection: Connection, *, owner: str, conversation_id: str, snapshot: Snapshot) -> None:
    """Keeps an answer as the first turn of a new conversation."""
    connection.execute(_BEGIN, {"id": conversation_id, "owner": owner, "created": snapshot.asked_at, "turns": 1})
    connection.execute(_ADD, _row(owner, conversation_id, 1, snapshot))


def add_turn(connection: Connection, *, owner: str, conversation_id: str, snapshot: Snapshot) -> None:
    """Keeps an answer as the next turn. Turns that end at the same time get places one after the other.

    Raises:
        ConversationNotFoundError, ConversationFullError: as `history`; it may have become so while the answer was made.
    """
    place = connection.execute(_TAKE_PLACE, {"of": conversation_id, "by": owner}).scalar_one_or_none()
    if place is None:
        raise ConversationNotFoundError(conversation_id)
    if place > MOST_TURNS:
        raise ConversationFullError(conversation_id)
    connection.execute(_ADD, _row(owner, conversation_id, place, snapshot))


def _row(owner: str, conversation_id: str, place: int, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.answer_id,
        "conversation_id": conversation_id,
        "owner": owner,
        "position": place,
        "asked_at": snapshot.asked_at,
        "status": snapshot.status,
        "build_id": snapshot.build_id,
        "model": snapshot.model,
        "prompt_sha256": snapshot.prompt_sha256,
        "answer": pack(snapshot.answer),
        "evidence": snapshot.evidence,
    }


def read_conversation(connection: Connection, *, owner: str, conversation_id: str) -> ConversationJson:
    """A conversation with all its answers.

    Raises:
        ConversationNotFoundError: this owner has none of this id.
    """
    found = connection.execute(
        select(Conversation.created).where(Conversation.id == conversation_id, Conversation.owner == owner)
    ).scalar_one_or_none()
    if found is None:
        raise ConversationNotFoundError(conversation_id)
    answers = connection.execute(
        select(StoredAnswer.answer)
        .where(StoredAnswer.conversation_id == conversation_id, StoredAnswer.owner == owner)
        .order_by(StoredAnswer.position)
    ).scalars()
    turns = tuple(AnswerJson.model_validate_json(unpack(answer)) for answer in answers)
    return ConversationJson(id=conversation_id, created=found, turns=turns)


def erase_conversation(connection: Connection, *, owner: str, conversation_id: str) -> None:
    """Deletes a conversation; its answers, their feedback and idempotency keys go with it.

    Raises:
        ConversationNotFoundError: this owner has none of this id.
    """
    erased = connection.execute(
        delete(Conversation).where(Conversation.id == conversation_id, Conversation.owner == owner)
    )
    if not erased.rowcount:
        raise ConversationNotFoundError(conversation_id)
