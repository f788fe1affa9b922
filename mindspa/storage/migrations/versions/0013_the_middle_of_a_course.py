"""What a clinician decides in the middle of a course, what patients ask for besides a call, and the
clinic's tablets."""

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
    _create_tablets()


def _create_tablets() -> None:
    op.create_table(
        "tablets",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("paired_at", UtcInstant(), nullable=False),
        sa.Column("paired_by", sa.String(), nullable=False),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_tablets_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_tablets")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_tablets_token_digest")),
    )
    op.create_table(
        "tablet_codes",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("check_in_id", sa.String(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("issued_at", UtcInstant(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("tablet_id", sa.String(), nullable=True),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        sa.Column("last_seen_at", UtcInstant(), nullable=True),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_tablet_codes_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "check_in_id"],
            ["check_ins.clinic_id", "check_ins.id"],
            name=op.f("fk_tablet_codes_clinic_id_check_in_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "tablet_id"],
            ["tablets.clinic_id", "tablets.id"],
            name=op.f("fk_tablet_codes_clinic_id_tablet_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_tablet_codes")),
    )
    op.create_index(
        op.f("ix_tablet_codes_clinic_id_patient_id"), "tablet_codes", ["clinic_id", "patient_id"]
    )
    for name, column, where in (
        ("uq_tablet_codes_waiting", "code_digest", "spent_at IS NULL AND ended_at IS NULL"),
        ("uq_tablet_codes_live", "tablet_id", "spent_at IS NOT NULL AND ended_at IS NULL"),
    ):
        op.create_index(
            name,
            "tablet_codes",
            ["clinic_id", column],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "tablet_tries",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("tablet_id", sa.String(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "tablet_id"],
            ["tablets.clinic_id", "tablets.id"],
            name=op.f("fk_tablet_tries_clinic_id_tablet_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_tablet_tries")),
    )
    op.create_index(op.f("ix_tablet_tries_clinic_id_at"), "tablet_tries", ["clinic_id", "at"])


def downgrade() -> None:
    for table in ("tablet_tries", "tablet_codes", "tablets"):
        op.drop_table(table)
    op.drop_column("contact_requests", "note")
    op.drop_column("contact_requests", "wish")
    op.drop_table(_TABLE)
