"""Answers kept for requests that come again."""

revision = "cached_answers"
down_revision = "budgets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
