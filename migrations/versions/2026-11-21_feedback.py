"""What people thought of answers, and how long the parts of spoken turns took."""

import sqlalchemy as sa
from alembic import op

revision = "feedback"
down_revision = "memories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_feedback",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("thumb", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("thumb IN ('up', 'down')", name=op.f("ck_message_feedback_thumb")),
        sa.CheckConstraint(
            "num_nonnulls(thumb, rating, text) > 0", name=op.f("ck_message_feedback_said")
        ),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_message_feedback_rating")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name="fk_message_feedback_message_id_messages",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_message_feedback_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_feedback"),
    )
    op.create_index(
        "ix_message_feedback_tenant_id_updated_at",
        "message_feedback",
        ["tenant_id", "updated_at"],
        unique=False,
    )
    op.create_table(
        "chat_timings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part IN ('speech_to_text', 'text_to_speech', 'end_to_end')",
            name=op.f("ck_chat_timings_part"),
        ),
        sa.CheckConstraint("ms >= 0", name=op.f("ck_chat_timings_ms")),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generations.id"],
            name="fk_chat_timings_generation_id_generations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_chat_timings_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_chat_timings"),
    )
    op.create_index(
        "ix_chat_timings_tenant_id_at", "chat_timings", ["tenant_id", "at"], unique=False
    )
    op.create_index(
        "ix_chat_timings_generation_id", "chat_timings", ["generation_id"], unique=False
    )
