"""Conversations, answers as they were given, feedback and idempotency keys, in SQLite or PostgreSQL. See docs/adr/0014-store.md."""

from api.store.database import Store, open_store
from api.store.errors import (
    AnswerNotFoundError,
    ConversationFullError,
    ConversationNotFoundError,
    StoreUnavailableError,
)

__all__ = [
    "AnswerNotFoundError",
    "ConversationFullError",
    "ConversationNotFoundError",
    "Store",
    "StoreUnavailableError",
    "open_store",
]
