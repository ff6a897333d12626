import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.money import MAX_AMOUNT
from app.llm import Completion, ModelRef, Usage
from app.negotiation.agents.seat import BuyerAction, BuyerTurn, SellerTurn, Terms, TurnInvalid
from app.negotiation.agents.turn_parsing import read_buyer_turn, read_seller_turn
from app.negotiation.agents.turn_schemas import (
    BUYER_EXAMPLE,
    SELLER_EXAMPLE,
    SELLER_OUTPUT,
    buyer_output,
)
from tests.negotiation.agents.views import OFFER


def answer(output: str | None, text: str = "", finish_reason: str = "stop") -> Completion:
    ref = ModelRef("lm_studio", "fake")
    return Completion(text or output or "", output, ref, Usage(), finish_reason)


def seller(**fields: Any) -> SellerTurn:
    return read_seller_turn(answer(json.dumps({"message": "Hello."} | fields)))


def priced(price: Any, quantity: Any = 5) -> Terms | None:
    return seller(offer={"price": price, "quantity": quantity}).offer


def buyer(**fields: Any) -> BuyerTurn:
    return read_buyer_turn(answer(json.dumps({"message": "Hello."} | fields)))


def refused(output: str | None, **said: str) -> str:
    with pytest.raises(TurnInvalid) as invalid:
        read_seller_turn(answer(output, **said))
    return invalid.value.rejection.reason


PRICES = st.decimals("0.000001", MAX_AMOUNT, places=6).filter(lambda price: price > 0)
SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["accept", "buy", "$950", str(OFFER.offer_id), "NaN", "1e400", "٣"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "offer", "price", "quantity", "action", "offer_id"]),
            inner,
        )
    ),
    max_leaves=12,
)


class TestPrice:
    @given(PRICES)
    def test_is_exact_however_it_is_written(self, price: Decimal) -> None:
        for written in (f"{price:f}", f"${price:f}", f"{price:,f} USD", f" usd {price:,f} each "):
            assert priced(written) == Terms(price, 5)

    @given(st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100))
    def test_json_number(self, price: Decimal) -> None:
        turn = read_seller_turn(
            answer(f'{{"message": "Hi", "offer": {{"price": {price}, "quantity": 1}}}}')
        )

        assert turn.offer == Terms(price, 1)

    @pytest.mark.parametrize(
        "price",
        [
            *(None, True, [950], {}, "", "about 950", "950 or less", "9.5.0", "1,23", "950,00"),
            *("1e3", "NaN", "-5", "٩٥٠", "9" * 5000, "0" * 61 + "950"),
            *(0, -1, 1e-9, 1e12, 10**30),
        ],
    )
    def test_refused_with_the_field_and_an_example(self, price: Any) -> None:
        with pytest.raises(TurnInvalid) as invalid:
            priced(price)

        reason = invalid.value.rejection.reason
        assert reason.startswith("offer.price is ")
        assert "such as 12.5" in reason
        assert SELLER_EXAMPLE in reason

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1e400"])
    def test_what_is_no_json_number_is_named_too(self, number: str) -> None:
        text = f'{{"message": "Hi", "offer": {{"price": {number}, "quantity": 5}}}}'

        assert "offer.price is " in refused(None, text=text)


class TestQuantity:
    @pytest.mark.parametrize("quantity", [5, 5.0, "5", " 5 ", "5 units"])
    def test_whole_numbers(self, quantity: Any) -> None:
        assert priced(950, quantity) == Terms(Decimal(950), 5)

    @pytest.mark.parametrize(
        "quantity", [0, -1, 5.5, True, None, "five", "5-6", "5.5", 10**10, 10**30, "٥", [5]]
    )
    def test_refused_with_the_field_and_an_example(self, quantity: Any) -> None:
        with pytest.raises(TurnInvalid, match=r"offer\.quantity is .*such as 5"):
            priced(950, quantity)

    def test_is_asked_for_where_it_is_missing(self) -> None:
        with pytest.raises(TurnInvalid, match=r"offer\.quantity is missing"):
            seller(offer={"price": 950})


class TestSellerTurn:
    @pytest.mark.parametrize("offer", [None, "", "none", "null", {"price": None, "quantity": None}])
    def test_no_offer(self, offer: Any) -> None:
        assert seller(offer=offer) == SellerTurn("Hello.")

    def test_missing_offer_is_none(self) -> None:
        assert seller() == SellerTurn("Hello.")

    @pytest.mark.parametrize("offer", [{}, [], 950, "950", True])
    def test_what_may_be_an_offer_is_asked_about(self, offer: Any) -> None:
        with pytest.raises(TurnInvalid, match="offer"):
            seller(offer=offer)

    def test_other_fields_are_ignored(self) -> None:
        assert seller(offer=None, reasoning="my cost is 700", price=1) == SellerTurn("Hello.")

    def test_message_is_needed(self) -> None:
        assert refused('{"offer": null}').startswith("message is missing")

    def test_every_fault_is_told_at_once(self) -> None:
        reason = refused('{"message": 7, "offer": {"price": -1, "quantity": 0}}')

        assert all(f"{field} is " in reason for field in ("message", "offer.price"))
        assert "offer.quantity is 0" in reason

    def test_long_values_are_shown_short(self) -> None:
        assert len(refused(json.dumps({"message": ["x" * 10_000], "offer": None}))) < 400


class TestBuyerTurn:
    @pytest.mark.parametrize(
        ("written", "action"),
        [
            ("continue", BuyerAction.CONTINUE),
            ("Counter-Offer", BuyerAction.CONTINUE),
            ("negotiate", BuyerAction.CONTINUE),
            ("reject", BuyerAction.CONTINUE),
            ("walk away", BuyerAction.WALK_AWAY),
            ("WALK_AWAY", BuyerAction.WALK_AWAY),
            ("leave", BuyerAction.WALK_AWAY),
        ],
    )
    def test_actions_and_their_synonyms(self, written: str, action: BuyerAction) -> None:
        assert buyer(action=written, offer_id=None) == BuyerTurn("Hello.", action)

    @pytest.mark.parametrize("written", ["accept", "Accept", "buy", "accept offer"])
    @pytest.mark.parametrize("form", ["{}", ' "{}" ', "`{}`", "[{}]", "#{}"])
    def test_acceptance(self, written: str, form: str) -> None:
        turn = buyer(action=written, offer_id=form.format(OFFER.offer_id))

        assert turn == BuyerTurn("Hello.", BuyerAction.ACCEPT, OFFER.offer_id)

    @pytest.mark.parametrize("offer_id", [None, "", "1", "Tech Store", 950, [], "3f2b8c1e"])
    def test_acceptance_names_its_offer_even_where_there_is_one(self, offer_id: Any) -> None:
        with pytest.raises(TurnInvalid, match=r"offer_id is .* the id of an offer on the table"):
            buyer(action="accept", offer_id=offer_id)

    @pytest.mark.parametrize(
        "action", ["do not accept", "I do NOT accept", "acceptable", "", 1, None]
    )
    def test_no_other_word_is_an_action(self, action: Any) -> None:
        with pytest.raises(
            TurnInvalid, match=r"action is .* one of continue, accept and walk_away"
        ):
            buyer(action=action, offer_id=str(OFFER.offer_id))

    def test_offer_id_means_nothing_elsewhere(self) -> None:
        assert buyer(action="continue", offer_id=str(OFFER.offer_id)).offer_id is None

    def test_reason_may_be_left_out(self) -> None:
        turn = read_buyer_turn(answer('{"action": "walk_away", "message": null}'))

        assert turn == BuyerTurn("", BuyerAction.WALK_AWAY)


class TestProse:
    @pytest.mark.parametrize(
        "text",
        [
            "I accept the offer!",
            "I do NOT accept.",
            f"accept {OFFER.offer_id}",
            "Deal at 950",
            "",
            "[]",
            "null",
        ],
    )
    def test_is_no_turn(self, text: str) -> None:
        with pytest.raises(TurnInvalid) as invalid:
            read_buyer_turn(answer(None, text=text))

        assert "no JSON object" in invalid.value.rejection.reason
        assert BUYER_EXAMPLE in invalid.value.rejection.reason
        assert invalid.value.rejection.said == text

    def test_an_answer_that_was_cut_off_is_to_be_briefer(self) -> None:
        assert "cut off" in refused(None, text='{"message": "Well', finish_reason="length")


class TestAnything:
    @given(SHAPES)
    def test_seller(self, said: object) -> None:
        """A turn with a price and a quantity that can be booked, or a reason."""
        try:
            turn = read_seller_turn(answer(json.dumps(said)))
        except TurnInvalid:
            return
        if turn.offer:
            assert turn.offer.price.is_finite()
            assert 0 < turn.offer.price <= MAX_AMOUNT
            assert type(turn.offer.quantity) is int
            assert turn.offer.quantity >= 1

    @given(SHAPES)
    def test_buyer(self, said: object) -> None:
        """An acceptance always says so itself, and names an offer."""
        try:
            turn = read_buyer_turn(answer(json.dumps(said)))
        except TurnInvalid:
            return
        assert isinstance(said, dict)
        assert (turn.action is BuyerAction.ACCEPT) == (said["action"] in {"accept", "buy"})
        assert (turn.offer_id is not None) == (turn.action is BuyerAction.ACCEPT)

    @given(st.text())
    def test_text(self, text: str) -> None:
        with pytest.raises(TurnInvalid):
            read_buyer_turn(answer(None, text=f"I accept {text}"))


class TestSchemas:
    @pytest.mark.parametrize(
        "schema",
        [SELLER_OUTPUT.schema, buyer_output(may_decide=True, must_decide=False).schema],
    )
    def test_strict_modes_take_them(self, schema: dict[str, Any]) -> None:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])

    @pytest.mark.parametrize(
        ("may_decide", "must_decide", "actions"),
        [
            (False, False, ["continue"]),
            (True, False, ["continue", "accept", "walk_away"]),
            (True, True, ["accept", "walk_away"]),
        ],
    )
    def test_only_what_is_allowed_now(
        self, may_decide: bool, must_decide: bool, actions: list[str]
    ) -> None:
        schema = buyer_output(may_decide=may_decide, must_decide=must_decide).schema

        assert schema["properties"]["action"]["enum"] == actions

    def test_examples_are_turns(self) -> None:
        assert read_seller_turn(answer(SELLER_EXAMPLE)).offer == Terms(Decimal("12.5"), 5)
        assert read_buyer_turn(answer(BUYER_EXAMPLE)).action is BuyerAction.CONTINUE
