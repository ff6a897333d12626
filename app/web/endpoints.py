"""Is the process alive, is it ready, and how are its parts?"""

import asyncio
from typing import Annotated

from fastapi import Depends, Request

from app.web.description import router as description
from app.web.health import Health, NotReady
from app.web.openapi import problems
from app.web.route import Router
from app.web.schemas import (
    Components,
    DatabaseComponent,
    HealthReport,
    Liveness,
    ModelsComponent,
    Readiness,
)


async def _health(request: Request) -> Health:
    health: Health = request.state.health
    return health


HealthOf = Annotated[Health, Depends(_health)]

router = Router(tags=["health"])
router.include_router(description)


@router.get("/livez", summary="Does the process answer?")
async def livez() -> Liveness:
    return Liveness()


@router.get("/readyz", summary="Can it serve requests?", responses=problems(NotReady))
async def readyz(health: HealthOf) -> Readiness:
    answers = await asyncio.gather(*(check() for check in health.readiness.values()))
    named = zip(health.readiness, answers, strict=True)
    if reasons := {name: reason for name, reason in named if reason is not None}:
        raise NotReady(reasons)
    return Readiness()


@router.get("/api/v1/health", summary="How are the service and its parts?")
async def report(health: HealthOf) -> HealthReport:
    """Answers 200 whatever is away."""
    models = health.models()
    database = await health.database() is None
    return HealthReport(
        status="healthy" if models.available and database else "degraded",
        version=health.version,
        app_name=health.app_name,
        components=Components(
            llm=ModelsComponent(available=models.available, provider=models.provider),
            database=DatabaseComponent(available=database),
        ),
    )
