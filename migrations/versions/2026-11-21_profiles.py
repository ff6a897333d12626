"""Changes that people made to agent profiles."""

revision = "profiles"
down_revision = "call_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
