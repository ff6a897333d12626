"""Other people's wire formats over ours."""

from app.compat.ai_sdk import AI_SDK_PATHS, AiSdkDoor, render_ai_sdk_error
from app.compat.openai import OPENAI_PATHS, OpenAIDoor, render_openai_error

__all__ = [
    "AI_SDK_PATHS",
    "OPENAI_PATHS",
    "AiSdkDoor",
    "OpenAIDoor",
    "render_ai_sdk_error",
    "render_openai_error",
]
