"""The versions of a clinic's protocol, and the one that each occasion was planned under."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # Its default stays, as that of `voicemail` does: 1 is the shipped protocol.
    op.add_column(
        "occasions",
        sa.Column("protocol_version", sa.Integer(), nullable=False, server_default="1"),
    )
    op.create_table(
        "protocol_versions",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_by_name", sa.String(), nullable=False),
        sa.Column("signed_at", UtcInstant(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_protocol_versions_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "number", name=op.f("pk_protocol_versions")),
    )


def downgrade() -> None:
    op.drop_table("protocol_versions")
    op.drop_column("occasions", "protocol_version")
