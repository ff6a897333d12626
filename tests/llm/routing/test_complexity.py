import pytest

from app.llm import Complexity, Message, Role, Tool
from app.llm.routing.complexity import ComplexityPolicy
from tests.llm.routing.models import request

POLICY = ComplexityPolicy(tokens=1000, tools=3, messages=5)


def turns(count: int) -> tuple[Message, ...]:
    return tuple(Message(Role.USER, "Hello") for _ in range(count))


def tools(count: int) -> tuple[Tool, ...]:
    return tuple(Tool(f"tool{number}", "", {}) for number in range(count))


def test_what_is_stated_counts() -> None:
    hard = request(text="word " * 9000, complexity=Complexity.SIMPLE)
    easy = request(complexity=Complexity.COMPLEX)

    assert POLICY.judge(hard) == (Complexity.SIMPLE, "stated")
    assert POLICY.judge(easy) == (Complexity.COMPLEX, "stated")


@pytest.mark.parametrize("count", [0, 2])
def test_little_is_simple(count: int) -> None:
    asked = request(messages=turns(count + 1), tools=tools(count))

    assert POLICY.judge(asked) == (Complexity.SIMPLE, "estimated")


def test_much_of_anything_is_complex() -> None:
    assert POLICY.judge(request(tools=tools(3))) == (Complexity.COMPLEX, "3 tools")
    assert POLICY.judge(request(messages=turns(5))) == (Complexity.COMPLEX, "5 messages")
    judged, why = POLICY.judge(request(text="some words " * 2000))
    assert judged is Complexity.COMPLEX
    assert why.startswith("about ")
