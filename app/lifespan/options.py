"""What each part is told, read from the settings."""

from collections.abc import Sequence

from app import VERSION
from app.chat import ChatOptions
from app.gateway import TraceOptions
from app.jobs import WorkerOptions
from app.llm import Chains, Connection, ModelRef, Task, Timeouts
from app.settings import Settings
from app.telemetry import GalileoOptions, OtelOptions, SentryOptions, TelemetryOptions
from app.voice import Bucket, VoiceOptions

MEGABYTE = 1024 * 1024


def connections(settings: Settings) -> tuple[dict[str, Connection], dict[str, Connection]]:
    """Those to providers of the registry, by their names; and to others."""
    known, custom = (
        {name: Connection(one.api_key, one.base_url) for name, one in given.items()}
        for given in (settings.llm.connections, settings.llm.custom)
    )
    return known, custom


def chains(settings: Settings) -> Chains:
    def parsed(chain: Sequence[str]) -> tuple[ModelRef, ...]:
        return tuple(map(ModelRef.parse, chain))

    by_task = {Task(task): parsed(chain) for task, chain in settings.llm.chains.items()}
    return Chains(default=parsed(settings.llm.routing.chain), by_task=by_task)


def timeouts(settings: Settings) -> Timeouts:
    given = settings.llm.timeouts
    return Timeouts(
        connect=given.connect, first_token=given.first_token, idle=given.idle, total=given.total
    )


def worker_options(settings: Settings) -> WorkerOptions:
    return WorkerOptions(
        concurrency=settings.jobs.concurrency,
        heartbeat_interval=settings.jobs.heartbeat_interval,
        stalled_after=settings.jobs.stalled_after,
    )


def telemetry_options(settings: Settings) -> TelemetryOptions:
    sentry, otel = settings.telemetry.sentry, settings.telemetry.otel
    reports = spans = None
    if sentry.dsn is not None:
        reports = SentryOptions(
            sentry.dsn, VERSION, sentry.environment, share=sentry.traces_sample_rate
        )
    if otel.exporter_otlp_endpoint is not None:
        spans = OtelOptions(
            otel.exporter_otlp_endpoint,
            otel.exporter_otlp_headers,
            otel.service_name,
            VERSION,
            share=otel.traces_sampler_arg,
        )
    return TelemetryOptions(reports, spans)


def trace_options(settings: Settings) -> TraceOptions:
    given = settings.telemetry.galileo
    if given.api_key is None:
        return TraceOptions(None)
    galileo = GalileoOptions(
        given.api_key, given.api_url, given.project, given.log_stream, given.scorers
    )
    return TraceOptions(galileo, sample_rate=given.sample_rate, redact_limits=given.redact_limits)


def chat_options(settings: Settings) -> ChatOptions:
    chat, jobs = settings.chat, settings.jobs
    return ChatOptions(
        recent_exchanges=chat.recent_exchanges,
        recent_tokens=chat.recent_tokens,
        window=chat.window,
        events_hours=chat.events_hours,
        embeddings=chat.embeddings,
        heartbeat_interval=jobs.heartbeat_interval,
        stalled_after=jobs.stalled_after,
    )


def voice_options(settings: Settings) -> VoiceOptions:
    voice, vendor = settings.voice, settings.elevenlabs
    return VoiceOptions(
        api_key=vendor.api_key,
        base_url=vendor.base_url,
        model=voice.model,
        transcription_model=voice.transcription_model,
        text_limit=voice.text_limit,
        upload_limit_bytes=voice.upload_limit_bytes,
        first_audio_timeout=voice.first_audio_timeout,
        usd_per_1000_characters=voice.usd_per_1000_characters,
        usd_per_hour=voice.usd_per_hour,
        cache_bytes=voice.cache_mb * MEGABYTE,
        folder=settings.data_dir / "voice",
        bucket=None
        if voice.storage is None
        else Bucket(
            voice.storage,
            voice.s3_endpoint,
            voice.s3_region,
            voice.s3_access_key_id,
            voice.s3_secret_access_key,
        ),
    )
