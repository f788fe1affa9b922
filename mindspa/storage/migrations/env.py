"""What Alembic runs: always over a connection that storage/schema.py hands it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString, SQLModel

from mindspa.storage import course_tables, intake_tables, sheet_tables, tablet_tables, types

assert sheet_tables, "imported, and with them the others, so that their tables are known"
assert intake_tables, "the same"
assert course_tables, "the same"
assert tablet_tables, "the same"


def _render(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(value, types.UtcInstant):
        return "UtcInstant()"
    if kind == "type" and isinstance(value, AutoString):
        return f"sa.String({value.length or ''})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=_render,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
