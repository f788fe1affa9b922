"""Answers that were only noted, because the like was assessed lately."""

import sqlalchemy as sa
from alembic import op

from mindspa.storage.types import UtcInstant

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("assessed_on", UtcInstant(), nullable=True))


def downgrade() -> None:
    op.drop_column("alerts", "assessed_on")
