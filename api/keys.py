"""API keys: for programs of the council's own. Made with `python -m api keys create`.

A key is `pga_`, its id, and a secret of 256 random bits. Its SHA-256 is kept and nothing else. A slow hash such as Argon2 defends words
that people choose against being guessed; nobody guesses 256 bits, and a slow hash would make every request slow and flooding cheap.
"""

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import anyio.to_thread

from api.bearer import TokenError
from api.store import Store, StoreUnavailableError
from api.store.access import ApiKey, add_key, find_key, note_use

logger = logging.getLogger(__name__)

PREFIX = "pga_"
_SECRET_BYTES = 32
_ID_BYTES = 8
_FORM = re.compile(rf"{PREFIX}([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})", re.ASCII)
_REFUSED = (
    "This API key is not valid: it is unknown, has expired or was revoked. Ask whoever runs this service for a new one."
)
# How soon a key that is revoked stops working.
FRESH_SECONDS = 10.0
# How long a key goes on working while the store is down, so that answering does not stop with it.
STALE_SECONDS = 600.0
_MOST_REMEMBERED = 1_000
# Compared with where there is no key of that id, so that both take as long.
_NO_KEY = "0" * 64


def create_key(store: Store, name: str, *, days: int | None = None) -> tuple[str, ApiKey]:
    """Makes a key. It is the one time that it can be seen.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    key_id = secrets.token_hex(_ID_BYTES)
    key = f"{PREFIX}{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    now = datetime.now(UTC)
    kept = ApiKey(
        id=key_id,
        name=name,
        sha256=_sha256(key),
        created=now,
        expires=None if days is None else now + timedelta(days=days),
        revoked=None,
        last_used=None,
    )
    add_key(store, kept)
    return key, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    key: ApiKey
    found: float


class ApiKeys:
    """Says whom an API key stands for. What the store said is remembered for a moment."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}

    async def owner(self, token: str) -> str:
        """`key:` and the key's id.

        Raises:
            TokenError: it is no key, or not one that is valid now.
            StoreUnavailableError: the store can't be asked, and did not say so a moment ago.
        """
        match = _FORM.fullmatch(token)
        if match is None:
            raise TokenError(_REFUSED)
        key = await self._find(match[1])
        is_right = hmac.compare_digest(_sha256(token), key.sha256 if key else _NO_KEY)
        now = datetime.now(UTC)
        if key is None or not is_right or not key.is_valid(now):
            raise TokenError(_REFUSED)
        if key.last_used != now.date():
            # Once a day, whether or not it can be written: a store that is down must not be tried at each request.
            self._remember(key.id, replace(key, last_used=now.date()))
            await anyio.to_thread.run_sync(self._note_use, key.id, now.date())
        return f"key:{key.id}"

    async def _find(self, key_id: str) -> ApiKey | None:
        before = self._remembered.get(key_id)
        age = self._clock() - before.found if before else STALE_SECONDS
        if before and age < FRESH_SECONDS:
            return before.key
        try:
            key = await anyio.to_thread.run_sync(find_key, self._store, key_id)
        except StoreUnavailableError:
            if before and age < STALE_SECONDS:
                return before.key
            raise
        self._remember(key_id, key)
        return key

    def _remember(self, key_id: str, key: ApiKey | None) -> None:
        # Only keys that exist: of others there is no end.
        self._remembered.pop(key_id, None)
        if key is not None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key_id] = _Remembered(key=key, found=self._clock())

    def _note_use(self, key_id: str, today: date) -> None:
        try:
            note_use(self._store, key_id, today)
        except StoreUnavailableError:
            logger.info("the day of the last use of key %s is not kept", key_id)


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
