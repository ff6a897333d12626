"""The ledger over HTTP."""

from app.accounts import TenantId
from app.gateway.calls.dependencies import CallID, InLedger, Wanted
from app.gateway.calls.errors import CallNotFound
from app.gateway.calls.schemas import CallDetail, CallsPageView, CallView, LedgerView
from app.web import Router, problems

router = Router(prefix="/api/v1/llm", tags=["Ledger"])


@router.get("/calls", response_model=CallsPageView)
async def find_calls(calls: InLedger, tenant_id: TenantId, wanted: Wanted) -> CallsPageView:
    """The tenant's calls of models, page by page.

    Calls that come in meanwhile move the pages; with `to` they stay where they are.
    """
    page = await calls.find(tenant_id, wanted)
    return CallsPageView(
        calls=[CallView.model_validate(row) for row in page.rows],
        total=page.total,
        limit=wanted.limit,
        offset=wanted.offset,
    )


@router.get("/calls/{call_id}", response_model=CallDetail, responses=problems(CallNotFound))
async def get_call(calls: InLedger, tenant_id: TenantId, call_id: CallID) -> CallDetail:
    """One call, with what routing went by, and each try with its tokens and cost."""
    return CallDetail.model_validate(await calls.get(tenant_id, call_id))


@router.get("/ledger", response_model=LedgerView)
async def get_ledger(calls: InLedger) -> LedgerView:
    """Whether the ledger keeps up."""
    return LedgerView.model_validate(calls.counts())
