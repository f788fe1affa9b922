"""What acting on an alert needs to know of a patient."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0016"
down_revision = "0015"

_TABLE = "safety_cards"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_by_name", sa.String(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.Column("text_allowed", sa.Boolean(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("contact_told", sa.String(), nullable=False),
        sa.Column("safety_plan", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("therapist", sa.String(), nullable=False),
        sa.Column("prescriber", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(
        op.f(f"ix_{_TABLE}_clinic_id_patient_id_written_at"),
        _TABLE,
        ["clinic_id", "patient_id", "written_at"],
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
