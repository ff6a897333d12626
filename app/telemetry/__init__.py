"""What the service tells about itself."""

from app.telemetry.logs import configure_logs
from app.telemetry.spans import Spans

__all__ = ["Spans", "configure_logs"]
