"""The AI SDK's UI message stream: any page with `useChat` works by pointing `api` here."""

from app.compat.ai_sdk.door import AiSdkDoor
from app.compat.ai_sdk.errors import render_ai_sdk_error

AI_SDK_PATHS = "/api/ai-sdk/"
"""How every path of this wire begins."""

__all__ = ["AI_SDK_PATHS", "AiSdkDoor", "render_ai_sdk_error"]
