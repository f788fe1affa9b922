"""Finds and counts what waits, rows of the follow-up list and infusions, without reading it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TABLE, _WAITING = "follow_up_rows", "ix_infusions_waiting"
_LISTED, _SILENT = "ix_follow_up_rows_clinic_id_listed_from_patient_id", "ix_follow_up_rows_silent"


def upgrade() -> None:
    waiting = sa.text("status IN ('planned', 'started')")
    op.create_index(
        _WAITING,
        "infusions",
        ["clinic_id", "planned_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(op.f(_LISTED), _TABLE, ["clinic_id", "listed_from", "patient_id"])
    known = sa.text("silent_from IS NOT NULL")
    op.create_index(
        _SILENT,
        _TABLE,
        ["clinic_id", "silent_from"],
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    op.drop_index(_SILENT, table_name=_TABLE)
    op.drop_index(op.f(_LISTED), table_name=_TABLE)
    op.drop_index(_WAITING, table_name="infusions")
