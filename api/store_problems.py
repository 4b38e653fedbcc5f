"""The store's errors as problems, and that of a server that is being stopped. The types are listed in docs/integrators.md."""

from collections.abc import Callable, Mapping
from functools import partial

from fastapi_problem.error import Problem

from api.store import (
    AnswerNotFoundError,
    ConversationFullError,
    ConversationNotFoundError,
    KeyInUseError,
    KeyReusedError,
    StoreUnavailableError,
)
from api.store.conversations import MOST_TURNS
from assistant.errors import GuidanceError

RETRY_SECONDS = "5"


class StoppingError(GuidanceError):
    """The server is being stopped before the answer was there."""


STORE_PROBLEMS: Mapping[type[GuidanceError], Callable[[], Problem]] = {
    ConversationNotFoundError: partial(
        Problem,
        "No such conversation",
        type_="conversation-not-found",
        status=404,
        detail="There is no conversation of this id: it was deleted, is past its retention, or never was yours. "
        "Ask without conversation_id to begin another.",
    ),
    ConversationFullError: partial(
        Problem,
        "The conversation is full",
        type_="conversation-full",
        status=409,
        detail=f"A conversation has at most {MOST_TURNS} turns. Ask without conversation_id to begin another.",
    ),
    AnswerNotFoundError: partial(
        Problem,
        "No such answer",
        type_="answer-not-found",
        status=404,
        detail="There is no answer of this id: it was deleted, is past its retention, was not kept, or never was yours.",
    ),
    KeyReusedError: partial(
        Problem,
        "The idempotency key belongs to another request",
        type_="idempotency-key-reused",
        status=422,
        detail="This Idempotency-Key was sent with another request before. Send a new key with each new request.",
    ),
    KeyInUseError: partial(
        Problem,
        "The request is being answered",
        type_="idempotency-key-in-use",
        status=409,
        detail="The first request with this Idempotency-Key is still being answered. Send it again in a moment.",
        headers={"Retry-After": RETRY_SECONDS},
    ),
    StoreUnavailableError: partial(
        Problem,
        "Conversations can't be reached at the moment",
        type_="store-unavailable",
        status=503,
        detail="The database of conversations can't be used at the moment. Try again in a moment; "
        "a question without conversation_id is answered meanwhile.",
        headers={"Retry-After": RETRY_SECONDS},
    ),
    StoppingError: partial(
        Problem,
        "The service is being restarted",
        type_="stopping",
        status=503,
        detail="The service is being restarted, so the answer was not finished. Ask again in a moment.",
        headers={"Retry-After": RETRY_SECONDS},
    ),
}
