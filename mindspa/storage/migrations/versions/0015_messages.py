"""What is sent to people, and where to."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0015"
down_revision = "0014"

_TABLE, _WAITS = "messages", "state = 'waiting'"


def upgrade() -> None:
    op.add_column("people", sa.Column("email", sa.String(), nullable=True))
    op.create_table(
        _TABLE,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("next_try_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_until", UtcInstant(), nullable=True),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "person_id"],
            ["people.clinic_id", "people.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("clinic_id", "key", name=op.f(f"uq_{_TABLE}_clinic_id_key")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_clinic_id_about"), _TABLE, ["clinic_id", "about"])
    op.create_index(
        "ix_messages_waiting",
        _TABLE,
        ["next_try_at"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
    op.drop_column("people", "email")
