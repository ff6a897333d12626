"""Where in its text each event of a folded log stood: who had some of it gets the rest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "folded_places"
down_revision = "partners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "generations", sa.Column("text_lengths", postgresql.ARRAY(sa.Integer()), nullable=True)
    )
