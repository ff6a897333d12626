"""What the health endpoints answer."""

from typing import Literal

from pydantic import BaseModel


class Liveness(BaseModel):
    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    status: Literal["ready"] = "ready"


class ModelsComponent(BaseModel):
    available: bool
    provider: str


class DatabaseComponent(BaseModel):
    available: bool


class Components(BaseModel):
    llm: ModelsComponent
    database: DatabaseComponent


class HealthReport(BaseModel):
    status: Literal["healthy", "degraded"]
    version: str
    app_name: str
    components: Components
