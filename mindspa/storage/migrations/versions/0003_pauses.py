"""Times in which a patient is not active are kept, and what closed early because of them."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=False),
        sa.Column("until", UtcInstant(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_pauses_clinic_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_clinic_id_patient_id"), "pauses", ["clinic_id", "patient_id"])
    op.create_index(
        "uq_pauses_one_goes_on",
        "pauses",
        ["clinic_id", "patient_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    # Since when somebody is not active was written down in the audit trail alone.
    op.execute(
        """
        INSERT INTO pauses (clinic_id, patient_id, id, status, since, recorded_by)
        SELECT p.clinic_id, p.id, p.id, p.status, max(e.at), max(e.actor_id)
        FROM patients p
        JOIN audit_events e ON e.clinic_id = p.clinic_id AND e.about = p.id
         AND e.what = 'patient.' || p.status
        WHERE p.status <> 'active'
        GROUP BY p.clinic_id, p.id, p.status
        """
    )
    with op.batch_alter_table("occasions") as occasions:
        occasions.add_column(
            sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("occasions") as occasions:
        occasions.alter_column("stopped", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("occasions") as occasions:
        occasions.drop_column("stopped")
    op.drop_table("pauses")
