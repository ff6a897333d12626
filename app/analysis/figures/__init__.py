"""What can be counted and computed of a finished negotiation. Pure: no model, no database."""

from app.analysis.figures.compute import figures
from app.analysis.figures.run_figures import (
    Activity,
    Anchor,
    Bargain,
    Course,
    Curve,
    Deal,
    EndedBy,
    Gains,
    Move,
    RunFigures,
    Sentence,
    Shape,
    Solution,
    Step,
    Strategy,
    Zone,
)

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
