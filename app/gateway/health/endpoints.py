"""The model core over HTTP."""

from app.gateway.health.dependencies import StatusOf
from app.gateway.health.schemas import StatusReport
from app.web import Router

router = Router(prefix="/api/v1/llm", tags=["Models"])


@router.get("/status", summary="Do the default provider and the database answer?")
async def get_status(status: StatusOf) -> StatusReport:
    """Answers 200 whatever is away, from checks that are seconds old."""
    return await status.report()
