"""The tables. Every row has an owner, and every query names one. A change needs a migration (api/store/migrations/)."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, LargeBinary, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 32
OWNER_LENGTH = 200


class Utc(TypeDecorator[datetime]):
    """A time with its zone, which SQLite does not keep: it goes in and comes out as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """See TypeDecorator."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """See TypeDecorator."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Of all tables of the service. Constraints have names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Conversation(Base):
    """A conversation. `turns` counts those that it was given, which also numbers them."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH), index=True)
    created: Mapped[datetime] = mapped_column(Utc())
    turns: Mapped[int]


class StoredAnswer(Base):
    """A turn: the answer as it was given, and what it rested on.

    `answer` and `evidence` are compressed JSON: `AnswerJson` and `api/store/snapshot.py:Evidence`. `model` and `prompt_sha256` are
    null where no language model took part.
    """

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH))
    position: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(Utc(), index=True)
    status: Mapped[str] = mapped_column(String(20))
    build_id: Mapped[str] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(200))
    prompt_sha256: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    evidence: Mapped[bytes] = mapped_column(LargeBinary)


class StoredFeedback(Base):
    """What an officer said of an answer. Given again, it replaces what was there. `reasons` are words with spaces between."""

    __tablename__ = "feedback"

    answer_id: Mapped[str] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH))
    verdict: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[str] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(Utc())


class IdempotencyKey(Base):
    """A key that was used. `answer_id` is null while the first request with it is being answered. See api/store/idempotency.py."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_reserved_at", "reserved_at"),)

    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True)
    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hmac: Mapped[str] = mapped_column(String(64))
    answer_id: Mapped[str | None] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), index=True)
    reserved_at: Mapped[datetime] = mapped_column(Utc())
