"""A buyer's move in words: a message to the sellers it is for, or the reason of its decision."""

from collections.abc import Mapping

from app.kit.money import plain
from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.buying import BuyerIntent, BuyerMove
from app.negotiation.agents.phrasebook.book import compose, load, units
from app.negotiation.agents.seat import BuyerView
from app.negotiation.mentions import mentioned

_PHRASES = load("buyer.toml")


def buyer_words(view: BuyerView, move: BuyerMove, *, attempt: int = 0) -> str:
    """Names exactly the sellers that the move addresses, and no price but its bid, or the price it
    accepts. `attempt` gives other words for the same move."""
    parts = _parts(move)
    said = {line.text for line in view.transcript if line.mine}
    text = compose(
        tuple(_PHRASES["buyer", move.intent.value, part] for part in parts),
        key=(view.seed, "buyer", move.intent.value),
        turn=len(said) + attempt,
        said=said,
        values=_values(view, move),
    )
    if parts == ("reason",):
        return text
    text = _to(move.addressed, text)
    return text if _is_understood(view, move, text) else _plainly(view, move)


def _parts(move: BuyerMove) -> tuple[str, ...]:
    if move.intent in {BuyerIntent.ACCEPT, BuyerIntent.WALK_AWAY}:
        return ("reason",)
    price = "bid" if move.bid is not None else "ask"
    needed = ("need",) if move.intent is BuyerIntent.OPEN else ()
    return ("first", *needed, price, "last")


def _values(view: BuyerView, move: BuyerMove) -> Mapping[str, str]:
    values = {"item": view.item_name, "units": units(view.quantity_needed)}
    if move.bid is not None:
        values["bid"] = f"${plain(move.bid)}"
    if move.offer:
        values["price"] = f"${plain(move.offer.terms.price)}"
        values["units"] = units(move.offer.terms.quantity)
        values["seller"] = move.offer.seller_name
    return values


def _to(names: tuple[str, ...], text: str) -> str:
    if not names:
        return text[0].upper() + text[1:]
    *others, last = (f"@{name}" for name in names)
    return f"{', '.join(others)} and {last}: {text}" if others else f"{last}: {text}"


def _is_understood(view: BuyerView, move: BuyerMove, text: str) -> bool:
    """Whether others read the bid and the names as they are meant: an item or a seller may be
    called anything, "2 for $5 each" or "@Bob" too."""
    named = {view.sellers[index] for index in mentioned(text, view.sellers)}
    return named == set(move.addressed) and stated_bid(text) == move.bid


def _plainly(view: BuyerView, move: BuyerMove) -> str:
    text = f"My bid is ${plain(move.bid)} each." if move.bid else "What is your best price?"
    addressed = _to(move.addressed, text)
    return addressed if _is_understood(view, move, addressed) else text
