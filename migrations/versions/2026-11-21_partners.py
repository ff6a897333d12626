"""Judgements of negotiations, speech, and traces with their scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "partners"
down_revision = "feedback"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_clips",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("voice_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("characters > 0 AND size > 0", name=op.f("ck_voice_clips_sizes")),
        sa.PrimaryKeyConstraint("key", name="pk_voice_clips"),
    )
    op.create_index("ix_voice_clips_used_at", "voice_clips", ["used_at"], unique=False)
    op.create_table(
        "traces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("seat_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scores_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'waiting') = (payload IS NOT NULL)", name=op.f("ck_traces_payload")
        ),
        sa.CheckConstraint("kind IN ('turn', 'outcome')", name=op.f("ck_traces_kind")),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'lost')", name=op.f("ck_traces_status")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_traces_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_traces"),
    )
    op.create_index("ix_traces_conversation_id", "traces", ["conversation_id"], unique=False)
    op.create_index("ix_traces_message_id", "traces", ["message_id"], unique=False)
    op.create_index("ix_traces_created_at", "traces", ["created_at"], unique=False)
    op.create_index(
        "ix_traces_next_try_at",
        "traces",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index("ix_traces_run_id", "traces", ["run_id"], unique=False)
    op.create_index(
        "ix_traces_scores_at",
        "traces",
        ["scores_at"],
        unique=False,
        postgresql_where=sa.text("scores_at IS NOT NULL"),
    )
    op.create_table(
        "session_judgements",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("run_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("judgement", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_session_judgements_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_session_judgements_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("session_id", name="pk_session_judgements"),
    )
    op.create_index(
        "ix_session_judgements_tenant_id", "session_judgements", ["tenant_id"], unique=False
    )
    op.create_table(
        "trace_scores",
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["traces.id"], name="fk_trace_scores_trace_id_traces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trace_id", "scorer", name="pk_trace_scores"),
    )
    op.create_table(
        "run_judgements",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("judgement", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("prompt_version", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'judged') = (judgement IS NOT NULL)",
            name=op.f("ck_run_judgements_judgement"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'judged', 'failed')", name=op.f("ck_run_judgements_status")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_run_judgements_run_id_runs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_run_judgements_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_judgements"),
    )
    op.create_index(
        "ix_run_judgements_tenant_id_asked_at",
        "run_judgements",
        ["tenant_id", "asked_at"],
        unique=False,
    )
    op.add_column("buyers", sa.Column("voice_id", sa.Text(), nullable=True))
    op.add_column(
        "llm_calls", sa.Column("characters", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "llm_calls", sa.Column("seconds", sa.Double(), nullable=False, server_default="0")
    )
    op.add_column("llm_calls", sa.Column("conversation_id", sa.Uuid(), nullable=True))
    op.add_column("llm_calls", sa.Column("message_id", sa.Uuid(), nullable=True))
    op.add_column("llm_calls", sa.Column("seat_id", sa.Uuid(), nullable=True))
    op.add_column("llm_calls", sa.Column("round", sa.Integer(), nullable=True))
    op.add_column("llm_calls", sa.Column("trace_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_room_events_message_id",
        "room_events",
        [sa.literal_column("(payload ->> 'message_id')")],
        unique=False,
        postgresql_where=sa.text("type IN ('buyer_message', 'seller_response')"),
    )
    op.add_column("sellers", sa.Column("voice_id", sa.Text(), nullable=True))
