"""What is written down on the day of an infusion: vitals, side effects, checklists, notes."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0004"
down_revision = "0003"


def _owned() -> list[sa.Column[str]]:
    return [
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
    ]


def _keys(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f(f"fk_{table}_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "infusion_id"],
            ["infusions.clinic_id", "infusions.id"],
            name=op.f(f"fk_{table}_clinic_id_infusion_id"),
        ),
    ]


def _entries(table: str, *columns: sa.Column) -> None:  # type: ignore[type-arg]
    """Of which a later one can replace an earlier one."""
    op.create_table(
        table,
        *_owned(),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("infusion_id", sa.String(), nullable=False),
        *columns,
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        *_keys(table),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("clinic_id", "replaces", name=op.f(f"uq_{table}_clinic_id_replaces")),
    )
    op.create_index(op.f(f"ix_{table}_clinic_id_infusion_id"), table, ["clinic_id", "infusion_id"])


def upgrade() -> None:
    _entries(
        "vitals_readings",
        sa.Column("taken_at", UtcInstant(), nullable=False),
        sa.Column("vitals", sa.JSON(), nullable=False),
    )
    _entries(
        "side_effects",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("onset_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
    )
    op.create_table(
        "checklist_ticks",
        *_owned(),
        sa.Column("infusion_id", sa.String(24), nullable=False),
        sa.Column("checklist", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        *_keys("checklist_ticks"),
        sa.PrimaryKeyConstraint(
            "clinic_id",
            "infusion_id",
            "checklist",
            "item",
            "revision",
            name=op.f("pk_checklist_ticks"),
        ),
    )
    op.create_table(
        "sheet_notes",
        *_owned(),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("infusion_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        *_keys("sheet_notes"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_sheet_notes")),
    )
    op.create_index(
        op.f("ix_sheet_notes_clinic_id_infusion_id"), "sheet_notes", ["clinic_id", "infusion_id"]
    )
    with op.batch_alter_table("infusions") as infusions:
        infusions.add_column(sa.Column("discharged_at", UtcInstant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("infusions") as infusions:
        infusions.drop_column("discharged_at")
    for table in ("sheet_notes", "checklist_ticks", "side_effects", "vitals_readings"):
        op.drop_table(table)
