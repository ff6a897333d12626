"""How conversations do: how fast, how dear, how reliable, how well liked."""

from app.insights.performance.service import Performance

__all__ = ["Performance"]
