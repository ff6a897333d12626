"""What the ways out are set to. The ways themselves are only loaded where they are on."""

from pydantic import SecretStr

from app.kit.frozen import frozen


@frozen
class SentryOptions:
    """`share`, 0 to 1, is of the requests and jobs that are timed."""

    dsn: SecretStr
    release: str
    environment: str
    share: float


@frozen
class OtelOptions:
    """`endpoint` is the base address. `headers` are `name=value`, comma-separated. `share`, 0 to 1,
    is of the traces that begin here; of a caller's the caller decides."""

    endpoint: str
    headers: SecretStr | None
    service_name: str
    version: str
    share: float


@frozen
class TelemetryOptions:
    """None: that way out is off."""

    sentry: SentryOptions | None
    otel: OtelOptions | None
