"""What can be read off what others stored. Writes nothing."""

from app.insights.performance import Performance

__all__ = ["Performance"]
