"""Check-ins that correct another, forms that were moved, records that were merged."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0011"
down_revision = "0010"

_ONE_OPEN, _ONE_CORRECTION = "uq_check_ins_one_open", "uq_check_ins_one_correction"
_MOVED = "ix_stored_forms_moved"
_COLUMNS = {
    "check_ins": ("corrects", "reason"),
    "stored_forms": ("moved_to", "moved_from"),
    "patients": ("merged_into", "merged_by", "merge_reason"),
}


def _index(name: str, columns: list[str], condition: str) -> None:
    op.create_index(
        name,
        "check_ins",
        ["clinic_id", *columns],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def upgrade() -> None:
    for table, names in _COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.String(), nullable=True))
    op.add_column("patients", sa.Column("merged_at", UtcInstant(), nullable=True))
    op.add_column("alerts", sa.Column("moved_at", UtcInstant(), nullable=True))
    op.drop_index(_ONE_OPEN, table_name="check_ins")
    _index(_ONE_OPEN, ["patient_id", "forms", "mode"], "state = 'open' AND corrects IS NULL")
    _index(
        _ONE_CORRECTION,
        ["corrects", "forms", "opened_by"],
        "state = 'open' AND corrects IS NOT NULL",
    )
    moved = sa.text("moved_to IS NOT NULL")
    op.create_index(
        _MOVED,
        "stored_forms",
        ["clinic_id", "replaces"],
        sqlite_where=moved,
        postgresql_where=moved,
    )


def downgrade() -> None:
    op.drop_index(_MOVED, table_name="stored_forms")
    op.drop_index(_ONE_CORRECTION, table_name="check_ins")
    op.drop_index(_ONE_OPEN, table_name="check_ins")
    op.drop_column("alerts", "moved_at")
    op.drop_column("patients", "merged_at")
    for table, names in _COLUMNS.items():
        for name in names:
            op.drop_column(table, name)
    _index(_ONE_OPEN, ["patient_id", "forms", "mode"], "state = 'open'")
