"""Puts the parts of the voice together, and owns what they do in the background."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from app.db import Database
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import Budgets, Ledger
from app.voice.accounting import Accounting, Rates
from app.voice.casting import Casting
from app.voice.clips import Bucket, Clips, open_clips
from app.voice.elevenlabs import ElevenLabs, VendorOptions
from app.voice.live import LiveSpeech
from app.voice.speech import Speech, SpeechOptions
from app.voice.transcription import Transcription
from app.voice.voices import Voices


@frozen
class VoiceOptions:
    """As in the settings `ELEVENLABS_…` and `VOICE_…`; times in seconds. Without a `bucket`,
    finished speech is kept in `folder`."""

    api_key: SecretStr | None
    base_url: str | None
    model: str
    transcription_model: str
    text_limit: int
    upload_limit_bytes: int
    first_audio_timeout: float
    usd_per_1000_characters: Decimal
    usd_per_hour: Decimal
    cache_bytes: int
    folder: Path
    bucket: Bucket | None = None


@frozen
class Voice:
    """What endpoints and jobs of speech work with."""

    options: VoiceOptions
    accounting: Accounting
    casting: Casting
    clips: Clips
    live: LiveSpeech
    speech: Speech
    transcription: Transcription
    vendor: ElevenLabs
    voices: Voices


@asynccontextmanager
async def open_voice(
    options: VoiceOptions, *, database: Database, ledger: Ledger, budgets: Budgets, clock: Clock
) -> AsyncIterator[Voice]:
    """Nothing is connected before somebody wants to hear something."""
    rates = Rates(options.usd_per_1000_characters, options.usd_per_hour)
    accounting = Accounting(ledger, budgets, clock, rates)
    vendor = ElevenLabs(
        VendorOptions(options.api_key, options.base_url, first_audio=options.first_audio_timeout),
        rates,
    )
    casting = Casting()
    clips = open_clips(options.bucket or options.folder, options.cache_bytes, database, clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(vendor.aclose)
        stack.push_async_callback(clips.aclose)
        voices = Voices(vendor, casting, clock)
        stack.push_async_callback(voices.aclose)
        speech = Speech(vendor, clips, accounting, SpeechOptions(options.model, options.text_limit))
        stack.push_async_callback(speech.aclose)
        live = LiveSpeech(vendor, accounting, model=options.model, most=options.text_limit)
        transcription = Transcription(vendor, accounting, model=options.transcription_model)
        yield Voice(
            options, accounting, casting, clips, live, speech, transcription, vendor, voices
        )
