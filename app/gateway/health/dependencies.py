"""What the gateway's endpoints ask for, as types."""

from typing import Annotated

from fastapi import Depends, Request

from app.gateway.health.service import Overview
from app.gateway.health.status import ModelStatus


async def _model_status(request: Request) -> ModelStatus:
    found: ModelStatus = request.state.model_status
    return found


async def _overview(request: Request) -> Overview:
    found: Overview = request.state.model_health
    return found


StatusOf = Annotated[ModelStatus, Depends(_model_status)]
HealthOf = Annotated[Overview, Depends(_overview)]
