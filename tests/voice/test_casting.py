from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.negotiation import Priority, SpeakingStyle
from app.voice import Casting, Character

CASTING = Casting()

characters = st.builds(
    Character,
    st.uuids(),
    st.sampled_from([*SpeakingStyle, "unheard of"]),
    st.sampled_from(Priority),
    st.none() | st.just("Chosen1234567890"),
)


def unique(cast: list[Character]) -> bool:
    return len({each.id for each in cast}) == len(cast)


@given(st.lists(characters, max_size=10).filter(unique))
def test_each_has_one_voice_always_the_same_and_nobody_shares(cast: list[Character]) -> None:
    voices = CASTING.cast(cast, taken=(CASTING.buyer,))
    assert voices == CASTING.cast(cast, taken=(CASTING.buyer,))
    assert voices.keys() == {each.id for each in cast}
    assert all(voices[each.id] == each.voice_id for each in cast if each.voice_id)
    given_by_us = [voices[each.id] for each in cast if not each.voice_id]
    assert len(set(given_by_us)) == len(given_by_us)
    assert CASTING.buyer not in given_by_us


def test_the_style_is_heard() -> None:
    alone = [CASTING.cast([Character(UUID(int=n), "rude", "maximize_profit")]) for n in range(50)]
    heard = {voice for cast in alone for voice in cast.values()}
    uses = CASTING.uses()
    assert len(heard) == 3, "the id picks among all that suit"
    assert all("seller: rude, maximize_profit" in uses[voice] for voice in heard)


def test_every_character_of_the_market_is_in_the_table() -> None:
    uses = {use for each in CASTING.uses().values() for use in each}
    wanted = {f"seller: {style}, {priority}" for style in SpeakingStyle for priority in Priority}
    assert uses == wanted | {"buyer", "narrator"}


def test_who_comes_too_late_shares() -> None:
    crowd = [Character(UUID(int=n), "rude", "maximize_profit") for n in range(40)]
    assert len(set(CASTING.cast(crowd).values())) == 18
