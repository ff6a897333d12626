"""Aloud: text becomes speech, and speech text, through ElevenLabs."""
