"""The model core over HTTP."""

from app.gateway.health.dependencies import HealthOf, StatusOf
from app.gateway.health.schemas import HealthReport, StatusReport
from app.web import Router

router = Router(prefix="/api/v1/llm", tags=["Models"])


@router.get("/status", summary="Do the default provider and the database answer?")
async def get_status(status: StatusOf) -> StatusReport:
    """Answers 200 whatever is away, from checks that are seconds old."""
    return await status.report()


@router.get("/health", summary="How are the providers and their models?")
async def get_health(overview: HealthOf) -> HealthReport:
    """From the newest calls, and from a look at every provider now and then. Answers at once."""
    return overview.report()
