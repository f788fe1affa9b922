"""Where text messages reach a person."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("people", sa.Column("mobile", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "mobile")
