"""What leaves for those who watch, and what they say, over HTTP."""

from app.accounts import TenantId
from app.gateway.traces.dependencies import InScores, OfExporters, Wanted
from app.gateway.traces.schemas import ExportersView, ScoresPageView, ScoreView
from app.web import Router

router = Router(prefix="/api/v1/telemetry", tags=["Telemetry"])


@router.get("/scores", response_model=ScoresPageView)
async def find_scores(scores: InScores, tenant_id: TenantId, wanted: Wanted) -> ScoresPageView:
    """What Galileo's scorers say of the tenant's turns, page by page, as far as it is known."""
    page = await scores.find(tenant_id, wanted)
    return ScoresPageView(
        scores=[ScoreView.model_validate(row) for row in page.rows],
        total=page.total,
        limit=wanted.limit,
        offset=wanted.offset,
    )


@router.get("/exporters", response_model=ExportersView)
async def get_exporters(exporters: OfExporters) -> ExportersView:
    """How it goes with what is sent to Galileo, to Sentry and by OTLP."""
    return ExportersView.model_validate(
        {name: exporter.status() for name, exporter in exporters.items()}, from_attributes=True
    )
