"""Budgets over HTTP."""

from app.gateway.budgets.dependencies import BudgetName, InBudgets, Limit, Offset
from app.gateway.budgets.errors import BudgetNotFound
from app.gateway.budgets.schemas import BudgetDeleted, BudgetIn, BudgetsPage, BudgetView
from app.web import Router, problems

router = Router(prefix="/api/v1/llm/budgets", tags=["Budgets"])


@router.get("", response_model=BudgetsPage)
async def list_budgets(budgets: InBudgets, limit: Limit = 50, offset: Offset = 0) -> BudgetsPage:
    """Every budget and how it stands."""
    page = await budgets.list(limit=limit, offset=offset)
    return BudgetsPage(
        budgets=[BudgetView.of(standing) for standing in page.standings],
        total=page.total,
        limit=limit,
        offset=offset,
    )


@router.get("/{name}", response_model=BudgetView, responses=problems(BudgetNotFound))
async def get_budget(budgets: InBudgets, name: BudgetName) -> BudgetView:
    """One budget and how it stands."""
    return BudgetView.of(await budgets.get(name))


@router.put("/{name}", response_model=BudgetView)
async def put_budget(budgets: InBudgets, name: BudgetName, body: BudgetIn) -> BudgetView:
    """Make or change a budget. It holds at once, and what was spent in its period so far counts.

    Calls that are under way aren't stopped.
    """
    return BudgetView.of(await budgets.put(body.named(name)))


@router.delete("/{name}", response_model=BudgetDeleted, responses=problems(BudgetNotFound))
async def delete_budget(budgets: InBudgets, name: BudgetName) -> BudgetDeleted:
    """Remove a budget; nothing holds its calls back any more."""
    await budgets.delete(name)
    return BudgetDeleted(name=name)
