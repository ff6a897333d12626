"""Who judges."""

import pytest
from pydantic import SecretStr

from app.analysis.panel import Panel
from app.llm import (
    CallContext,
    Chains,
    Connection,
    LiveProfiles,
    LLMClient,
    ModelRef,
    ModelRequest,
    Task,
    build_client,
)
from app.llm.routing.profile import Profile, Profiles

GEMINI, OPENROUTER, LOCAL = "gemini", "openrouter", "lm_studio"


def client(
    *configured: str,
    chain: tuple[str, ...] = (),
    default: tuple[str, ...] = (),
    profiles: Profiles | None = None,
) -> LLMClient:
    return build_client(
        {
            name: Connection(api_key=SecretStr("sk-x"), base_url="http://127.0.0.1:9")
            for name in configured
        },
        chains=Chains(
            default=tuple(map(ModelRef.parse, default)),
            by_task={Task.ANALYSIS: tuple(map(ModelRef.parse, chain))},
        ),
        profiles=LiveProfiles(profiles),
    )


def judges(*configured: str, chain: tuple[str, ...] = (), on: bool = True) -> list[str]:
    """The providers that would be asked, in order."""
    asked = client(*configured, chain=chain)
    wishes = Panel(asked, [ModelRef.parse(name) for name in chain], on=on).wishes("default")
    return [] if wishes is None else [*wishes.models] or ["profile"]


@pytest.mark.parametrize("configured", [(GEMINI,), (OPENROUTER,), (LOCAL, GEMINI)])
def test_gemini_where_there_is_one(configured: tuple[str, ...]) -> None:
    assert judges(*configured) == ["profile"]


@pytest.mark.parametrize("configured", [(), (LOCAL,), ("openai", "anthropic")])
def test_nobody_without_gemini(configured: tuple[str, ...]) -> None:
    assert judges(*configured) == []


def test_the_chain_of_the_task_before_gemini() -> None:
    assert judges(GEMINI, LOCAL, chain=("lm_studio:a", "gemini:b")) == ["lm_studio:a", "gemini:b"]


def test_of_a_chain_only_who_is_configured() -> None:
    assert judges(GEMINI, chain=("lm_studio:a", "gemini:b")) == ["gemini:b"]
    assert judges(GEMINI, chain=("lm_studio:a", "offline:assistant")) == []


def test_nobody_when_it_is_switched_off() -> None:
    assert judges(GEMINI, chain=("gemini:b",), on=False) == []


def test_a_default_chain_makes_no_judge() -> None:
    asked = client(LOCAL, default=("lm_studio:a",))
    assert Panel(asked, (), on=True).wishes("default") is None


def test_a_tenants_own_profile_counts_for_it_alone() -> None:
    own = Profiles(of_tenants={"red": {"analysis": Profile("analysis", primary="lm_studio:a")}})
    panel = Panel(client(LOCAL, profiles=own), (), on=True)

    assert panel.wishes("red") is not None
    assert panel.wishes("blue") is None


@pytest.mark.parametrize("configured", [(GEMINI, OPENROUTER), (OPENROUTER,)])
def test_directly_before_through_openrouter(configured: tuple[str, ...]) -> None:
    asked = client(*configured)
    wishes = Panel(asked, (), on=True).wishes("default")
    assert wishes is not None

    request = ModelRequest(Task.ANALYSIS, (), CallContext("default"), wishes=wishes)
    planned = [candidate.ref for candidate in asked.plan(request).candidates]

    assert list(dict.fromkeys(ref.provider for ref in planned)) == list(configured)
    assert all("gemini" in ref.model for ref in planned)
