"""The OpenAI wire: any OpenAI client works by changing its base URL to `…/v1`."""

from app.compat.openai.door import OpenAIDoor
from app.compat.openai.errors import render_openai_error

OPENAI_PATHS = "/v1/"
"""How every path of this wire begins."""

__all__ = ["OPENAI_PATHS", "OpenAIDoor", "render_openai_error"]
