"""Conversations: read, and erased."""

from fastapi import APIRouter

from api.access import CurrentCaller
from api.problems import documented
from api.serving import CurrentStore
from api.store.conversations import ConversationJson, erase_conversation, read_conversation

router = APIRouter(prefix="/v1", tags=["conversations"])

_NOT_FOUND = (404, "conversation-not-found", "No such conversation", "There is no conversation of this id.")
_UNAVAILABLE = (503, "store-unavailable", "Conversations can't be reached at the moment", "Try again in a moment.")


@router.get(
    "/conversations/{conversation_id}",
    summary="A conversation with its answers",
    responses=documented(_NOT_FOUND, _UNAVAILABLE),
)
def conversation(conversation_id: str, caller: CurrentCaller, store: CurrentStore) -> ConversationJson:
    """All turns that are still kept, oldest first."""
    with store.reading() as connection:
        return read_conversation(connection, owner=caller.owner, conversation_id=conversation_id)


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    summary="Erase a conversation",
    response_description="Erased: its answers, their feedback and idempotency keys, too.",
    responses=documented(_NOT_FOUND, _UNAVAILABLE),
)
def erase(conversation_id: str, caller: CurrentCaller, store: CurrentStore) -> None:
    """Nothing of it is left in the database. Backups and PostgreSQL's own clean-up follow their own time."""
    with store.writing() as connection:
        erase_conversation(connection, owner=caller.owner, conversation_id=conversation_id)
    store.forget()
