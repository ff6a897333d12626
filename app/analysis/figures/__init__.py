"""What can be counted and computed of a finished negotiation. Pure: no model, no database."""

from app.analysis.figures.anchors import Anchor
from app.analysis.figures.bargaining import Bargain, Solution
from app.analysis.figures.compute import figures
from app.analysis.figures.concessions import Curve, Step
from app.analysis.figures.course import Activity, Course, Move
from app.analysis.figures.deals import Deal, Gains
from app.analysis.figures.endings import EndedBy
from app.analysis.figures.fit import Shape
from app.analysis.figures.run_figures import RunFigures, Sentence, Strategy
from app.analysis.figures.zones import Zone

__all__ = [
    "Activity",
    "Anchor",
    "Bargain",
    "Course",
    "Curve",
    "Deal",
    "EndedBy",
    "Gains",
    "Move",
    "RunFigures",
    "Sentence",
    "Shape",
    "Solution",
    "Step",
    "Strategy",
    "Zone",
    "figures",
]
