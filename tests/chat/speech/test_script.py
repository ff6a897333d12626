"""Where in an answer's log its sentences stand."""

from hypothesis import given
from hypothesis import strategies as st

from app.chat.events import ChatEvent, NoticeCode, Noticed, Said, Thought
from app.chat.generations import Numbered
from app.chat.speech.script import Script, Sentence
from app.chat.speech.sentences import Pacing

PACING = Pacing(2, 80, 2, 80)


def read(*events: ChatEvent) -> list[Sentence]:
    script = Script(PACING)
    sentences = []
    for seq, event in enumerate(events, start=2):
        sentences += script.take(Numbered(seq, event))
    return sentences + script.rest()


def test_a_sentence_knows_the_event_that_its_last_character_came_with() -> None:
    told = read(Said("It "), Said("rains. Take"), Said(" a"), Said(" coat. Go"), Said("."))
    assert [(each.index, each.text, each.seq) for each in told] == [
        (1, "It rains.", 3),
        (2, "Take a coat.", 5),
        (3, "Go.", 6),
    ]
    assert [(each.start, each.end) for each in told] == [(0, 9), (10, 22), (23, 26)]


def test_only_what_is_said_is_spoken() -> None:
    told = read(
        Thought("Hm. What now?"), Said("Yes"), Noticed(NoticeCode.WAITED, "It. Waited."), Said(".")
    )
    assert [(each.text, each.seq) for each in told] == [("Yes.", 5)]


def test_code_is_marked() -> None:
    told = read(Said("See:\n```\nx. Y\n```\nSo."))
    assert [(each.text, each.code) for each in told] == [
        ("See:", False),
        ("```\nx. Y\n```", True),
        ("So.", False),
    ]


@given(st.lists(st.sampled_from(["It ", "rains. ", "T", "o", "day. ", "\n\n", "- a\n", ""])))
def test_every_event_is_in_place_and_a_folded_log_has_the_same_sentences(texts: list[str]) -> None:
    told = read(*map(Said, texts))
    ends = [len("".join(texts[: n + 1])) for n in range(len(texts))]
    for each in told:
        assert ends[each.seq - 2] >= each.end
        assert each.seq == 2 or ends[each.seq - 3] < each.end
    folded = read(Said("".join(texts)))
    assert [(e.index, e.text, e.start, e.end) for e in folded] == [
        (e.index, e.text, e.start, e.end) for e in told
    ]
