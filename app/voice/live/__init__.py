"""Speech of text that is still being made, over ElevenLabs' websocket."""

from app.voice.live.service import LiveSpeech

__all__ = ["LiveSpeech"]
