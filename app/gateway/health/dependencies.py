"""What the gateway's endpoints ask for, as types."""

from typing import Annotated

from fastapi import Depends, Path, Request

from app.gateway.health.accounts import Accounts
from app.gateway.health.service import Overview
from app.gateway.health.status import ModelStatus


async def _model_status(request: Request) -> ModelStatus:
    found: ModelStatus = request.state.model_status
    return found


async def _overview(request: Request) -> Overview:
    found: Overview = request.state.model_health
    return found


async def _accounts(request: Request) -> Accounts:
    found: Accounts = request.state.accounts
    return found


AccountsOf = Annotated[Accounts, Depends(_accounts)]
ProviderName = Annotated[
    str, Path(max_length=100, description="A provider that is configured.", examples=["openrouter"])
]
StatusOf = Annotated[ModelStatus, Depends(_model_status)]
HealthOf = Annotated[Overview, Depends(_overview)]
