"""A run's log for a prompt: one line of JSON for each event, numbered as in the log.

What agents wrote is theirs, and quoted: it can't start a line, or close the block it stands in.
"""

from collections.abc import Iterator
from uuid import UUID

from app.kit.frozen import frozen
from app.kit.money import plain
from app.negotiation import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    FinishedRun,
    OfferMade,
    RoundStarted,
    RunEnded,
    RunFailed,
    SellerSpoke,
    Terms,
    TroubleNoticed,
    TurnPassed,
    quoted_object,
)

_MOST_CHARACTERS = 120_000
"""Of all texts of a log, some 30,000 tokens; longer ones are each cut to an equal part."""

_LEAST = 80


@frozen
class LogLines:
    """`cut` tells that some texts aren't whole."""

    lines: tuple[str, ...]
    cut: bool


def log_lines(run: FinishedRun) -> LogLines:
    """Of every event but those that only tell of waiting messages: they are said later."""
    told = [(each.seq, fields) for each in run.events if (fields := _told(each.event))]
    texts = [len(str(fields["text"])) for _, fields in told if "text" in fields]
    longest = max(_LEAST, _fair(texts))
    cut = any(length > longest for length in texts)
    return LogLines(tuple(_lines(told, longest)), cut)


def _fair(lengths: list[int]) -> int:
    """What each text may take where all together take too much."""
    if sum(lengths) <= _MOST_CHARACTERS:
        return max(lengths, default=0)
    return _MOST_CHARACTERS // len(lengths)


def _lines(told: list[tuple[int, dict[str, object]]], longest: int) -> Iterator[str]:
    for seq, fields in told:
        line: dict[str, object] = {"event": seq, **fields}
        text = fields.get("text")
        if isinstance(text, str) and len(text) > longest:
            line["text"] = text[:longest] + "…"
        yield quoted_object(line)


def _told(event: AnyEvent) -> dict[str, object] | None:
    match event:
        case RoundStarted():
            return {"is": "round_start", "round": event.round}
        case RunEnded():
            return {"is": "end", "outcome": event.outcome, "text": event.reason}
        case TroubleNoticed() | RunFailed():
            return {"is": "trouble", "code": event.code}
        case _:
            return _done(event)


def _done(event: AnyEvent) -> dict[str, object] | None:
    """What a party did."""
    match event:
        case BuyerSpoke():
            by = _buyer(by_human=event.by_human)
            return {"is": "message", "by": by, "round": event.round, "text": event.text}
        case SellerSpoke():
            return {**_by(event.seller_id, "message", event.round), "text": event.text}
        case OfferMade():
            return {**_by(event.seller_id, "offer", event.round), **_terms(event.terms)}
        case TurnPassed():
            return {**_by(event.seller_id, "passed", event.round), "text": event.reason}
        case Decided():
            return _decided(event)
        case _:
            return None


def _decided(event: Decided) -> dict[str, object]:
    by = _buyer(by_human=event.by_human)
    said: dict[str, object] = {"is": "decision", "by": by, "verdict": event.verdict}
    if event.seller_id and event.terms:
        said |= {"seller": str(event.seller_id), **_terms(event.terms)}
    return {**said, "round": event.round, "text": event.reason}


def _buyer(*, by_human: bool) -> str:
    return "a person for the buyer" if by_human else "buyer"


def _by(seller_id: UUID | None, kind: str, number: int) -> dict[str, object]:
    return {"is": kind, "by": str(seller_id) if seller_id else "buyer", "round": number}


def _terms(terms: Terms) -> dict[str, object]:
    return {"price": f"{plain(terms.price)} USD per unit", "quantity": terms.quantity}
