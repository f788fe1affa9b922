"""Reminders of check-ins: who has said no, and which were written."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_INDEX = "ix_messages_clinic_id_kind_created_at"


def upgrade() -> None:
    # Its default stays, as that of `voicemail` does.
    op.add_column(
        "people", sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index(op.f(_INDEX), "messages", ["clinic_id", "kind", "created_at"])


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), "messages")
    op.drop_column("people", "reminders")
