"""Links by which somebody who was invited, or has lost their password, chooses one."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0024"
down_revision = "0023"

_TABLE = "password_links"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("issued_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "person_id"],
            ["people.clinic_id", "people.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("token_digest", name=op.f(f"uq_{_TABLE}_token_digest")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_clinic_id_person_id"), _TABLE, ["clinic_id", "person_id"])


def downgrade() -> None:
    op.drop_table(_TABLE)
