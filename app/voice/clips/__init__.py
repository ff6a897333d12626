"""Finished speech, kept: files or a bucket for the sound, a table for what is known of it."""

from app.voice.clips.clip import Clip
from app.voice.clips.service import Clips, open_clips
from app.voice.clips.store import Bucket

__all__ = ["Bucket", "Clip", "Clips", "open_clips"]
