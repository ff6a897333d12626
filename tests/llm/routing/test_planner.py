"""What a plan holds, whatever is asked: properties over made-up models and wishes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    BreakerPolicy,
    Complexity,
    Health,
    ImagePart,
    Message,
    ModelFacts,
    ModelRef,
    NoModelFits,
    Order,
    Prices,
    Profile,
    PromptTooLong,
    ProviderDisabled,
    Role,
    Tool,
    UnknownModel,
)
from app.llm.cost import costs_nothing
from app.llm.errors import LLMError
from app.llm.messages import Attempt
from app.llm.routing.plan import Candidate, Source
from app.llm.routing.planner import ailing_last
from tests.llm.routing.models import Desk, Here, candidate, facts, request

PROVIDERS = ("openrouter", "lm_studio", "groq")

prices = st.sampled_from([None, Decimal(0), Decimal("0.000001"), Decimal("0.00001")])


@st.composite
def rows(draw: st.DrawFn) -> tuple[ModelFacts, ...]:
    count = draw(st.integers(1, 6))
    return tuple(
        ModelFacts(
            ModelRef(draw(st.sampled_from(PROVIDERS)), f"m{number}"),
            prices=(found := Prices(draw(prices), draw(prices), request=draw(prices))),
            free=found.free,
            context_length=draw(st.sampled_from([None, 50, 1000])),
            parameters=draw(st.sampled_from([frozenset(), frozenset({"tools"})])),
            quality=draw(st.sampled_from([None, 0.5, 0.9])),
            retired=draw(st.booleans()),
        )
        for number in range(count)
    )


names = st.lists(
    st.sampled_from(["m0", "m1", "m2", "openrouter:m3", "groq:unlisted", "auto", "profile:mine"]),
    max_size=4,
)
wishes = st.fixed_dictionaries(
    {
        "free_only": st.booleans(),
        "order": st.sampled_from([None, *Order]),
        "complexity": st.sampled_from([None, *Complexity]),
        "max_price": st.sampled_from([None, Decimal(2)]),
    }
)
profiles = st.builds(
    Profile,
    name=st.just("mine"),
    primary=st.sampled_from([None, "m0", "openrouter:m1"]),
    fallbacks=st.lists(st.sampled_from(["m2", "m3", "lm_studio:m4"]), max_size=2).map(tuple),
    complex=st.sampled_from([None, "m5", "m0"]),
    free_only=st.booleans(),
    order=st.sampled_from(Order),
)


@given(rows(), profiles, names, wishes, st.lists(st.sampled_from(["lm_studio:m9", "groq:m1"])))
def test_every_plan(
    known: tuple[ModelFacts, ...],
    profile: Profile,
    asked: list[str],
    wished: dict[str, Any],
    chain: list[str],
) -> None:
    desk = Desk(known, (profile,), tuple(chain), Here(PROVIDERS[:2]))
    try:
        plan = desk.plan(request(*asked, **wished))
    except (UnknownModel, ProviderDisabled, NoModelFits):
        return

    refs = [each.ref for each in plan.candidates]
    assert refs
    assert len(set(refs)) == len(refs)
    assert {ref.provider for ref in refs} <= {*desk.here.names, "offline"}
    assert not any(each.facts and each.facts.retired for each in plan.candidates)
    if wished["free_only"] or plan.free_only:
        assert plan.free_only
        assert all(costs_nothing(each) for each in plan.candidates)
    if wished["max_price"] is not None:
        assert all(_within(each, Decimal("0.000002")) for each in plan.candidates)
    hard = [each.source is Source.COMPLEX for each in plan.candidates]
    assert hard == sorted(hard, reverse=True)
    usual = [each for each in plan.candidates if each.source is not Source.COMPLEX]
    if wished["complexity"] is not Complexity.COMPLEX and usual:
        assert not any(hard)
    assert [each["model"] for each in desk.decision["candidates"]] == list(map(str, refs))


def _within(each: Candidate, cap: Decimal) -> bool:
    if costs_nothing(each):
        return True
    known = each.facts.prices if each.facts else Prices()
    return all(price is not None and price <= cap for price in (known.prompt, known.completion))


@given(rows(), names, st.sampled_from(Order))
def test_an_order_only_turns_models_around(
    known: tuple[ModelFacts, ...], asked: list[str], order: Order
) -> None:
    def found(**more: object) -> list[str]:
        try:
            return Desk(known, (Profile("mine", primary="m0"),)).names(*asked, **more)
        except LLMError:
            return []

    assert sorted(found(order=order)) == sorted(found())


@given(rows(), names)
def test_what_is_free_only_is_part_of_what_is_found_otherwise(
    known: tuple[ModelFacts, ...], asked: list[str]
) -> None:
    everything = Desk(known, (Profile("mine", primary="m0"),))
    try:
        all_of_them = everything.names(*asked)
        free = everything.names(*asked, free_only=True)
    except LLMError:
        return
    anything = not asked or "auto" in asked or "profile:mine" in asked
    assert anything or set(free) <= set(all_of_them)


class TestFreeMeansFree:
    def test_neither_the_chain_nor_a_fallback_is_paid(self) -> None:
        known = (facts("openrouter:free", "0"), facts("openrouter:paid", "1"))
        desk = Desk(known, chain=("openrouter:paid", "openrouter:unlisted"))

        assert desk.names("free", "paid", free_only=True) == ["openrouter:free"]
        assert desk.skipped == dict.fromkeys(
            ("openrouter:paid", "openrouter:unlisted"), "isn't known to be free"
        )

    @pytest.mark.parametrize(
        "row",
        [
            facts("openrouter:m", "1"),
            facts("openrouter:m"),
            facts("lm_studio:m", "1"),
            facts("ollama:m-cloud"),
            facts("openrouter:m", prices=Prices(Decimal(0), Decimal(0), request=Decimal(1))),
        ],
    )
    def test_what_may_cost_something(self, row: ModelFacts) -> None:
        assert not costs_nothing(Candidate(row.ref, row))
        desk = Desk((row,), here=Here((row.ref.provider,)))
        with pytest.raises(NoModelFits, match="isn't known to be free"):
            desk.names(str(row.ref), free_only=True)

    @pytest.mark.parametrize("name", ["lm_studio:unlisted", "ollama:m", "offline:assistant"])
    def test_what_runs_here_is_free(self, name: str) -> None:
        assert costs_nothing(Candidate(ModelRef.parse(name)))

    def test_a_provider_of_ones_own_may_cost_something(self) -> None:
        assert not costs_nothing(Candidate(ModelRef("mine", "m")))


class TestPriceCap:
    def test_an_unknown_price_does_not_pass(self) -> None:
        known = (facts("openrouter:a", "3"), facts("openrouter:b"), facts("openrouter:c", "2"))
        desk = Desk(known)

        assert desk.names("a", "b", "c", max_price=Decimal(2)) == ["openrouter:c"]
        assert desk.skipped == {
            "openrouter:a": "costs 3 per million tokens",
            "openrouter:b": "has no known price",
        }


class TestCapabilities:
    tools = (Tool("look", "Looks.", {"type": "object"}),)
    picture = Message(Role.USER, "What is it?", parts=(ImagePart("https://example.test/a.png"),))

    def test_tools(self) -> None:
        known = (
            facts("openrouter:a", "1", parameters=frozenset({"temperature"})),
            facts("openrouter:b", "1", parameters=frozenset({"tools"})),
            facts("openrouter:c"),
        )
        desk = Desk(known)

        assert desk.names("a", "b", "c", tools=self.tools) == ["openrouter:b", "openrouter:c"]
        assert desk.decision["needs"] == ["tools"]
        assert desk.skipped == {"openrouter:a": "can't do tools"}

    def test_pictures(self) -> None:
        known = (
            facts("openrouter:a", "1", parameters=frozenset({"tools"})),
            facts("openrouter:b", "1", input_modalities=frozenset({"text", "image"})),
        )
        assert Desk(known).names("a", "b", messages=(self.picture,)) == ["openrouter:b"]

    def test_json_where_the_callers_own_body_asks_for_it(self) -> None:
        known = (
            facts("openrouter:a", "1", parameters=frozenset({"tools"})),
            facts("openrouter:b", "1", parameters=frozenset({"response_format"})),
        )
        body = {"response_format": {"type": "json_object"}}

        assert Desk(known).names("a", "b", body=body) == ["openrouter:b"]

    def test_several_answers(self) -> None:
        here = Here(("anthropic", "gemini", "ollama", "openai", "acme"))
        asked = ("anthropic:a", "gemini:b", "ollama:c", "offline", "openai:d", "acme:e")
        desk = Desk(here=here)

        assert desk.names(*asked, answers=2) == ["openai:d", "acme:e"]
        assert set(desk.skipped.values()) == {"gives one answer to a prompt, not 2"}
        assert len(desk.names(*asked, answers=1)) == len(asked)

    @pytest.mark.parametrize("name", ["gemini:b", "offline"])
    def test_several_answers_that_nobody_gives(self, name: str) -> None:
        desk = Desk(here=Here(("gemini",)))
        assert desk.names(name)
        with pytest.raises(NoModelFits, match=r"not 3\. Send n as 1, or name") as raised:
            desk.names(name, answers=3)

        assert [issue.field for issue in raised.value.details] == ["n"]

    @pytest.mark.parametrize("provider", ["lm_studio", "ollama", "mistral", "acme"])
    def test_lists_that_never_tell_of_json_rule_nothing_out(self, provider: str) -> None:
        row = facts(
            f"{provider}:m",
            parameters=frozenset({"tools", "reasoning"}),
            input_modalities=frozenset({"text", "image"}),
        )
        desk = Desk((row,), here=Here((provider,)))
        body = {"response_format": {"type": "json_schema"}}

        assert desk.names(f"{provider}:m", body=body) == [f"{provider}:m"]
        plain = facts(f"{provider}:plain", parameters=frozenset({"reasoning"}))
        with pytest.raises(NoModelFits, match="can't do tools"):
            Desk((plain,), here=Here((provider,))).names(f"{provider}:plain", tools=self.tools)

    def test_none_is_left(self) -> None:
        known = (facts("openrouter:a", "1", parameters=frozenset({"stop"})),)
        with pytest.raises(NoModelFits, match="openrouter:a can't do tools"):
            Desk(known).names("a", tools=self.tools)


class TestContext:
    known = (
        facts("openrouter:short", "1", context_length=1000),
        facts("openrouter:long", "1", context_length=100_000),
    )
    text = "word " * 5000

    def test_a_prompt_goes_where_it_fits(self) -> None:
        desk = Desk(self.known)

        assert desk.names("short", "long", text=self.text) == ["openrouter:long"]
        assert "takes 1000 tokens, not a prompt of about" in desk.skipped["openrouter:short"]
        assert desk.names("short", "long") == ["openrouter:short", "openrouter:long"]

    def test_the_answer_takes_room_too(self) -> None:
        assert Desk(self.known).names("short", "long", max_tokens=2000) == ["openrouter:long"]

    def test_a_model_of_unknown_length_is_asked(self) -> None:
        desk = Desk((*self.known, facts("openrouter:unknown")))

        assert desk.names("short", "unknown", text=self.text) == ["openrouter:unknown"]

    def test_a_prompt_that_fits_nowhere_is_refused_with_the_numbers(self) -> None:
        with pytest.raises(PromptTooLong, match="openrouter:short takes 1000 tokens, not a prompt"):
            Desk(self.known).names("short", text=self.text)


class TestHealth:
    def failing(self, *models: str) -> Health:
        health = Health(BreakerPolicy())
        for model in models:
            for _ in range(5):
                health.ended(Attempt(ModelRef.parse(model), "LLM_BAD_GATEWAY", "odd", 10))
        return health

    def test_a_model_in_a_bad_way_goes_last(self) -> None:
        health = self.failing("lm_studio:a", "lm_studio:c")
        desk = Desk(chain=("lm_studio:a", "lm_studio:b"), health=health)

        assert desk.names() == ["lm_studio:b", "lm_studio:a"]
        assert desk.decision["candidates"][1]["state"] == "degraded"
        assert desk.names("lm_studio:c") == ["lm_studio:c", "lm_studio:b", "lm_studio:a"]

    @given(st.lists(st.sampled_from("abcdef"), unique=True), st.sets(st.sampled_from("abcdef")))
    def test_nothing_is_lost_by_that(self, listed: list[str], ailing: set[str]) -> None:
        health = self.failing(*(f"groq:{name}" for name in ailing))
        candidates = [Candidate(ModelRef("groq", name), source=Source.CHAIN) for name in listed]
        result = [each.ref.model for each in ailing_last(candidates, health)]

        assert result == [n for n in listed if n not in ailing] + [n for n in listed if n in ailing]


class TestDecision:
    def test_where_there_is_no_choice_little_is_said(self) -> None:
        desk = Desk()
        first = desk.plan(request("lm_studio:m"))

        assert desk.decision == {"candidates": [{"model": "lm_studio:m", "from": "asked"}]}
        assert desk.plan(request("lm_studio:m")) is first

    def test_all_that_was_used_is_there(self) -> None:
        health = Health()
        for _ in range(4):
            health.ended(Attempt(ModelRef("openrouter", "a"), None, None, 900, 300))
        known = (facts("openrouter:a", "1"), facts("openrouter:b", "0.5"))
        mine = Profile("mine", primary="a", fallbacks=("b", "c"), complex="b")
        desk = Desk(known, (mine,), health=health)
        desk.plan(request("profile:mine", order=Order.COST, max_price=Decimal(3)))

        assert desk.decision == {
            "profile": "mine",
            "complexity": "simple",
            "complexity_why": "estimated",
            "max_price": "3",
            "order": "cost",
            "candidates": [
                {"model": "openrouter:b", "from": "profile"},
                {
                    "model": "openrouter:a",
                    "from": "profile",
                    "success_rate": 1.0,
                    "first_token_ms": 300,
                },
            ],
            "skipped": [{"model": "c", "why": "unknown"}],
        }

    def test_no_more_plans_are_remembered_than_that(self) -> None:
        desk = Desk()
        for number in range(3000):
            desk.names(f"lm_studio:m{number}")

        assert len(desk.planner._shortlists._made) <= 1024


def test_a_candidate_knows_its_facts() -> None:
    (found,) = Desk((facts("openrouter:a", "1"),)).plan(request("a")).candidates

    assert found == candidate("openrouter:a", "1")
