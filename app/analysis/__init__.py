"""What a finished negotiation was worth: figures from its log, and a model's judgement of it."""

from app.analysis.opening import Analysis, build_analysis
from app.analysis.scores import RunScores
from app.analysis.tasks import tasks

__all__ = ["Analysis", "RunScores", "build_analysis", "tasks"]
