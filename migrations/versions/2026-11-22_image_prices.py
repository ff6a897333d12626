"""What a model charges for a picture."""

import sqlalchemy as sa
from alembic import op

revision = "image_prices"
down_revision = "folded_places"
branch_labels = None
depends_on = None

_CHECK = "ck_llm_model_prices_amounts"


def upgrade() -> None:
    op.add_column("llm_model_prices", sa.Column("image", sa.Numeric(), nullable=True))
    op.drop_constraint(op.f(_CHECK), "llm_model_prices", type_="check")
    op.create_check_constraint(
        op.f(_CHECK),
        "llm_model_prices",
        "prompt >= 0 AND completion >= 0 AND cache_read >= 0 AND cache_write >= 0 "
        "AND request >= 0 AND image >= 0",
    )
