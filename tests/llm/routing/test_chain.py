import pytest

from app.llm import Chains, ModelRef, Task, parse_chain
from tests.llm.conftest import ask

A, B, C = (ModelRef("ollama", name) for name in "abc")


def test_reads_what_stands_in_the_settings() -> None:
    assert parse_chain("openrouter:openai/gpt-5-mini, ollama:llama3.2:3b ,") == (
        ModelRef("openrouter", "openai/gpt-5-mini"),
        ModelRef("ollama", "llama3.2:3b"),
    )


def test_nothing_is_no_chain() -> None:
    assert parse_chain("  ") == ()


@pytest.mark.parametrize("text", ["gpt-5", "ollama:", ":m", "ollama:a,b"])
def test_names_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="is not provider:model, as in openrouter:openai/gpt-5"):
        parse_chain(text)


def test_the_model_asked_for_is_not_tried_twice() -> None:
    assert Chains(default=(A, B, A, C)).fallbacks(ask(B)) == (A, C)


def test_a_task_has_a_chain_of_its_own() -> None:
    chains = Chains(default=(A,), by_task={Task.BUYER_TURN: (B, C)})

    assert chains.fallbacks(ask(None)) == (B, C)
    assert chains.fallbacks(ask(None, task=Task.SUMMARY)) == (A,)


def test_an_empty_one_for_a_task_is_none() -> None:
    assert Chains(default=(A,), by_task={Task.BUYER_TURN: ()}).fallbacks(ask(None)) == (A,)


@pytest.mark.parametrize("task", [Task.BENCHMARK, Task.PROBE])
def test_what_asks_about_one_model_has_no_default(task: Task) -> None:
    assert Chains(default=(A,)).fallbacks(ask(B, task=task)) == ()
    assert Chains(default=(A,), by_task={task: (C,)}).fallbacks(ask(B, task=task)) == (C,)
