"""Other treatment beside the infusions, and when it took place."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "adjuncts",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("how_often", sa.String(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("told_by_patient", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_adjuncts_clinic_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_adjuncts")),
        sa.UniqueConstraint("clinic_id", "replaces", name=op.f("uq_adjuncts_clinic_id_replaces")),
    )
    op.create_index(
        op.f("ix_adjuncts_clinic_id_patient_id"), "adjuncts", ["clinic_id", "patient_id"]
    )


def downgrade() -> None:
    op.drop_table("adjuncts")
