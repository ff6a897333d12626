"""What routing, cache and compression did, on the rows of the ledger."""

revision = "call_decisions"
down_revision = "catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
