"""The model core over HTTP."""

from app.gateway.health.dependencies import AccountsOf, HealthOf, ProviderName, StatusOf
from app.gateway.health.schemas import AccountView, HealthReport, StatusReport
from app.llm import BadGateway, ModelTimeout, NoAccount, ProviderDisabled, ProviderUnavailable
from app.web import Router, problems

router = Router(prefix="/api/v1/llm", tags=["Models"])


@router.get("/status", summary="Do the default provider and the database answer?")
async def get_status(status: StatusOf) -> StatusReport:
    """Answers 200 whatever is away, from checks that are seconds old."""
    return await status.report()


@router.get("/health", summary="How are the providers and their models?")
async def get_health(overview: HealthOf) -> HealthReport:
    """From the newest calls, and from a look at every provider now and then. Answers at once."""
    return overview.report()


@router.get(
    "/providers/{provider}/account",
    summary="What has a provider's key used, and what has it left?",
    response_model=AccountView,
    responses=problems(ProviderDisabled, NoAccount, BadGateway, ProviderUnavailable, ModelTimeout),
)
async def get_account(accounts: AccountsOf, provider: ProviderName) -> AccountView:
    """As the vendor tells it, asked once in ten seconds at most."""
    return AccountView.model_validate(await accounts.of(provider))
