"""A clinic's own sign-on: whose it is, and who is on the way through it."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "sign_ons",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "person_id"],
            ["people.clinic_id", "people.id"],
            name=op.f("fk_sign_ons_clinic_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "person_id", name=op.f("pk_sign_ons")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_sign_ons_issuer_subject")),
    )
    op.create_table(
        "sign_on_starts",
        sa.Column("state_digest", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_sign_on_starts")),
    )
    op.create_index(op.f("ix_sign_on_starts_expires_at"), "sign_on_starts", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sign_on_starts")
    op.drop_table("sign_ons")
