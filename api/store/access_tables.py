"""The tables of who may ask. They belong to no owner: nothing in them is what somebody asked."""

from datetime import date, datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.tables import Base, Utc

KEY_ID_LENGTH = 16
NAME_LENGTH = 100


class StoredApiKey(Base):
    """An API key: everything but the key, of which only the SHA-256 is kept. `last_used` is a day, not a trail of use."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(KEY_ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    sha256: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(Utc())
    expires: Mapped[datetime | None] = mapped_column(Utc())
    revoked: Mapped[datetime | None] = mapped_column(Utc())
    last_used: Mapped[date | None]


class StoredSecret(Base):
    """A random secret of the service, which all its workers share. Whoever can read the database can read it."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
