from tests.docs.conftest import Follow
from tests.docs.pages import README, Page, pages


async def test_the_walk_through_does_what_it_shows(follow: Follow) -> None:
    await follow(Page(README))


def test_it_shows_a_whole_negotiation() -> None:
    shown = Page(README).text
    for step in ("simulation/initialize", "/start", "/stream", "/summary", "/logs/"):
        assert step in shown


def test_it_is_short() -> None:
    assert len(Page(README).text.splitlines()) < 150


def test_pictures_have_a_text() -> None:
    assert not [page.name for page in pages() if "![](" in page.text]
