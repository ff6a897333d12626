"""Which sentence is being heard, whatever pieces the sound comes in."""

from hypothesis import given
from hypothesis import strategies as st

from app.chat.speech.place import Place
from app.chat.speech.script import Sentence
from app.voice import Sound


def sentence(index: int, text: str, *, code: bool = False) -> Sentence:
    return Sentence(index, text, 0, len(text), 1, code)


def sound(characters: str) -> Sound:
    return Sound(b"x", tuple(characters))


def expecting(texts: list[str]) -> Place:
    """An empty text is code."""
    place = Place()
    for index, text in enumerate(texts, start=1):
        place.expect(sentence(index, text or "x = 1", code=not text), text)
    return place


def test_sentences_begin_with_the_sound_of_their_first_character() -> None:
    place = expecting(["It rains.", "", "Take a coat!"])
    assert place.hear(sound("It ")) == (1, [sentence(1, "It rains.")])
    assert place.hear(sound("rains. Take")) == (
        1,
        [sentence(2, "x = 1", code=True), sentence(3, "Take a coat!")],
    )
    assert place.hear(sound(" a coat! ")) == (3, [])
    assert place.rest() == []


def test_a_sentence_that_was_heard_to_its_end_stays_until_the_next_begins() -> None:
    place = expecting(["Yes.", "No."])
    place.hear(sound("Yes. "))
    assert place.index == 1
    assert place.hear(sound("No. ")) == (2, [sentence(2, "No.")])


def test_sounds_without_times_are_of_the_sentence_that_began() -> None:
    place = expecting(["Yes.", "No."])
    assert place.hear(Sound(b"x"))[0] == 1
    assert place.hear(Sound(b"x")) == (1, [])
    assert [each.index for each in place.rest()] == [2]


@given(
    st.lists(st.sampled_from(["", "Yes.", "It rains.", "A b c!"]), min_size=1, max_size=8),
    st.lists(st.integers(1, 9)),
)
def test_every_sentence_begins_once_and_in_order(texts: list[str], sizes: list[int]) -> None:
    place, begun = expecting(texts), []
    said = "".join(f"{text} " for text in texts if text)
    start = 0
    for size in [*sizes, len(said)]:
        if said[start : start + size].strip():
            before = place.index
            index, news = place.hear(sound(said[start : start + size]))
            assert before <= index <= place.index
            begun += news
        start += size
    assert [each.index for each in begun + place.rest()] == list(range(1, len(texts) + 1))
