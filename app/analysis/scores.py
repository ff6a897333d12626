"""What scorers said of a run's turns, as analysis shows it."""

from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ScoreView(BaseModel):
    """What one scorer said of one turn, or of the run's outcome."""

    model_config = ConfigDict(from_attributes=True)

    message_id: UUID | None
    seat_id: UUID | None
    round: int | None
    scorer: str
    value: float | None = Field(description="0 to 1; null until it is known, or where it failed.")
    status: str
    explanation: str | None


class ScoresView(BaseModel):
    """Averages of those that are known, 0 to 1; null where there is none."""

    model_config = ConfigDict(from_attributes=True)

    overall: float | None = None
    hallucination: float | None = Field(None, description="1 − context adherence.")
    coherence: float | None = None
    waiting: int = Field(0, description="Turns that have scores to come.")
    items: list[ScoreView] = Field(default_factory=list)


class RunScores(Protocol):
    async def of_run(self, tenant_id: str, run_id: UUID) -> object:
        """Something with the attributes of a `ScoresView`."""
        ...


class NoScores:
    """Nobody scores."""

    async def of_run(self, _tenant_id: str, _run_id: UUID) -> object:
        return ScoresView()
