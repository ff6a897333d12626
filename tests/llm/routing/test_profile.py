"""Agent profiles: the shipped ones, and what a call does with one."""

import pytest

from app.llm import (
    SHIPPED,
    TASK_PROFILES,
    Capability,
    Complexity,
    LiveProfiles,
    NoModelFits,
    Order,
    Profile,
    Profiles,
    Task,
)
from tests.llm.routing.models import Desk, facts

NOVA = "amazon/nova-2-lite-v1:free"
CODER = "deepseek/deepseek-coder-6.7b-instruct:free"
LLAMA = "meta-llama/llama-3.1-8b-instruct:free"
HERMES = "nousresearch/hermes-3-llama-3.1-405b:free"
PHI = "microsoft/phi-3-medium-128k-instruct:free"
QWEN = "qwen/qwen-2.5-7b-instruct:free"
MIXTRAL = "mistralai/mixtral-8x7b-instruct:free"

FREE = tuple(
    facts(f"openrouter:{name}", "0") for name in (NOVA, CODER, LLAMA, HERMES, PHI, QWEN, MIXTRAL)
)


@pytest.mark.parametrize(
    ("name", "primary", "fallbacks", "hard"),
    [
        ("coding_agent", NOVA, (CODER, LLAMA), HERMES),
        ("database_agent", PHI, (NOVA, QWEN), None),
        ("analysis_agent", HERMES, (MIXTRAL, LLAMA), None),
    ],
)
def test_the_agents_are_as_agreed(
    name: str, primary: str, fallbacks: tuple[str, ...], hard: str | None
) -> None:
    profile = SHIPPED[name]

    assert (profile.primary, profile.fallbacks, profile.complex) == (primary, fallbacks, hard)
    assert profile.free_only
    assert Desk(FREE).names(f"profile:{name}") == [
        f"openrouter:{model}" for model in (primary, *fallbacks)
    ]


@pytest.mark.parametrize("name", ["buyer", "seller", "narrator", "chat", "summary", "extraction"])
def test_the_others_leave_the_model_to_the_settings(name: str) -> None:
    assert SHIPPED[name].models == ()
    assert Desk(FREE, chain=("lm_studio:a",)).names(f"profile:{name}") == ["lm_studio:a"]


def test_judging_is_gemini_s_where_it_is_configured() -> None:
    models = SHIPPED["analysis"].models
    assert [name.partition(":")[0] for name in models] == ["gemini", "gemini", "openrouter"]
    assert all("gemini" in name.partition(":")[2] for name in models)
    assert Desk(FREE, chain=("lm_studio:a",)).names("profile:analysis")[-1] == "lm_studio:a"


def test_every_task_has_the_profile_of_a_shipped_name() -> None:
    assert set(TASK_PROFILES.values()) <= SHIPPED.keys()
    assert set(Task.of_models()) - TASK_PROFILES.keys() == {Task.BENCHMARK, Task.PROBE}


def test_a_task_brings_its_profile_where_no_model_is_asked_for() -> None:
    desk = Desk(FREE)

    assert desk.names(task=Task.DATABASE)[0] == f"openrouter:{PHI}"
    assert desk.decision["profile"] == "database_agent"
    assert desk.names("openrouter:paid", task=Task.DATABASE) == ["openrouter:paid"]
    assert "profile" not in desk.decision


def test_models_that_are_asked_for_come_before_those_of_a_wished_profile() -> None:
    desk = Desk((*FREE, facts("openrouter:mine", "0")))

    assert desk.names("mine", profile="analysis_agent") == [
        f"openrouter:{model}" for model in ("mine", HERMES, MIXTRAL, LLAMA)
    ]


def test_auto_is_the_wished_profile() -> None:
    assert Desk(FREE).names("auto", profile="database_agent")[0] == f"openrouter:{PHI}"


class TestHardWork:
    def test_stated(self) -> None:
        desk = Desk(FREE)
        names = desk.names("profile:coding_agent", complexity=Complexity.COMPLEX)

        assert names == [f"openrouter:{model}" for model in (HERMES, NOVA, CODER, LLAMA)]
        assert (desk.decision["complexity"], desk.decision["complexity_why"]) == (
            "complex",
            "stated",
        )

    def test_estimated(self) -> None:
        desk = Desk(FREE)

        assert desk.names("profile:coding_agent", text="word " * 40_000)[0].endswith(HERMES)
        assert desk.decision["complexity_why"].startswith("about ")
        assert desk.names("profile:coding_agent")[0].endswith(NOVA)
        assert desk.decision["complexity"] == "simple"

    def test_a_profile_without_a_model_for_it_asks_its_usual_ones(self) -> None:
        names = Desk(FREE).names("profile:database_agent", complexity=Complexity.COMPLEX)

        assert names[0].endswith(PHI)

    def test_stays_first_whatever_the_order(self) -> None:
        rows = (
            facts("openrouter:hard", "9"),
            facts("openrouter:a", "2"),
            facts("openrouter:b", "1"),
        )
        mine = Profile("mine", primary="a", fallbacks=("b",), complex="hard", order=Order.COST)
        names = Desk(rows, (mine,)).names("profile:mine", complexity=Complexity.COMPLEX)

        assert names == ["openrouter:hard", "openrouter:b", "openrouter:a"]


def test_what_a_profile_requires_counts() -> None:
    rows = (
        facts("openrouter:a", "1", parameters=frozenset({"stop"})),
        facts("openrouter:b", "1", parameters=frozenset({"tools"})),
    )
    mine = Profile("mine", primary="a", fallbacks=("b",), required=frozenset({Capability.TOOLS}))
    desk = Desk(rows, (mine,))

    assert desk.names("profile:mine") == ["openrouter:b"]
    assert desk.skipped == {"openrouter:a": "can't do tools"}


class TestWhereNoneOfItsModelsSuits:
    rows = (
        facts("openrouter:a", "1", parameters=frozenset({"stop"})),
        facts("openrouter:dear", "9", parameters=frozenset({"tools"})),
    )
    tooled = frozenset({Capability.TOOLS})

    @pytest.mark.parametrize("models", [("profile:mine",), ("auto",), ()])
    def test_nobody_else_is_asked(self, models: tuple[str, ...]) -> None:
        desk = Desk(self.rows, (Profile("mine", primary="a", required=self.tooled),))
        wished = None if "profile:mine" in models else "mine"
        with pytest.raises(NoModelFits, match="openrouter:a: can't do tools"):
            desk.names(*models, profile=wished)

    def test_one_for_hard_work_counts_too(self) -> None:
        desk = Desk(self.rows, (Profile("mine", complex="a", required=self.tooled),))
        with pytest.raises(NoModelFits, match="openrouter:a: can't do tools"):
            desk.names("profile:mine")

    def test_a_task_whose_profile_nobody_named_gets_another(self) -> None:
        desk = Desk(self.rows, (Profile("chat", primary="a", required=self.tooled),))
        assert desk.names() == ["openrouter:dear"]

    def test_a_profile_whose_models_are_gone_gets_another(self) -> None:
        desk = Desk(self.rows, (Profile("mine", primary="gone", required=self.tooled),))
        assert desk.names("profile:mine") == ["openrouter:dear"]


class TestChanges:
    def test_a_tenants_own_comes_before_everyones_and_that_before_the_shipped(self) -> None:
        everyones, own = Profile("chat", primary="a"), Profile("chat", primary="b")
        profiles = Profiles({"chat": everyones}, {"blue": {"chat": own}})

        assert profiles.find("chat", "blue") is own
        assert profiles.find("chat", "red") is everyones
        assert Profiles().find("chat", "red") is SHIPPED["chat"]

    def test_count_for_the_next_call(self) -> None:
        desk = Desk(FREE, chain=("lm_studio:a",))
        before = desk.names("profile:chat")
        desk.live.current = Profiles({"chat": Profile("chat", primary="lm_studio:b")})

        assert (before, desk.names("profile:chat")) == (
            ["lm_studio:a"],
            ["lm_studio:b", "lm_studio:a"],
        )

    def test_of_one_tenant_are_unseen_by_another(self) -> None:
        desk = Desk(chain=("lm_studio:a",))
        own = {"chat": Profile("chat", primary="lm_studio:b")}
        desk.live.current = Profiles({}, {"blue": own})
        assert desk.names("profile:chat") == ["lm_studio:a"]

    def test_names(self) -> None:
        live = LiveProfiles(Profiles({"mine": Profile("mine")}, {"blue": {"own": Profile("own")}}))

        assert set(live.names("blue")) - set(live.names()) == {"own"}
        assert set(live.names()) - SHIPPED.keys() == {"mine"}
