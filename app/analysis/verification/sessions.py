"""Holds a judgement of a session against its runs."""

from collections.abc import Iterator

from app.analysis.judgement import OverallJudgement
from app.analysis.verification.numbers import Known, unsupported


class SessionCheck:
    """Called with a judgement, tells every number in it that no run supports."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def __call__(self, judgement: OverallJudgement) -> list[str]:
        return [
            f"{where}: {number!a} stands in no figure"
            for where, text in _texts(judgement)
            for number in unsupported(text, self._known)
        ]


def _texts(judgement: OverallJudgement) -> Iterator[tuple[str, str]]:
    yield "performance_insights", judgement.performance_insights
    yield "cross_item_comparison", judgement.cross_item_comparison
    for place, text in enumerate(judgement.recommendations):
        yield f"recommendations.{place}", text
