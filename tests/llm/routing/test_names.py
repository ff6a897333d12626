"""From the names that people write to models."""

from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from app.llm import Prices, ProviderDisabled, UnknownModel
from app.llm.routing.search import Retirements
from tests.llm.routing.models import Desk, Here, Watch, facts

NOVA = "amazon/nova-2-lite-v1:free"


def desk(**more: object) -> Desk:
    rows = (
        facts(f"openrouter:{NOVA}", "0"),
        facts("openrouter:openai/gpt-5-mini", "1"),
        facts("openrouter:shared", "1"),
        facts("lm_studio:shared"),
        facts("openrouter:old", "0", retired=True),
        facts("groq:only-there"),
    )
    return Desk(rows, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("lm_studio:never-heard-of", ["lm_studio:never-heard-of"]),
        ("openrouter:a/b:free", ["openrouter:a/b:free"]),
        (f" {NOVA} ", [f"openrouter:{NOVA}"]),
        ("shared", ["openrouter:shared", "lm_studio:shared"]),
        ("offline", ["offline:assistant"]),
        ("offline:slow", ["offline:slow"]),
    ],
)
def test_a_name_stands_for_models(name: str, models: list[str]) -> None:
    assert desk().names(name) == models


def test_a_provider_of_ones_own_has_two_spellings() -> None:
    own = desk(here=Here(("mine",)))

    assert own.names("mine:m") == own.names("custom_mine:m") == ["mine:m"]


@pytest.mark.parametrize("name", ["gpt-5", "nowhere:m", "openrouter:", ":m", "", "profile:nobody"])
def test_a_name_that_stands_for_nothing(name: str) -> None:
    with pytest.raises(UnknownModel):
        desk().names(name)


@pytest.mark.parametrize("name", ["gpt-5-mini", "openai/gpt-5-mimi", "gpt-5-minni"])
def test_one_that_is_nearly_right_is_told_what_was_likely_meant(name: str) -> None:
    with pytest.raises(UnknownModel, match=r"Near it: openai/gpt-5-mini\. Write provider:model"):
        desk().names(name)


def test_the_first_name_has_to_be_one_of_a_configured_provider() -> None:
    for name in ("groq:m", "only-there"):
        with pytest.raises(ProviderDisabled, match="'groq' is not configured"):
            desk().names(name, "lm_studio:m")


def test_further_names_are_left_out_with_a_reason() -> None:
    asked = desk()

    assert asked.names("lm_studio:m", "groq:m", "nobody-knows", "old") == ["lm_studio:m"]
    assert asked.skipped == {
        "groq:m": "its provider isn't configured",
        "nobody-knows": "unknown",
        "old": "retired",
    }


def test_a_retired_model_is_skipped_wherever_it_stands() -> None:
    asked = desk()

    assert asked.names("old", "openrouter:old", "lm_studio:m") == ["lm_studio:m"]
    assert asked.skipped == {"old": "retired", "openrouter:old": "retired"}


def test_with_nothing_but_a_retired_model_it_is_an_error() -> None:
    with pytest.raises(UnknownModel, match="old is retired"):
        desk().names("old")


def test_retired_models_are_warned_of_once_an_hour() -> None:
    watch = Watch()
    retirements = Retirements(watch)
    with capture_logs() as logs:
        for _ in range(3):
            retirements.tell("old")
            watch.now += 2000
    assert [entry["model"] for entry in logs] == ["old", "old"]


def test_a_newer_catalogue_counts_for_the_next_call() -> None:
    asked = desk()
    with pytest.raises(UnknownModel):
        asked.names("new")
    asked.catalogue.current = type(asked.catalogue.current)([facts("lm_studio:new")])

    assert asked.names("new") == ["lm_studio:new"]


PER_REQUEST = Prices(Decimal(0), Decimal(0), request=Decimal("0.01"))


class TestNothingInParticular:
    @pytest.mark.parametrize("names", [(), ("auto",), ("profile:coding_agent",), ("profile:chat",)])
    def test_with_no_provider_it_is_the_built_in_model(self, names: tuple[str, ...]) -> None:
        assert desk(here=Here(())).names(*names) == ["offline:assistant"]

    def test_the_built_in_model_is_nobodys_silent_fallback(self) -> None:
        with pytest.raises(ProviderDisabled):
            Desk(here=Here(("lm_studio",))).names("auto")
        with pytest.raises(ProviderDisabled):
            desk(here=Here(())).names("lm_studio:m")
        with pytest.raises(UnknownModel):
            desk(here=Here(())).names("nobody-knows")

    def test_the_chain_of_the_settings_decides(self) -> None:
        assert desk(chain=("lm_studio:a", "groq:m")).names("auto") == ["lm_studio:a"]

    def test_then_the_default_provider(self) -> None:
        rows = (
            facts("openrouter:dear", "10"),
            facts("openrouter:cheap", "1"),
            facts("openrouter:unpriced"),
            facts("openrouter:each", prices=PER_REQUEST),
            facts("openrouter:short", "0", context_length=1000),
            facts("openrouter:long", "0", context_length=9000),
            facts("openrouter:gone", "0", retired=True),
            facts("openrouter:painter", "0", output_modalities=frozenset({"image"})),
            facts("lm_studio:elsewhere"),
        )
        assert Desk(rows).names() == ["openrouter:long", "openrouter:short", "openrouter:cheap"]

    def test_what_is_loaded_comes_first(self) -> None:
        rows = (facts("lm_studio:a", loaded=False), facts("lm_studio:b", loaded=True))

        assert Desk(rows, here=Here(("lm_studio",))).names() == ["lm_studio:b", "lm_studio:a"]

    def test_only_free_ones_of_any_provider_where_nothing_may_be_spent(self) -> None:
        rows = (facts("openrouter:dear", "10"), facts("lm_studio:mine"), facts("groq:free", "0"))

        assert Desk(rows).names("auto", free_only=True) == ["lm_studio:mine"]
