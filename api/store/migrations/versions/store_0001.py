"""Conversations, answers, feedback, idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_ID, _OWNER, _TIME = sa.String(32), sa.String(200), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("owner", _OWNER, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
    )
    op.create_index("ix_conversations_owner", "conversations", ["owner"])
    op.create_table(
        "answers",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("conversation_id", _ID, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("owner", _OWNER, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("build_id", sa.String(100), nullable=False),
        sa.Column("model", sa.String(200)),
        sa.Column("prompt_sha256", sa.String(64)),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("conversation_id", "position"),
    )
    op.create_index("ix_answers_asked_at", "answers", ["asked_at"])
    op.create_table(
        "feedback",
        sa.Column("answer_id", _ID, sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("owner", _OWNER, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reasons", sa.String(200), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("given_at", _TIME, nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", _OWNER, primary_key=True),
        sa.Column("key_sha256", sa.String(64), primary_key=True),
        sa.Column("request_hmac", sa.String(64), nullable=False),
        sa.Column("answer_id", _ID, sa.ForeignKey("answers.id", ondelete="CASCADE")),
        sa.Column("reserved_at", _TIME, nullable=False),
    )
    op.create_index("ix_idempotency_keys_answer_id", "idempotency_keys", ["answer_id"])
    op.create_index("ix_idempotency_keys_reserved_at", "idempotency_keys", ["reserved_at"])


def downgrade() -> None:
    """Takes them away."""
    for table in ("idempotency_keys", "feedback", "answers", "conversations"):
        op.drop_table(table)
