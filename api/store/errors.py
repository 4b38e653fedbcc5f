"""What the store can't do. api/problems.py makes HTTP problems of these."""

from assistant.errors import GuidanceError


class StoreUnavailableError(GuidanceError):
    """The database can't be used at the moment: stopped, locked, full, read-only or damaged. The message is for the log."""


class ConversationNotFoundError(GuidanceError):
    """There is no such conversation of this owner: never was, deleted, or past its retention."""


class ConversationFullError(GuidanceError):
    """The conversation has as many turns as one may have."""


class AnswerNotFoundError(GuidanceError):
    """There is no such answer of this owner: never kept, deleted, or past its retention."""


class KeyReusedError(GuidanceError):
    """The idempotency key was sent with another request before."""


class KeyInUseError(GuidanceError):
    """The request with this idempotency key is still being answered."""
