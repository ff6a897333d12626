"""Other people's wire formats over ours."""

from app.compat.openai import OPENAI_PATHS, OpenAIDoor, render_openai_error

__all__ = ["OPENAI_PATHS", "OpenAIDoor", "render_openai_error"]
