"""Seals over the audit trail, triggers that refuse to change it, and where each event came from."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0021"
down_revision = "0020"

_TABLES = ("audit_events", "audit_seals")
_REFUSED = "the audit trail is only added to"


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("origin", sa.String(), nullable=True))
    op.create_table(
        "audit_seals",
        sa.Column("clinic_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sealed_at", UtcInstant(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_audit_seals_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "number", name=op.f("pk_audit_seals")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table, key in zip(
        _TABLES, ("id = NEW.id", "(clinic_id, number) = (NEW.clinic_id, NEW.number)"), strict=True
    ):
        for name, event in (("not_changed", "UPDATE"), ("not_removed", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        # INSERT OR REPLACE removes a row without the trigger above.
        op.execute(
            f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_to_change_the_audit_trail() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    for table in _TABLES:
        for name, event in (
            ("not_changed", "UPDATE"),
            ("not_removed", "DELETE"),
            ("not_emptied", "TRUNCATE"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_audit_trail()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("not_changed", "not_removed", "not_replaced"):
            op.execute(f"DROP TRIGGER audit_events_{name}")
    else:
        op.execute("DROP FUNCTION refuse_to_change_the_audit_trail() CASCADE")
    op.drop_table("audit_seals")
    with op.batch_alter_table("audit_events") as table:
        table.drop_column("origin")
