"""Finds and fills the templates. A template's version is part of its name."""

from dataclasses import replace
from functools import lru_cache

from app.kit.frozen import frozen
from app.kit.money import plain
from app.kit.templating import Templates, texts_in
from app.llm import Message, Role
from app.negotiation.agents.buying import BuyerMove
from app.negotiation.agents.prompts.quoting import conversation, quoted, terms_text, units
from app.negotiation.agents.seat import BuyerView, Rejection, SellerView
from app.negotiation.agents.selling import SellerMove

_SUFFIX = ".md.j2"
_TEMPLATES = Templates(
    texts_in("app.negotiation.agents.prompts", "templates"),
    filters={"money": plain, "quoted": quoted, "terms": terms_text, "units": units},
)


@frozen
class Prompt:
    """A seat's pair of templates: who it is, the same in every turn, and how things stand now.

    `name` is what logs call it, such as `buyer.v1`.
    """

    name: str

    def messages(
        self, view: BuyerView | SellerView, move: BuyerMove | SellerMove | None = None
    ) -> tuple[Message, ...]:
        """`move` is what a tactic decided, for a model that only finds the words."""
        turn = _filled(
            self.name, "turn", view=view, move=move, conversation=conversation(view.transcript)
        )
        return (
            Message(Role.SYSTEM, _system(self.name, _standing(view))),
            Message(Role.USER, turn),
        )


def _filled(name: str, part: str, **values: object) -> str:
    return _TEMPLATES.render(f"{name}.{part}{_SUFFIX}", **values)


@lru_cache(maxsize=4096)  # a seat is told who it is in every turn of a run
def _system(name: str, view: BuyerView | SellerView) -> str:
    return _filled(name, "system", view=view)


def _standing(view: BuyerView | SellerView) -> BuyerView | SellerView:
    """The view without what changes from turn to turn, which a system message doesn't tell."""
    if isinstance(view, BuyerView):
        return replace(view, round=0, may_decide=False, must_decide=False, transcript=(), offers=())
    return replace(view, round=0, transcript=())


BUYER = Prompt("buyer.v1")
SELLER = Prompt("seller.v1")
NARRATED_BUYER = Prompt("narrated_buyer.v1")
NARRATED_SELLER = Prompt("narrated_seller.v1")


def sent_back(rejections: tuple[Rejection, ...]) -> tuple[Message, ...]:
    """What was refused and why, as the model said and heard it."""
    return tuple(
        message
        for rejection in rejections
        for message in (
            Message(Role.ASSISTANT, rejection.said.strip() or "(nothing)"),
            Message(
                Role.USER, _TEMPLATES.render(f"rejection.v1{_SUFFIX}", reason=rejection.reason)
            ),
        )
    )
