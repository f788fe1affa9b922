"""What staff enter for a patient, the contacts they had, and which occasions lack an answer."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0005"
down_revision = "0004"

_ONE_OPEN = "uq_check_ins_one_open"
_LACKING = "ix_occasions_lacking"


def _one_open(*columns: str) -> None:
    condition = sa.text("state = 'open'")
    op.create_index(
        _ONE_OPEN,
        "check_ins",
        ["clinic_id", "patient_id", *columns],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    op.add_column("patients", sa.Column("phone", sa.String(), nullable=True))
    # Its default stays: taking it away would make the table anew, which others refer to.
    op.add_column(
        "patients", sa.Column("voicemail", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index(_ONE_OPEN, table_name="check_ins")
    op.add_column("check_ins", sa.Column("answered_at", UtcInstant(), nullable=True))
    _one_open("forms", "mode")
    with op.batch_alter_table("occasions") as occasions:
        # All of them until the next start, which looks at the answers.
        occasions.add_column(sa.Column("lacking", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE occasions SET lacking = forms")
    with op.batch_alter_table("occasions") as occasions:
        occasions.alter_column("lacking", server_default=None)
    waits = sa.text("lacking != '' AND applicable AND NOT cancelled")
    op.create_index(
        _LACKING,
        "occasions",
        ["clinic_id", "closes_at", "opens_at"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    with op.batch_alter_table("follow_up_rows") as rows:
        rows.add_column(sa.Column("silent_from", UtcInstant(), nullable=True))
    op.create_table(
        "contacts",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("patient_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_contacts_clinic_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(
        op.f("ix_contacts_clinic_id_patient_id_at"), "contacts", ["clinic_id", "patient_id", "at"]
    )


def downgrade() -> None:
    op.drop_table("contacts")
    with op.batch_alter_table("follow_up_rows") as rows:
        rows.drop_column("silent_from")
    op.drop_index(_LACKING, table_name="occasions")
    with op.batch_alter_table("occasions") as occasions:
        occasions.drop_column("lacking")
    op.drop_index(_ONE_OPEN, table_name="check_ins")
    op.drop_column("check_ins", "answered_at")
    _one_open("forms")
    op.drop_column("patients", "voicemail")
    op.drop_column("patients", "phone")
