"""When a password that the clinic gave runs out."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("people", sa.Column("temporary_until", UtcInstant(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "temporary_until")
