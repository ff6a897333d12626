"""What a judge is told: versioned templates, filled with what was said and offered, and with what
of the figures is no secret."""

from app.analysis.prompts.prompt import RUN, SESSION, RunCase, about_run, about_session, refused

__all__ = ["RUN", "SESSION", "RunCase", "about_run", "about_session", "refused"]
