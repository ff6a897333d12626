"""The catalogue of models, what they cost over time, and how they did in benchmarks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "catalogue"
down_revision = "llm_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _models()
    _prices()
    _benchmarks()
    _discoveries()


def _models() -> None:
    op.create_table(
        "llm_models",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("context_length", sa.Integer(), nullable=True),
        sa.Column("max_output", sa.Integer(), nullable=True),
        sa.Column("input_modalities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("output_modalities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("parameters", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("loaded", sa.Boolean(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("raw", JSONB(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("provider <> '' AND model <> ''", name=op.f("ck_llm_models_named")),
        sa.CheckConstraint(
            "context_length > 0 AND max_output > 0", name=op.f("ck_llm_models_sizes")
        ),
        sa.CheckConstraint("source IN ('seed', 'discovery')", name=op.f("ck_llm_models_source")),
        sa.CheckConstraint(
            "last_seen >= first_seen AND retired_at >= first_seen", name=op.f("ck_llm_models_times")
        ),
        sa.PrimaryKeyConstraint("provider", "model", name="pk_llm_models"),
    )
    op.create_index("ix_llm_models_model", "llm_models", ["model"], unique=False)


def _prices() -> None:
    op.create_table(
        "llm_model_prices",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prompt", sa.Numeric(), nullable=True),
        sa.Column("completion", sa.Numeric(), nullable=True),
        sa.Column("cache_read", sa.Numeric(), nullable=True),
        sa.Column("cache_write", sa.Numeric(), nullable=True),
        sa.Column("request", sa.Numeric(), nullable=True),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_llm_model_prices_times")),
        sa.CheckConstraint(
            "prompt >= 0 AND completion >= 0 AND cache_read >= 0 AND cache_write >= 0 "
            "AND request >= 0",
            name=op.f("ck_llm_model_prices_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["provider", "model"],
            ["llm_models.provider", "llm_models.model"],
            name="fk_llm_model_prices_provider_model_llm_models",
        ),
        sa.PrimaryKeyConstraint("provider", "model", "valid_from", name="pk_llm_model_prices"),
    )
    op.create_index(
        "ix_llm_model_prices_provider_model",
        "llm_model_prices",
        ["provider", "model"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )


def _benchmarks() -> None:
    op.create_table(
        "llm_benchmarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("first_token_ms", sa.Integer(), nullable=True),
        sa.Column("tokens_per_second", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_llm_benchmarks_score")),
        sa.CheckConstraint(
            "answered BETWEEN 0 AND asked AND asked > 0", name=op.f("ck_llm_benchmarks_counts")
        ),
        sa.CheckConstraint(
            "(score IS NULL) = (answered = 0)", name=op.f("ck_llm_benchmarks_scored")
        ),
        sa.ForeignKeyConstraint(
            ["provider", "model"],
            ["llm_models.provider", "llm_models.model"],
            name="fk_llm_benchmarks_provider_model_llm_models",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_llm_benchmarks"),
    )
    op.create_index(
        "ix_llm_benchmarks_provider_model_task_at",
        "llm_benchmarks",
        ["provider", "model", "task", "at"],
        unique=False,
    )


def _discoveries() -> None:
    op.create_table(
        "llm_discoveries",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("repriced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_llm_discoveries"),
    )
