"""The new-patient forms: what was entered, handed in and reviewed."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0007"
down_revision = "0006"


def _owned() -> list[sa.Column[str]]:
    return [
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
    ]


def _of_patient(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "patient_id"],
        ["patients.clinic_id", "patients.id"],
        name=op.f(f"fk_{table}_clinic_id_patient_id"),
    )


def _events(table: str, *columns: sa.Column[str]) -> None:
    op.create_table(
        table,
        *_owned(),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        *columns,
        _of_patient(table),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_clinic_id_patient_id"), table, ["clinic_id", "patient_id"])


def upgrade() -> None:
    # Its default stays, as that of `voicemail` does.
    op.add_column(
        "patients", sa.Column("intake", sa.String(), nullable=False, server_default="not_begun")
    )
    op.create_table(
        "intake_entries",
        *_owned(),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        _of_patient("intake_entries"),
        sa.PrimaryKeyConstraint(
            "clinic_id", "patient_id", "field", "revision", name=op.f("pk_intake_entries")
        ),
    )
    _events("intake_hand_ins")
    _events(
        "intake_reviews",
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )


def downgrade() -> None:
    for table in ("intake_reviews", "intake_hand_ins", "intake_entries"):
        op.drop_table(table)
    op.drop_column("patients", "intake")
