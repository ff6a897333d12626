"""What can be counted and computed of a finished negotiation. Pure: no model, no database."""

from app.analysis.figures.anchors import Anchor
from app.analysis.figures.bargaining import Bargain, Solution
from app.analysis.figures.comparison import Better, ComparedFigure, Comparison, compare
from app.analysis.figures.compute import figures
from app.analysis.figures.concessions import Curve, Step
from app.analysis.figures.course import Activity, Course, Move
from app.analysis.figures.deals import Deal, Gains
from app.analysis.figures.endings import EndedBy
from app.analysis.figures.facts import Fact, facts
from app.analysis.figures.fit import Shape
from app.analysis.figures.highlights import Highlights
from app.analysis.figures.overall import Overall, overall
from app.analysis.figures.recommendations import Recommendation, recommendations
from app.analysis.figures.run_figures import RunFigures, Sentence, Strategy
from app.analysis.figures.sentences import sentences
from app.analysis.figures.summary import RunSummary, SideSummary, Winner, figures_summary, winner
from app.analysis.figures.totals import Totals, facts_together, totals
from app.analysis.figures.units import Unit
from app.analysis.figures.zones import Zone

__all__ = [
    "Activity",
    "Anchor",
    "Bargain",
    "Better",
    "ComparedFigure",
    "Comparison",
    "Course",
    "Curve",
    "Deal",
    "EndedBy",
    "Fact",
    "Gains",
    "Highlights",
    "Move",
    "Overall",
    "Recommendation",
    "RunFigures",
    "RunSummary",
    "Sentence",
    "Shape",
    "SideSummary",
    "Solution",
    "Step",
    "Strategy",
    "Totals",
    "Unit",
    "Winner",
    "Zone",
    "compare",
    "facts",
    "facts_together",
    "figures",
    "figures_summary",
    "overall",
    "recommendations",
    "sentences",
    "totals",
    "winner",
]
