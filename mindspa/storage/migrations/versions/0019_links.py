"""Links that open one check-in without a password."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0019"
down_revision = "0018"

_TABLE = "check_in_links"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("issued_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        sa.Column("check_in_id", sa.String(), nullable=True),
        sa.Column("visit_digest", sa.String(), nullable=True),
        sa.Column("last_seen_at", UtcInstant(), nullable=True),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "person_id"],
            ["people.clinic_id", "people.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "check_in_id"],
            ["check_ins.clinic_id", "check_ins.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_check_in_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("token_digest", name=op.f(f"uq_{_TABLE}_token_digest")),
        sa.UniqueConstraint("visit_digest", name=op.f(f"uq_{_TABLE}_visit_digest")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_clinic_id_patient_id"), _TABLE, ["clinic_id", "patient_id"])


def downgrade() -> None:
    op.drop_table(_TABLE)
