"""What the budgets' endpoints ask for, as types."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from app.gateway.budgets.service import BudgetBook


async def _book(request: Request) -> BudgetBook:
    found: BudgetBook = request.state.budgets
    return found


InBudgets = Annotated[BudgetBook, Depends(_book)]
BudgetName = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$",
        description="1 to 64 of a-z, 0-9, '.', '-' and '_'; a letter or digit at both ends.",
        examples=["team-blue-daily"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=500, description="Budgets on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Budgets before the page.")]
