"""The catalogue of models over HTTP."""

from app.accounts import TenantId
from app.gateway.catalogue.benchmark.schemas import BenchmarkReportView, BenchmarkRequest
from app.gateway.catalogue.browsing.schemas import ModelDetail, ModelsPage, ModelView
from app.gateway.catalogue.dependencies import (
    AtProvider,
    InCatalogue,
    ModelName,
    ToBenchmark,
    ToDiscover,
    WantedModels,
)
from app.gateway.catalogue.discovery.schemas import DiscoveryView
from app.llm import ProviderDisabled, UnknownModel
from app.web import Router, problems

router = Router(prefix="/api/v1/models", tags=["Models"])


@router.get("", response_model=ModelsPage)
async def find_models(models: InCatalogue, wanted: WantedModels) -> ModelsPage:
    """The models that are known, page by page."""
    page = await models.find(wanted)
    return ModelsPage(
        models=[ModelView.of(kept) for kept in page.models],
        total=page.total,
        limit=wanted.limit,
        offset=wanted.offset,
    )


@router.post("/discover", response_model=DiscoveryView)
async def discover(discovery: ToDiscover) -> DiscoveryView:
    """Ask every configured provider what it offers. Takes seconds; also done when the
    service starts and every hour.

    A provider that fails or lists nothing changes nothing.
    """
    return DiscoveryView.of(await discovery.run())


@router.post("/benchmark", response_model=BenchmarkReportView, responses=problems(ProviderDisabled))
async def run_benchmark(
    benchmark: ToBenchmark, tenant_id: TenantId, body: BenchmarkRequest | None = None
) -> BenchmarkReportView:
    """Put the best-placed models of each provider to the exercises, and keep how they did.

    Takes a minute or more. Models that cost something are asked too, unless `free` is true.
    """
    plan = (body or BenchmarkRequest()).plan(tenant_id)
    return BenchmarkReportView.of(await benchmark.run(plan))


@router.get("/{model:path}", response_model=ModelDetail, responses=problems(UnknownModel))
async def get_model(
    models: InCatalogue, model: ModelName, provider: AtProvider = None
) -> ModelDetail:
    """One model, with what it cost over time and how it did in benchmarks."""
    return ModelDetail.of_biography(await models.show(model, provider))
