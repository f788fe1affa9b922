"""What a clinician decides in the middle of a course, and what patients ask for besides a call."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0013"
down_revision = "0012"

_TABLE = "course_reviews"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("dose", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "course_id"],
            ["courses.clinic_id", "courses.id"],
            name=op.f(f"fk_{_TABLE}_clinic_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_clinic_id_patient_id"), _TABLE, ["clinic_id", "patient_id"])

    # Its default stays, as that of `voicemail` does.
    op.add_column(
        "contact_requests",
        sa.Column("wish", sa.String(), nullable=False, server_default="call"),
    )
    op.add_column("contact_requests", sa.Column("note", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_requests", "note")
    op.drop_column("contact_requests", "wish")
    op.drop_table(_TABLE)
