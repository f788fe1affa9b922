"""What was sent to one person, found without reading what was sent to all."""

from alembic import op

revision = "0020"
down_revision = "0019"

_INDEX = "ix_messages_clinic_id_person_id_created_at"


def upgrade() -> None:
    op.create_index(op.f(_INDEX), "messages", ["clinic_id", "person_id", "created_at"])


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), "messages")
