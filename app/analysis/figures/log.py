"""Reading a finished run's log by kinds of event."""

from collections.abc import Iterator
from typing import TypeVar

from app.negotiation import AnyEvent, Decided, FinishedRun, FinishedSeller, OfferMade, RunEnded

E = TypeVar("E", bound=AnyEvent)


def each(run: FinishedRun, kind: type[E]) -> Iterator[tuple[int, E]]:
    """The events of one kind, in order, with their places in the log."""
    for entry in run.events:
        if isinstance(entry.event, kind):
            yield entry.seq, entry.event


def offers_of(run: FinishedRun, seller: FinishedSeller) -> list[tuple[int, OfferMade]]:
    """What this seller put on the table, in order."""
    return [(seq, e) for seq, e in each(run, OfferMade) if e.seller_id == seller.seller_id]


def decision(run: FinishedRun) -> tuple[int, Decided] | None:
    return next(each(run, Decided), None)


def end(run: FinishedRun) -> tuple[int, RunEnded] | None:
    return next(each(run, RunEnded), None)


def elapsed(run: FinishedRun, number: int) -> float:
    """The part of the rounds that is gone in round `number`: 0 in the first, 1 in the last."""
    return min(1.0, max(0, number - 1) / max(1, run.max_rounds - 1))
