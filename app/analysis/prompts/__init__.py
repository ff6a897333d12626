"""What a judge is told: versioned templates. The judge is the operator's, and may know every limit
of the runs it judges, and of no others."""

from app.analysis.prompts.prompt import RUN, SESSION, RunCase, about_run, about_session, refused

__all__ = ["RUN", "SESSION", "RunCase", "about_run", "about_session", "refused"]
