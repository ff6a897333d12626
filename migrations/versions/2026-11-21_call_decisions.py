"""What routing, cache and compression did, on the rows of the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "call_decisions"
down_revision = "catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("llm_calls", sa.Column("key_id", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("profile", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("complexity", sa.Text(), nullable=True))
    _filled("cache", sa.Text(), "off")
    _filled("cache_write_tokens", sa.Integer(), "0")
    _filled("savings", JSONB(), "[]")
    _filled("decision", JSONB(), "{}")
    op.add_column("llm_calls", sa.Column("settle_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_llm_calls_cache"), "llm_calls", "cache IN ('hit', 'miss', 'off')"
    )
    op.drop_index("ix_llm_calls_tenant_id_created_at", "llm_calls")
    op.create_index(
        "ix_llm_calls_tenant_id_created_at_id",
        "llm_calls",
        ["tenant_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_llm_calls_settle_at",
        "llm_calls",
        ["settle_at"],
        unique=False,
        postgresql_where=sa.text("settle_at IS NOT NULL"),
    )


def _filled(name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column that rows of before get `value` in; later ones say it themselves."""
    op.add_column("llm_calls", sa.Column(name, kind, nullable=False, server_default=value))
    op.alter_column("llm_calls", name, server_default=None)
