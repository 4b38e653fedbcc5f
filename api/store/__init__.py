"""Conversations, answers as they were given, feedback and idempotency keys, in SQLite or PostgreSQL. See docs/adr/0014-store.md."""

from api.store.database import IN_MEMORY, Store, open_store, store_url
from api.store.errors import (
    AnswerNotFoundError,
    ConversationFullError,
    ConversationNotFoundError,
    KeyInUseError,
    KeyReusedError,
    StoreUnavailableError,
)

__all__ = [
    "IN_MEMORY",
    "AnswerNotFoundError",
    "ConversationFullError",
    "ConversationNotFoundError",
    "KeyInUseError",
    "KeyReusedError",
    "Store",
    "StoreUnavailableError",
    "open_store",
    "store_url",
]
