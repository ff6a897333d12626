"""What the service tells about itself."""

from app.telemetry.logs import configure_logs

__all__ = ["configure_logs"]
