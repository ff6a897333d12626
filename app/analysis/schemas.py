"""What the endpoints of analysis answer."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.analysis.figures import ComparedFigure, RunFigures, Sentence, Totals
from app.analysis.figures.fields import Share
from app.analysis.figures.fields import Usd as Amount
from app.analysis.judgement import Judgement
from app.analysis.scores import ScoresView
from app.gateway import Usd
from app.negotiation import AISummaryOut, JudgedBy, OverallAnalysisOut
from app.web import Timestamp

Status = Literal["pending", "judged", "failed", "figures"]


class ErrorView(BaseModel):
    """Why there is no judgement, or none yet, and what to do."""

    code: str = Field(examples=["ANALYSIS_UNVERIFIED"])
    message: str


class JudgedView(BaseModel):
    """Who judged, and what it took; null without a judge. Tokens and cost are of all answers."""

    model_config = ConfigDict(from_attributes=True)

    model: str | None = None
    provider: str | None = None
    prompt_version: str | None = Field(None, examples=["judge_run.v1"])
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Usd | None = Field(None, description="Null when a price is unknown.")
    judged_at: Timestamp | None = None


class RunAnalysisView(JudgedView):
    """A run that is over. The figures are always there; the judgement where a model judged."""

    run_id: UUID
    session_id: UUID
    room_id: UUID
    item_name: str
    status: Status = Field(description="`figures` where no judgement was asked for.")
    source: JudgedBy = Field(description="What `ai_summary` is from.")
    figures: RunFigures
    sentences: list[Sentence] = Field(description="One for each figure.")
    judgement: Judgement | None
    ai_summary: AISummaryOut
    refusals: int = Field(
        0, description="How many answers cited what isn't there, and were asked for again."
    )
    error: ErrorView | None
    scores: ScoresView


class RerunView(BaseModel):
    run_id: UUID
    status: Literal["pending"] = "pending"


class RunLineView(BaseModel):
    """One run in a session's comparison."""

    run_id: UUID
    room_id: UUID
    item_name: str
    number: int = Field(description="Counts the room's runs from 1.")
    status: Status
    source: JudgedBy
    outcome: Literal["deal", "no_deal"]
    seller_name: str | None
    price: Amount | None = Field(description="USD per unit.")
    quantity: int | None
    total: Amount | None
    buyer_share: Share | None = Field(description="The buyer's part of the zone, 0 to 1.")
    efficiency: Share | None = Field(description="What was gained of what could be, 0 to 1.")
    left: Amount = Field(description="USD left on the table.")
    rounds: int
    seconds: float
    quality_score: int | None = Field(description="The judge's, 0 to 100.")
    deal_winner: str


class SessionAnalysisView(BaseModel):
    session_id: UUID
    runs: list[RunLineView] = Field(description="By item, then by number.")
    total: int = Field(description="Runs on all pages.")
    limit: int
    offset: int
    totals: Totals = Field(description="Of the newest run of each room; amounts in USD.")
    overall: OverallAnalysisOut | None = Field(
        description="Of the newest run of each room; null before any is over."
    )
    judged: JudgedView | None = Field(description="Who judged, where `overall` is a model's.")


class ComparedRunView(BaseModel):
    run_id: UUID
    session_id: UUID
    item_name: str
    number: int
    provider: str
    model: str
    strategies: list[dict[str, Any]] = Field(description="Who sat on which seat.")
    quality_score: int | None


class ComparisonView(BaseModel):
    """`difference` is b − a; `buyer` and `seller` tell which run was better for that side."""

    a: ComparedRunView
    b: ComparedRunView
    same_limits: bool = Field(description="Whether differences are the strategies' own.")
    figures: list[ComparedFigure]
