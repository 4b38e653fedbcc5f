"""What the store keeps of who may ask: API keys by their hashes, and the secret that signs widget sessions."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.store.access_tables import StoredApiKey, StoredSecret
from api.store.database import Store

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of an API key. The key itself is nowhere."""

    id: str
    name: str
    sha256: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: date | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it may be used at this time."""
        return self.revoked is None and (self.expires is None or now < self.expires)


_COLUMNS = tuple(getattr(StoredApiKey, name) for name in ApiKey.__slots__)


def add_key(store: Store, key: ApiKey) -> None:
    """Keeps a new key.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    with store.writing() as connection:
        connection.execute(insert(StoredApiKey).values({name: getattr(key, name) for name in ApiKey.__slots__}))


def find_key(store: Store, key_id: str) -> ApiKey | None:
    """The key with this id, valid or not.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    with store.reading() as connection:
        row = connection.execute(select(*_COLUMNS).where(StoredApiKey.id == key_id)).one_or_none()
    return None if row is None else _to_key(row)


def list_keys(store: Store) -> Sequence[ApiKey]:
    """All keys, the oldest first.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    with store.reading() as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(StoredApiKey.created, StoredApiKey.id)).all()
    return [_to_key(row) for row in rows]


def revoke_key(store: Store, key_id: str, now: datetime) -> bool:
    """Makes a key worthless for good. False where there is none such, or it was revoked before.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    with store.writing() as connection:
        revoked = update(StoredApiKey).where(StoredApiKey.id == key_id, StoredApiKey.revoked.is_(None))
        return connection.execute(revoked.values(revoked=now)).rowcount == 1


def note_use(store: Store, key_id: str, today: date) -> None:
    """Keeps the day on which a key was last used.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    with store.writing() as connection:
        connection.execute(update(StoredApiKey).where(StoredApiKey.id == key_id).values(last_used=today))


def shared_secret(store: Store, name: str) -> bytes:
    """A random secret, the same for every worker and after every start. Made by whoever asks first.

    Raises:
        StoreUnavailableError: the database can't be used.
    """
    wanted = select(StoredSecret.value).where(StoredSecret.name == name)
    with store.reading() as connection:
        found = connection.execute(wanted).scalar_one_or_none()
    if found is not None:
        return found
    try:
        with store.writing() as connection:
            connection.execute(insert(StoredSecret).values(name=name, value=secrets.token_bytes(SECRET_BYTES)))
    except IntegrityError:
        pass  # Another worker was quicker.
    with store.reading() as connection:
        return connection.execute(wanted).scalar_one()


def _to_key(row: Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(**row._asdict())
