"""The performance figures over HTTP."""

from fastapi import Response

from app.accounts import TenantId
from app.insights.performance.dependencies import InPerformance, InWindow
from app.insights.performance.errors import FiguresTooSlow
from app.insights.performance.schemas import PerformanceView
from app.web import Router, problems

router = Router(prefix="/api/metrics", tags=["Metrics"])


@router.get("/performance", response_model=PerformanceView, responses=problems(FiguresTooSlow))
async def get_performance(
    performance: InPerformance, tenant_id: TenantId, window: InWindow
) -> Response:
    """How the tenant's conversations did in a window of time, and in each step of it, with what
    the figures call for."""
    report = await performance.report(tenant_id, window)
    return Response(report, media_type="application/json")
