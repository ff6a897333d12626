"""The catalogue of models, what they cost over time, and how they did in benchmarks."""

revision = "catalogue"
down_revision = "llm_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
