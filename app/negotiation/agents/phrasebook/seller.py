"""A seller's move in the words of its style."""

from app.kit.money import plain
from app.negotiation.agents.phrasebook.book import compose, load, units
from app.negotiation.agents.seat import SellerView
from app.negotiation.agents.selling import SellerIntent, SellerMove

_PHRASES = load("sellers.toml")


def seller_words(view: SellerView, move: SellerMove, *, attempt: int = 0) -> str:
    """The only amount in them is the offer's price. `attempt` gives other words for the move."""
    said = {line.text for line in view.transcript if line.mine}
    voice, intent = view.style.value, move.intent.value
    return compose(
        tuple(_PHRASES[voice, intent, part] for part in (_opening(move), "price", "last")),
        key=(view.seed, view.seller_name, intent),
        turn=len(said) + attempt,
        said=said,
        values={
            "price": f"${plain(move.terms.price)}",
            "units": units(move.terms.quantity),
            "item": view.item_name,
        },
    )


def _opening(move: SellerMove) -> str:
    if move.intent is SellerIntent.OPEN:
        return "first"
    return "silence" if move.bid is None else "answer"
