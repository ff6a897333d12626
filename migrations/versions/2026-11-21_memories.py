"""What is remembered: summaries of a conversation, facts across all of a tenant's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.db import Vector

revision = "memories"
down_revision = "conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "conversation_summaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens_before", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_conversation_summaries_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name="fk_conversation_summaries_message_id_messages",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_summaries"),
    )
    op.create_index(
        "ix_conversation_summaries_conversation_id_created_at",
        "conversation_summaries",
        ["conversation_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_summaries_message_id",
        "conversation_summaries",
        ["message_id"],
        unique=False,
    )
    op.create_table(
        "memories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("embedding", Vector(), nullable=True),
        sa.Column("embedding_model", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('english', subject || ' ' || text)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('fact', 'preference')", name=op.f("ck_memories_kind")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_memories_confidence")),
        sa.CheckConstraint(
            "replaced_by IS NULL OR replaced_at IS NOT NULL", name=op.f("ck_memories_replaced")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_memories_conversation_id_conversations",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name="fk_memories_message_id_messages",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_memories_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_memories"),
    )
    op.create_index(
        "ix_memories_tenant_id_updated_at_id",
        "memories",
        ["tenant_id", "updated_at", "id"],
        unique=False,
    )
    op.create_index("ix_memories_conversation_id", "memories", ["conversation_id"], unique=False)
    op.create_index("ix_memories_message_id", "memories", ["message_id"], unique=False)
    op.create_index("ix_memories_replaced_by", "memories", ["replaced_by"], unique=False)
    op.create_index(
        "ix_memories_words", "memories", ["words"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "uq_memories_current",
        "memories",
        ["tenant_id", "subject"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
