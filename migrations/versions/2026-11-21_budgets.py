"""Budgets, and what running calls may still cost."""

import sqlalchemy as sa
from alembic import op

revision = "budgets"
down_revision = "profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _budgets()
    _spending()
    _reservations()


def _budgets() -> None:
    op.create_table(
        "llm_budgets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("limit_usd", sa.Numeric(), nullable=True),
        sa.Column("limit_tokens", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period IN ('day', 'month')", name=op.f("ck_llm_budgets_period")),
        sa.CheckConstraint(
            "limit_usd >= 0 AND limit_tokens >= 0", name=op.f("ck_llm_budgets_limits")
        ),
        sa.CheckConstraint(
            "limit_usd IS NOT NULL OR limit_tokens IS NOT NULL", name=op.f("ck_llm_budgets_limited")
        ),
        sa.PrimaryKeyConstraint("name", name="pk_llm_budgets"),
    )


def _spending() -> None:
    op.create_table(
        "llm_budget_spending",
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usd", sa.Numeric(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget"],
            ["llm_budgets.name"],
            name="fk_llm_budget_spending_budget_llm_budgets",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("budget", "starts_at", name="pk_llm_budget_spending"),
    )


def _reservations() -> None:
    op.create_table(
        "llm_budget_reservations",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usd", sa.Numeric(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget"],
            ["llm_budgets.name"],
            name="fk_llm_budget_reservations_budget_llm_budgets",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "budget", name="pk_llm_budget_reservations"),
    )
    op.create_index(
        "ix_llm_budget_reservations_budget_starts_at",
        "llm_budget_reservations",
        ["budget", "starts_at"],
        unique=False,
    )
    op.create_index(
        "ix_llm_budget_reservations_expires_at",
        "llm_budget_reservations",
        ["expires_at"],
        unique=False,
    )
