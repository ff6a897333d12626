"""The market: sessions, rooms, the agents in them, and the log that a negotiation is."""

from app.negotiation.agents import SeatFactory
from app.negotiation.agents.prompts.quoting import quoted, quoted_object
from app.negotiation.agents.seat import AgentKind, Priority, SpeakingStyle, Terms
from app.negotiation.aloud import RoomMessages
from app.negotiation.errors import RunNotFinished, RunNotFound, SessionNotFound
from app.negotiation.events import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    MessageQueued,
    OfferMade,
    Outcome,
    RoundStarted,
    RunEnded,
    RunFailed,
    SellerSpoke,
    TroubleNoticed,
    TurnPassed,
    Verdict,
)
from app.negotiation.finished import FinishedBuyer, FinishedRun, FinishedSeller, Numbered
from app.negotiation.finished_runs import FinishedPage, FinishedRuns, LatestRuns
from app.negotiation.journal import Aftermath, Aftermaths, Journal
from app.negotiation.reader import Reader
from app.negotiation.retention import Retention
from app.negotiation.rooms import Rooms
from app.negotiation.runs import Runner, tasks
from app.negotiation.schemas import (
    AISummaryOut,
    AnalysisOut,
    HighlightsOut,
    JudgedBy,
    OverallAnalysisOut,
)
from app.negotiation.service import Marketplace, RoundLimits
from app.negotiation.stream import DeliveryMarks, Feeds, Watching
from app.negotiation.summary import Judgements
from app.negotiation.told_runs import RunTelling

__all__ = [
    "AISummaryOut",
    "Aftermath",
    "Aftermaths",
    "AgentKind",
    "AnalysisOut",
    "AnyEvent",
    "BuyerSpoke",
    "Decided",
    "DeliveryMarks",
    "Feeds",
    "FinishedBuyer",
    "FinishedPage",
    "FinishedRun",
    "FinishedRuns",
    "FinishedSeller",
    "HighlightsOut",
    "Journal",
    "JudgedBy",
    "Judgements",
    "LatestRuns",
    "Marketplace",
    "MessageQueued",
    "Numbered",
    "OfferMade",
    "Outcome",
    "OverallAnalysisOut",
    "Priority",
    "Reader",
    "Retention",
    "RoomMessages",
    "Rooms",
    "RoundLimits",
    "RoundStarted",
    "RunEnded",
    "RunFailed",
    "RunNotFinished",
    "RunNotFound",
    "RunTelling",
    "Runner",
    "SeatFactory",
    "SellerSpoke",
    "SessionNotFound",
    "SpeakingStyle",
    "Terms",
    "TroubleNoticed",
    "TurnPassed",
    "Verdict",
    "Watching",
    "quoted",
    "quoted_object",
    "tasks",
]
