"""Idempotency keys: a request that is sent again is answered once (draft-ietf-httpapi-idempotency-key-header-07).

A key is kept as a hash, and the request as a code that only the key verifies: neither can be guessed from what is kept.
Each function is part of the caller's transaction.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.store.errors import KeyInUseError, KeyReusedError
from api.store.snapshot import unpack
from api.store.tables import IdempotencyKey, StoredAnswer

KEPT = timedelta(hours=24)
# By then the process that was answering is gone, and the request may be answered anew.
GIVEN_UP = timedelta(minutes=2)


class KeyedRequest(NamedTuple):
    """Whose request, its key, and its body in one fixed form."""

    owner: str
    key: str
    body: bytes

    @property
    def key_sha256(self) -> str:
        """What the key is found by."""
        return hashlib.sha256(self.key.encode()).hexdigest()

    @property
    def request_hmac(self) -> str:
        """What the body is recognised by."""
        return hmac.new(self.key.encode(), self.body, hashlib.sha256).hexdigest()


def reserve(connection: Connection, request: KeyedRequest, now: datetime) -> bytes | None:
    """Takes the key for this request. Returns the answer's JSON where it was answered before.

    Raises:
        KeyReusedError: the key belongs to another request.
        KeyInUseError: the same request is being answered.
    """
    row = connection.execute(
        select(IdempotencyKey.request_hmac, IdempotencyKey.answer_id, IdempotencyKey.reserved_at, StoredAnswer.answer)
        .outerjoin(StoredAnswer, StoredAnswer.id == IdempotencyKey.answer_id)
        .where(*_of(request))
    ).one_or_none()
    if row is not None and row.reserved_at > now - KEPT:
        if not hmac.compare_digest(row.request_hmac, request.request_hmac):
            raise KeyReusedError(request.owner)
        if row.answer is not None:
            return unpack(row.answer)
        if row.reserved_at > now - GIVEN_UP:
            raise KeyInUseError(request.owner)
    _take(connection, request, row.reserved_at if row is not None else None, now)
    return None


def _take(connection: Connection, request: KeyedRequest, left_over: datetime | None, now: datetime) -> None:
    """Takes a key that is new, or was left over since then. Of two who try, one does."""
    if left_over is not None:
        taken = connection.execute(delete(IdempotencyKey).where(*_of(request), IdempotencyKey.reserved_at == left_over))
        if not taken.rowcount:
            raise KeyInUseError(request.owner)
    values = {"key_sha256": request.key_sha256, "request_hmac": request.request_hmac, "reserved_at": now}
    try:
        connection.execute(insert(IdempotencyKey).values(owner=request.owner, answer_id=None, **values))
    except IntegrityError:
        raise KeyInUseError(request.owner) from None


def complete(connection: Connection, request: KeyedRequest, answer_id: str) -> None:
    """Says which answer the request got, in the transaction that keeps it."""
    connection.execute(update(IdempotencyKey).where(*_of(request)).values(answer_id=answer_id))


def release(connection: Connection, request: KeyedRequest) -> None:
    """Gives the key back where the request got no answer that was kept."""
    connection.execute(delete(IdempotencyKey).where(*_of(request), IdempotencyKey.answer_id.is_(None)))


def _of(request: KeyedRequest) -> tuple[Any, Any]:
    return IdempotencyKey.owner == request.owner, IdempotencyKey.key_sha256 == request.key_sha256
