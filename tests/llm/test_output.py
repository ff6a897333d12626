import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.output import find_output

OFFER = '{"price": 12.5}'


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (OFFER, OFFER),
        (f"\n  {OFFER} \n", OFFER),
        (f"```json\n{OFFER}\n```", OFFER),
        (f"Here:\n```json\n{OFFER}\n```\nWhat do you say?", OFFER),
        (f"Here:\n```JSON\r\n{OFFER}\r\n```", OFFER),
        (f"Here: ```{OFFER}```", OFFER),
        (f"Here:\n```json\n  {OFFER}", OFFER),
        (f'You said\n```json\n{{"price": 1}}\n```\nI say\n```json\n{OFFER}\n```', OFFER),
        (f"```python\nprint({{}})\n```\n```json\n{OFFER}\n```", OFFER),
        (f"<think>```json\n{{}}\n``` or so</think>{OFFER}", OFFER),
        (f"I would rather not</think>\n```json\n{OFFER}\n```", OFFER),
        (
            '```json\n{"message": "Use ```code``` fences"}\n```',
            '{"message": "Use ```code``` fences"}',
        ),
        (f"Mind the ``` here.\n```json\n{OFFER}\n```", OFFER),
        (f"```\nJust text.\n```\n{OFFER}", None),
        ("", None),
        ("I offer 12.5 for each.", None),
        (f"I offer {OFFER} for each.", None),
        ("[1, 2]", None),
        ("```json\n[1, 2]\n```", None),
        ('```json\n{"price": 1}\n```\nbut no:\n```json\n{"price": \n```', None),
        ('```json\n{"price": NaN}\n```', None),
        (f"<think>{OFFER}</think>", None),
        (f"<think>Shall I say\n```json\n{OFFER}\n```", None),
        ("```", None),
        ("```json\n" + '{"a":' * 5000, None),
    ],
)
def test_found_in_a_message(text: str, output: str | None) -> None:
    assert find_output(text) == output


@pytest.mark.parametrize(
    ("text", "arguments", "output"),
    [
        ("", [OFFER], OFFER),
        ("Let me call that.", [OFFER], OFFER),
        ('{"price": 1}', [OFFER], '{"price": 1}'),
        ('```json\n{"price": 1}\n```', [OFFER], OFFER),
        ("", ['{"price": ', OFFER], OFFER),
        ("", ['{"price": '], None),
        (f"```json\n{OFFER}\n```", ['{"price": '], OFFER),
    ],
)
def test_found_beside_tool_calls(text: str, arguments: list[str], output: str | None) -> None:
    assert find_output(text, arguments) == output


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON), st.text(alphabet="abc \n{}<>"))
def test_any_object_is_found_at_the_end_of_a_chat(said: dict[str, object], prose: str) -> None:
    output = find_output(f"{prose}\n```json\n{json.dumps(said)}\n```\n")

    assert output is not None
    assert json.loads(output) == said


@given(st.text(alphabet='`json{}":, <think>/\n1'))
def test_what_is_found_is_always_an_object(text: str) -> None:
    output = find_output(text)

    assert output is None or isinstance(json.loads(output), dict)
