"""The market: sessions, rooms, runs and their log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "market"
down_revision = "tenants_and_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("llm_provider", sa.Text(), nullable=False),
        sa.Column("llm_model", sa.Text(), nullable=False),
        sa.Column("temperature", sa.Double(), nullable=False),
        sa.Column("max_tokens", sa.Integer(), nullable=False),
        sa.Column("min_rounds", sa.Integer(), nullable=False),
        sa.Column("max_rounds", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Double(), nullable=False),
        sa.Column("pace_seconds", sa.Double(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("min_rounds BETWEEN 1 AND max_rounds", name=op.f("ck_sessions_rounds")),
        sa.CheckConstraint("timeout_seconds > 0", name=op.f("ck_sessions_timeout")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_sessions_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index(
        "ix_sessions_tenant_id_created_at", "sessions", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "buyers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_buyers_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_buyers"),
        sa.UniqueConstraint("session_id", name="uq_buyers_session_id"),
    )
    op.create_table(
        "sellers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("arrives_in_round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_sellers_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sellers"),
        sa.UniqueConstraint("session_id", "name_key", name="uq_sellers_session_id_name_key"),
        sa.UniqueConstraint("session_id", "position", name="uq_sellers_session_id_position"),
    )
    op.create_table(
        "inventory_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("cost_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("least_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("selling_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("quantity_available", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cost_price >= 0 AND cost_price < least_price AND least_price < selling_price",
            name=op.f("ck_inventory_items_prices"),
        ),
        sa.CheckConstraint("quantity_available >= 1", name=op.f("ck_inventory_items_quantity")),
        sa.ForeignKeyConstraint(
            ["seller_id"],
            ["sellers.id"],
            name="fk_inventory_items_seller_id_sellers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inventory_items"),
        sa.UniqueConstraint("seller_id", "item_id", name="uq_inventory_items_seller_id_item_id"),
    )
    op.create_table(
        "shopping_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("quantity_needed", sa.Integer(), nullable=False),
        sa.Column("min_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("max_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint(
            "min_price >= 0 AND max_price > min_price", name=op.f("ck_shopping_items_prices")
        ),
        sa.CheckConstraint("quantity_needed >= 1", name=op.f("ck_shopping_items_quantity")),
        sa.ForeignKeyConstraint(
            ["buyer_id"],
            ["buyers.id"],
            name="fk_shopping_items_buyer_id_buyers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shopping_items"),
        sa.UniqueConstraint("buyer_id", "position", name="uq_shopping_items_buyer_id_position"),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("shopping_item_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_rooms_session_id_sessions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shopping_item_id"],
            ["shopping_items.id"],
            name="fk_rooms_shopping_item_id_shopping_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("shopping_item_id", name="uq_rooms_shopping_item_id"),
    )
    op.create_index("ix_rooms_session_id", "rooms", ["session_id"], unique=False)
    op.create_table(
        "room_sellers",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_item_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(reason IS NULL AND inventory_item_id IS NOT NULL) OR "
            "reason IN ('no_inventory', 'insufficient_quantity', 'price_mismatch')",
            name=op.f("ck_room_sellers_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["inventory_item_id"],
            ["inventory_items.id"],
            name="fk_room_sellers_inventory_item_id_inventory_items",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name="fk_room_sellers_room_id_rooms", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"],
            ["sellers.id"],
            name="fk_room_sellers_seller_id_sellers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "seller_id", name="pk_room_sellers"),
    )
    op.create_index("ix_room_sellers_seller_id", "room_sellers", ["seller_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name="fk_runs_room_id_rooms", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("room_id", "number", name="uq_runs_room_id_number"),
    )
    op.create_index(
        "uq_runs_room_id_active",
        "runs",
        ["room_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "room_events",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name="fk_room_events_room_id_rooms", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_room_events_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "seq", name="pk_room_events"),
    )
    op.create_index("ix_room_events_run_id", "room_events", ["run_id"], unique=False)
    op.create_table(
        "kept_logs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("log", JSONB(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_kept_logs_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_kept_logs"),
    )
    op.create_index("ix_kept_logs_expires_at", "kept_logs", ["expires_at"], unique=False)
    op.create_index(
        "ix_kept_logs_session_id_room_id", "kept_logs", ["session_id", "room_id"], unique=False
    )
