"""Budgets, and what running calls may still cost."""

revision = "budgets"
down_revision = "profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
