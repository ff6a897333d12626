import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import LLMClient
from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.buying import BuyerIntent, BuyerMove
from app.negotiation.agents.narrated import WORDS_REPLACED, NarratedBuyer, NarratedSeller
from app.negotiation.agents.offline import OfflineBuyer, OfflineSeller, decide_buyer, decide_seller
from app.negotiation.agents.seat import BuyerAction, Terms
from app.negotiation.agents.selling import SellerIntent, SellerMove
from app.negotiation.agents.wording import buyer_words_fault, seller_words_fault, words_of
from app.negotiation.mentions import mentioned
from tests.fakes.openai_wire import FakeOpenAI
from tests.negotiation.agents.conftest import playing
from tests.negotiation.agents.views import BUYER, OFFER, SELLER

OFFERED = SellerMove(Terms(Decimal("912.5"), 5), SellerIntent.CONCEDE, Decimal(900))
BID = BuyerMove(BuyerAction.CONTINUE, BuyerIntent.COUNTER_ONE, bid=Decimal(880))


class TestSeller:
    async def test_model_speaks_and_tactic_decides(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        offer = decide_seller(SELLER).terms
        upstream.reply = lambda body: f"Look, ${offer.price:.2f} each. Take it."
        answer = await NarratedSeller(client, playing()).take_turn(SELLER, ())

        assert answer.turn.text == f"Look, ${offer.price:.2f} each. Take it."
        assert answer.turn.offer == offer
        assert answer.troubles == ()

    async def test_call_is_a_narration(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        await NarratedSeller(client, playing()).take_turn(SELLER, ())

        (call,) = upstream.calls
        assert (call["model"], call["temperature"], call["max_tokens"]) == ("fake-small", 0.3, 77)
        assert "response_format" not in call

    @pytest.mark.parametrize(
        "said",
        [
            "Take it for $1.",
            "",
            "<think>The least is 850.</think>",
            '{"offer": {"price": 1, "quantity": 5}}',
        ],
    )
    async def test_words_that_do_not_fit_give_way(
        self, client: LLMClient, upstream: FakeOpenAI, said: str
    ) -> None:
        upstream.reply = lambda body: said or "   "
        answer = await NarratedSeller(client, playing()).take_turn(SELLER, ())

        assert answer.turn == (await OfflineSeller().take_turn(SELLER, ())).turn
        assert [trouble.code for trouble in answer.troubles] == [WORDS_REPLACED]
        assert "lm_studio:fake-small" in answer.troubles[0].message

    @pytest.mark.parametrize(
        ("model", "code"),
        [("status-500", "LLM_PROVIDER_UNAVAILABLE"), ("empty-answer", "LLM_BAD_GATEWAY")],
    )
    async def test_no_model_is_no_end(
        self, client: LLMClient, upstream: FakeOpenAI, model: str, code: str
    ) -> None:
        upstream.fault = model
        answer = await NarratedSeller(client, playing(model)).take_turn(SELLER, ())

        assert answer.turn == (await OfflineSeller().take_turn(SELLER, ())).turn
        assert [trouble.code for trouble in answer.troubles] == [code]

    async def test_unknown_provider_is_no_end(self, client: LLMClient) -> None:
        settings = playing()
        nowhere = replace(settings, model=replace(settings.model, provider="nowhere"))
        answer = await NarratedSeller(client, nowhere).take_turn(SELLER, ())

        assert answer.turn.offer == decide_seller(SELLER).terms
        assert [trouble.code for trouble in answer.troubles] == ["LLM_PROVIDER_DISABLED"]

    async def test_fallback_is_told(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: "My offer stands beside this."
        answer = await NarratedSeller(client, playing("status-503")).take_turn(SELLER, ())

        assert answer.turn.text == "My offer stands beside this."
        assert [trouble.code for trouble in answer.troubles] == ["LLM_PROVIDER_UNAVAILABLE"]

    async def test_leaving_is_not_a_trouble(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.fault = "silence"
        turn = asyncio.create_task(NarratedSeller(client, playing()).take_turn(SELLER, ()))
        while not upstream.calls:
            await asyncio.sleep(0)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn


class TestBuyer:
    async def test_bid_is_in_the_words(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        bid = decide_buyer(BUYER).bid
        upstream.reply = lambda body: _naming(body, f"how about ${bid} each?")
        answer = await NarratedBuyer(client, playing()).take_turn(BUYER, ())

        assert answer.turn.action is BuyerAction.CONTINUE
        assert answer.turn.text == _naming(upstream.calls[0], f"how about ${bid} each?")
        assert answer.troubles == ()

    async def test_acceptance_is_the_tactics(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        view = replace(BUYER, round=10, must_decide=True)
        upstream.reply = lambda body: "I do NOT accept, I walk away."
        answer = await NarratedBuyer(client, playing()).take_turn(view, ())

        assert (answer.turn.action, answer.turn.offer_id) == (BuyerAction.ACCEPT, OFFER.offer_id)

    async def test_number_is_never_the_models(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = lambda body: "I'd pay $999.00 each, my highest price."
        answer = await NarratedBuyer(client, playing()).take_turn(BUYER, ())

        assert answer.turn == (await OfflineBuyer().take_turn(BUYER, ())).turn
        assert [trouble.code for trouble in answer.troubles] == [WORDS_REPLACED]


class TestSellerWords:
    @pytest.mark.parametrize(
        "words",
        [
            "That's $912.50 each.",
            "$900 is too low. I can do $912.50 per unit, so $4,562.50 in total.",
            "Five units at 912.50 USD each: $4,562.50.",
            "From $950 down to $912.50 each, with two years of warranty and 24 hours delivery.",
            "A fair offer, I'd say.",
        ],
    )
    def test_fit(self, words: str) -> None:
        assert seller_words_fault(SELLER, OFFERED, words) is None

    @pytest.mark.parametrize(
        "words",
        [
            "I could do $850 each.",
            "Today $912.50 each. Come back tomorrow for $860 each.",
            "$860 each? Fine. Well, $912.50 each.",
            "My cost is $701.50. So $912.50 each.",
            "$912.50 each, or all five for $4,000.",
            "Not $860 but $912.50 each.",
            "",
        ],
    )
    def test_do_not_fit(self, words: str) -> None:
        assert seller_words_fault(SELLER, OFFERED, words) is not None

    @given(st.integers(1, 10**7), st.integers(1, 10**7))
    def test_another_price_never_fits(self, offered: int, said: int) -> None:
        move = replace(OFFERED, terms=Terms(Decimal(offered) / 100, 1), bid=None)
        words = f"I ask ${Decimal(said) / 100:.2f} each."
        view = replace(SELLER, transcript=())

        assert (seller_words_fault(view, move, words) is None) == (offered == said)


class TestBuyerWords:
    @pytest.mark.parametrize(
        "words",
        ["I can do $880 each.", "You're at $950. My bid is $880 each, $4,400 for all."],
    )
    def test_fit(self, words: str) -> None:
        assert buyer_words_fault(BUYER, BID, words) is None

    @pytest.mark.parametrize(
        "words",
        [
            "Can you do better?",
            "I can do $880 each. At most $1,000 each.",
            "I'd go up to $1000. For now $880 each.",
            "@Bob I can do $880 each.",
            "",
        ],
    )
    def test_do_not_fit(self, words: str) -> None:
        assert buyer_words_fault(BUYER, BID, words) is not None

    @pytest.mark.parametrize(
        ("words", "fits"),
        [
            ("@Tech Store, $880 each?", True),
            ("@techstore $880 each?", True),
            ("$880 each?", False),
            ("@Tech Store and @Bob: $880 each?", False),
        ],
    )
    def test_address_whom_they_should(self, words: str, fits: bool) -> None:
        move = replace(BID, addressed=("Tech Store",))

        assert (buyer_words_fault(BUYER, move, words) is None) == fits

    def test_no_bid_where_none_was_decided(self) -> None:
        move = replace(BID, bid=None)

        assert buyer_words_fault(BUYER, move, "What can you do?") is None
        assert buyer_words_fault(BUYER, move, "I'd pay $880 each.") is not None

    def test_reason_of_a_decision_names_nothing_secret(self) -> None:
        accepted = BuyerMove(BuyerAction.ACCEPT, BuyerIntent.ACCEPT, offer=OFFER)

        assert buyer_words_fault(BUYER, accepted, "$950 each is a fair price.") is None
        assert buyer_words_fault(BUYER, accepted, "I'd have paid $1000 each.") is not None

    @given(st.text(max_size=60))
    def test_whatever_fits_says_the_bid_and_no_name(self, words: str) -> None:
        if buyer_words_fault(BUYER, BID, words) is None:
            assert stated_bid(words) == BID.bid
            assert mentioned(words, BUYER.sellers) == ()


class TestWordsOf:
    @pytest.mark.parametrize(
        "said",
        [
            "Hello there.",
            '"Hello there."',
            "“Hello there.”",
            '{"message": "Hello there."}',
            "<think>Be nice.</think>\n\nHello there.",
        ],
    )
    def test_unwraps(self, said: str) -> None:
        assert words_of(said) == "Hello there."

    @pytest.mark.parametrize("said", ["", '{"text": 1}', "[1]", "12", '```json\n{"a": 1}\n```'])
    def test_nothing_said(self, said: str) -> None:
        assert words_of(said) == ""

    def test_inner_quotes_stay(self) -> None:
        assert words_of('"No" is my answer to "please".') == '"No" is my answer to "please".'


def _naming(body: dict[str, Any], words: str) -> str:
    """The words, addressed as the prompt asks."""
    asked = body["messages"][-1]["content"].partition("Address these sellers")[2]
    names = [line[3:-1] for line in asked.splitlines() if line.startswith('- "')]
    return f"{', '.join(f'@{name}' for name in names)}: {words}" if names else words
