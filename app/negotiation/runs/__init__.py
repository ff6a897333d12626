"""Playing a room: a run is a background job that goes on from its log's last event."""

from app.negotiation.runs.runner import Runner
from app.negotiation.runs.tasks import RUN_TASK, tasks

__all__ = ["RUN_TASK", "Runner", "tasks"]
