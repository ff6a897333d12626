"""Materials for contexts, made by chance."""

from datetime import UTC
from uuid import UUID, uuid4

from hypothesis import strategies as st

from app.chat.context.exchange import Exchange, Said
from app.chat.context.materials import Fact, Materials
from app.llm import Message, Role, ToolCall

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80)
ids = st.builds(uuid4)


def said(role: Role, text: str, message_id: UUID | None = None) -> Said:
    return Said(Message(role, text), message_id or uuid4())


def called(*names: str, text: str = "") -> Said:
    calls = tuple(ToolCall(name, "look", "{}") for name in names)
    return Said(Message(Role.ASSISTANT, text, tool_calls=calls), uuid4())


def result(name: str) -> Said:
    return Said(Message(Role.TOOL, f"result of {name}", tool_call_id=name), uuid4())


def exchange(question: str, answer: str = "I see.") -> Exchange:
    return Exchange((said(Role.USER, question), said(Role.ASSISTANT, answer)))


@st.composite
def _with_a_tool(draw: st.DrawFn) -> Exchange:
    name = draw(st.text("abc", min_size=1, max_size=5))
    answer = said(Role.ASSISTANT, draw(words))
    return Exchange((said(Role.USER, draw(words)), called(name), result(name), answer))


some_exchanges = st.lists(st.builds(exchange, words, words) | _with_a_tool(), max_size=12).map(
    tuple
)

facts = st.builds(
    Fact,
    id=ids,
    text=words,
    source_message_id=st.none() | ids,
    why=st.just("mentions ‘home’"),
    score=st.floats(0, 1),
    told_at=st.datetimes(timezones=st.just(UTC)),
)

materials = st.builds(
    Materials,
    system=words,
    facts=st.lists(facts, max_size=6).map(tuple),
    summary=st.none() | words,
    recent=some_exchanges,
    question=words.map(lambda text: Exchange((said(Role.USER, text),))),
    past_tokens=st.integers(0, 5000),
)
