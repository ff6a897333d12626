import json
import re
from itertools import pairwise

import pytest

from app.negotiation.stream_schemas import STREAM_EVENT
from tests.docs.conftest import Follow
from tests.docs.pages import DOCS, NOT_RUN, Block, Page, pages
from tests.docs.running import disagreement
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI

MODEL_PAGE = DOCS / "how-to" / "use-a-model.md"
TOKENS_PAGE = DOCS / "how-to" / "save-tokens.md"
WATCH_PAGE = DOCS / "how-to" / "watch-a-room.md"
PLAIN = [
    page
    for page in pages()
    if page.path.is_relative_to(DOCS)
    and page.path not in {MODEL_PAGE, TOKENS_PAGE}
    and page.path.parent.name != "integrations"  # those want vendors: see test_guides.py
    and any(block.runs for block in page.blocks)
]


@pytest.mark.parametrize("page", PLAIN, ids=lambda page: page.name)
async def test_a_page_does_what_it_shows(page: Page, follow: Follow) -> None:
    await follow(page)


async def test_using_a_model_does_what_it_shows(follow: Follow) -> None:
    async with FakeOpenAI(reply=negotiate) as upstream:
        await follow(Page(MODEL_PAGE), LM_STUDIO_BASE_URL=upstream.base_url)
        assert upstream.calls


async def test_saving_tokens_does_what_it_shows(follow: Follow) -> None:
    async with FakeOpenAI() as upstream:
        await follow(Page(TOKENS_PAGE), LM_STUDIO_BASE_URL=upstream.base_url)
        _equal, long = upstream.calls
    assert long["messages"][0]["content"].endswith("for name in guests:\n    print(name)\n```")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_is_not_run_says_why(page: Page) -> None:
    for block in page.blocks:
        if block.options == "no-run":
            assert NOT_RUN in block.before, f"{page.name}:{block.line}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_shown_outputs_follow_a_command(page: Page) -> None:
    for before, block in pairwise(page.blocks):
        if block.is_output:
            assert before.runs, f"{page.name}:{block.line}"


def test_the_browser_example_hears_every_event_that_is_not_housekeeping() -> None:
    example = next(block for block in Page(WATCH_PAGE).blocks if block.language == "js")
    names = re.search(r"names = (\[.*?\])", example.text, re.DOTALL)
    assert names is not None
    known = set(STREAM_EVENT.json_schema()["discriminator"]["mapping"])
    assert {*json.loads(names[1]), "connected", "heartbeat"} == known


def _block(language: str, text: str) -> Block:
    return Block(language, "output", text, before="", line=1)


class TestHoldingOutputAgainstWhatIsShown:
    @pytest.mark.parametrize(
        ("language", "shown", "printed"),
        [
            ("json", '{"a": "active"}', '{"a": "pending"}'),
            ("json", '{"a": 1}', '{"a": "1"}'),
            ("json", '{"a": 1}', '{"b": 1}'),
            ("json", '{"a": null}', '{"a": 1}'),
            ("json", "[1]", "[1, 2]"),
            ("text", "event: offer", "event: decision"),
            ("text", "b 1\na 1", "a 1\nb 1"),
        ],
    )
    def test_differences_are_found(self, language: str, shown: str, printed: str) -> None:
        assert disagreement(_block(language, shown), printed)

    @pytest.mark.parametrize(
        ("language", "shown", "printed"),
        [
            ("json", '{"a": "…", "b": 1}', '{"a": [1], "b": 2.5, "c": null}'),
            ("json", '["…"]', "[1, 2]"),
            ("json", '{"id": "0b9a-1"}', '{"id": "77e1-9"}'),
            ("text", "a 1…\nc", "a 12.5 and more\nb\nc"),
        ],
    )
    def test_ids_numbers_and_what_is_left_out_do_not_count(
        self, language: str, shown: str, printed: str
    ) -> None:
        assert disagreement(_block(language, shown), printed) is None
