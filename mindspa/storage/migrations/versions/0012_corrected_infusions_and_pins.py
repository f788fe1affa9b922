"""What an infusion was recorded as before it was corrected; screens that are locked, and PINs."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "earlier_infusions",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("infusion_id", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", UtcInstant(), nullable=True),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.Column("dose_mg", sa.Float(), nullable=True),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("given_by", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=True),
        sa.Column("discharged_at", UtcInstant(), nullable=True),
        sa.Column("corrected_at", UtcInstant(), nullable=False),
        sa.Column("corrected_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_earlier_infusions_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "infusion_id"],
            ["infusions.clinic_id", "infusions.id"],
            name=op.f("fk_earlier_infusions_clinic_id_infusion_id"),
        ),
        sa.PrimaryKeyConstraint(
            "clinic_id", "infusion_id", "version", name=op.f("pk_earlier_infusions")
        ),
    )
    op.add_column("people", sa.Column("pin_hash", sa.String(), nullable=True))
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("locked_at", UtcInstant(), nullable=True))
        sessions.add_column(sa.Column("locks_after_s", sa.Integer(), nullable=True))
        sessions.add_column(
            sa.Column("unlock_tries", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        for column in ("unlock_tries", "locks_after_s", "locked_at"):
            sessions.drop_column(column)
    op.drop_column("people", "pin_hash")
    op.drop_table("earlier_infusions")
