"""What the budgets' endpoints take and give."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.accounts import TenantName
from app.gateway.budgets.budget import Budget, Period, Scope, Standing
from app.gateway.calls.fields import Usd
from app.kit.money import MAX_AMOUNT
from app.llm import Task
from app.web import Timestamp

_MOST_TOKENS = 10**15

KeyName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class BudgetIn(BaseModel):
    """Unknown fields are refused: a scope that is misspelt would be a budget for everybody."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"limit_usd": "5.00"}]}
    )

    tenant: TenantName | None = Field(
        None, description="Whose calls count; without it, every tenant's.", examples=["team-blue"]
    )
    key_id: KeyName | None = Field(
        None, description="The fingerprint of the key whose calls count; without it, any."
    )
    task: Task | None = Field(None, description="The task whose calls count; without it, any.")
    period: Period = Field(Period.DAY, description="It starts anew with each of these, in UTC.")
    limit_usd: Decimal | None = Field(
        None,
        ge=0,
        le=MAX_AMOUNT,
        allow_inf_nan=False,
        description="USD, as a number or a decimal string.",
        examples=["5.00"],
    )
    limit_tokens: int | None = Field(
        None, ge=0, le=_MOST_TOKENS, description="Of prompts and answers.", examples=[1_000_000]
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.limit_usd is None and self.limit_tokens is None:
            raise ValueError('needs a limit: "limit_usd": "5.00", or "limit_tokens": 1000000')
        return self

    def named(self, name: str) -> Budget:
        scope = Scope(self.tenant, self.key_id, self.task)
        return Budget(name, scope, self.period, self.limit_usd, self.limit_tokens)


class BudgetView(BaseModel):
    """A budget and how it stands in the current period."""

    name: str = Field(examples=["team-blue-daily"])
    tenant: str | None
    key_id: str | None
    task: str | None
    period: Period
    limit_usd: Usd | None
    limit_tokens: int | None
    spent_usd: Usd = Field(description="By calls that ended: the sum of their ledger rows.")
    spent_tokens: int
    reserved_usd: Usd = Field(description="The most that calls under way may still cost.")
    reserved_tokens: int
    left_usd: Usd | None = Field(description="What the next call may cost; null without a limit.")
    left_tokens: int | None
    resets_at: Timestamp = Field(description="When it starts anew.")

    @classmethod
    def of(cls, standing: Standing) -> "BudgetView":
        budget = standing.budget
        return cls(
            name=budget.name,
            tenant=budget.scope.tenant,
            key_id=budget.scope.key_id,
            task=budget.scope.task,
            period=budget.period,
            limit_usd=budget.usd,
            limit_tokens=budget.tokens,
            spent_usd=standing.spent.usd,
            spent_tokens=standing.spent.tokens,
            reserved_usd=standing.reserved.usd,
            reserved_tokens=standing.reserved.tokens,
            left_usd=standing.left_usd,
            left_tokens=standing.left_tokens,
            resets_at=standing.resets_at,
        )


class BudgetsPage(BaseModel):
    """By name."""

    budgets: list[BudgetView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class BudgetDeleted(BaseModel):
    name: str
    deleted: bool = True
