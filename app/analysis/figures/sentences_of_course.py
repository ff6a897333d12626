"""Sentences on how a run went by and ended."""

from collections.abc import Iterator

from app.analysis.figures.course import Activity
from app.analysis.figures.endings import EndedBy
from app.analysis.figures.run_figures import RunFigures, Sentence
from app.analysis.figures.wording import count, lasting, listed

_ENDINGS = {
    EndedBy.ACCEPTANCE: "{buyer} accepted {seller}'s offer.",
    EndedBy.WALKING_AWAY: "{buyer} walked away.",
    EndedBy.LAST_ROUND: "The rounds ran out without a deal.",
    EndedBy.TIME_OUT: "The time ran out without a deal.",
    EndedBy.PERSON: "A person decided the run.",
    EndedBy.FAILURE: "The run failed.",
    EndedBy.UNFINISHED: "The log has no decision.",
}


def going_by(figures: RunFigures) -> Iterator[Sentence]:
    course = figures.course
    yield Sentence(
        "course.rounds",
        f"It took {course.rounds} of at most {count(course.max_rounds, 'round')}, "
        f"with {count(course.messages, 'message')}, {count(course.offers, 'offer')} and "
        f"{count(course.passes, 'pass')}, in {lasting(course.seconds)}.",
    )
    yield Sentence("course.activity", f"{listed([_did(one) for one in course.activity])}.")
    if course.last_mover is not None:
        mover = course.last_mover
        who = "A person" if mover.agent_id is None else mover.name
        yield Sentence("course.last_mover", f"{who} moved last.", (mover.event_id,))
    if course.last_concession is not None:
        given = course.last_concession
        text = f"The last concession was {given.name}'s."
        yield Sentence("course.last_concession", text, (given.event_id,))


def _did(one: Activity) -> str:
    person = f" ({one.by_person} of them by a person)" if one.by_person else ""
    return f"{one.name} sent {count(one.messages, 'message')}{person}"


def ended(figures: RunFigures) -> Sentence:
    course, deal = figures.course, figures.deal
    text = _ENDINGS[course.ended_by].format(
        buyer=figures.buyer.name, seller=deal.seller_name if deal else ""
    )
    ids = () if course.ended_event_id is None else (course.ended_event_id,)
    return Sentence("course.ended_by", text, ids)
