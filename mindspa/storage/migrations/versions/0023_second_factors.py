"""A code of an authenticator beside the password, which a clinic can require of its staff."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column(
        "clinics",
        sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "second_factors",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("offered_at", UtcInstant(), nullable=False),
        sa.Column("confirmed_at", UtcInstant(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        _of_person("second_factors"),
        sa.PrimaryKeyConstraint("clinic_id", "person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        _of_person("recovery_codes"),
        sa.PrimaryKeyConstraint(
            "clinic_id", "person_id", "code_digest", name=op.f("pk_recovery_codes")
        ),
    )
    op.create_table(
        "half_sign_ins",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(24), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        _of_person("half_sign_ins"),
        sa.PrimaryKeyConstraint("clinic_id", "token_digest", name=op.f("pk_half_sign_ins")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_half_sign_ins_token_digest")),
    )
    op.create_index(op.f("ix_half_sign_ins_expires_at"), "half_sign_ins", ["expires_at"])


def downgrade() -> None:
    for table in ("half_sign_ins", "recovery_codes", "second_factors"):
        op.drop_table(table)
    op.drop_column("clinics", "second_factor")


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "person_id"],
        ["people.clinic_id", "people.id"],
        name=op.f(f"fk_{table}_clinic_id_person_id"),
    )
