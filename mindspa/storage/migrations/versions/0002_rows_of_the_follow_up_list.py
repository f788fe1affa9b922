"""Rows of the follow-up list are stored; the last forms of an instrument are found at once."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "follow_up_rows",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("infusion_id", sa.String(24), nullable=False),
        sa.Column("listed_from", UtcInstant(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "infusion_id"],
            ["infusions.clinic_id", "infusions.id"],
            name=op.f("fk_follow_up_rows_clinic_id_infusion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_follow_up_rows_clinic_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint(
            "clinic_id", "patient_id", "infusion_id", name=op.f("pk_follow_up_rows")
        ),
    )
    op.create_index(
        op.f("ix_stored_forms_clinic_id_patient_id_instrument_answered_at"),
        "stored_forms",
        ["clinic_id", "patient_id", "instrument", "answered_at"],
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_stored_forms_clinic_id_patient_id_instrument_answered_at"), "stored_forms"
    )
    op.drop_table("follow_up_rows")
