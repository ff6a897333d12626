"""A conversation's context against models of every size: what is sent always fits."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.chat.context import ElasticContext, Materials
from app.llm import CallContext, ModelRequest, Task
from app.llm.layers.fitting import fit, room_in
from app.llm.tokens import most_prompt_tokens
from tests.chat.context.made import materials


@given(
    materials=materials,
    windows=st.lists(st.integers(1, 2_000), min_size=1, max_size=4),
    answer=st.none() | st.integers(1, 500),
)
def test_no_model_of_a_mixed_chain_is_sent_more_than_it_takes(
    materials: Materials, windows: list[int], answer: int | None
) -> None:
    elastic = ElasticContext(materials)
    request = ModelRequest(
        task=Task.CHAT,
        messages=elastic.build(1 << 40).messages,
        context=CallContext("default"),
        max_tokens=answer,
        elastic=elastic,
    )
    least = replace(request, messages=elastic.within(elastic.least))
    for window in windows:
        room = room_in(window, request)
        sent = fit(request, elastic, room, most_prompt_tokens)

        assert most_prompt_tokens(sent) <= room or sent.messages == least.messages
        question = materials.question.messages
        assert sent.messages[len(sent.messages) - len(question) :] == question
