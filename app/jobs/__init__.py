"""Background work on Procrastinate, in the same database: deferring, running, rescuing."""

from app.jobs.queue import JobQueue, open_app
from app.jobs.worker import JobServices, Resume, Worker, WorkerOptions, services

__all__ = ["JobQueue", "JobServices", "Resume", "Worker", "WorkerOptions", "open_app", "services"]
