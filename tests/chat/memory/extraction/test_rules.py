"""What is found without a model, by hand: what people say, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.memory.extraction.rules import told_in
from app.chat.memory.telling import SUBJECT_LENGTH

TOLD = {
    "My name is Anna.": ["name: Is called Anna"],
    "my name is anna and i live in paris": ["name: Is called anna", "home city: Lives in paris"],
    "Hi, I'm called Bob Marley, by the way.": ["name: Is called Bob Marley"],
    "Call me Al.": ["form of address: Wants to be called Al"],
    "I'm 42 years old.": ["age: Is 42 years old"],
    "I was born on 3 May 1990.": ["birthday: Was born on 3 May 1990"],
    "I am from Germany.": ["place of origin: Comes from Germany"],
    "I live in Lisbon, but I work at Acme Corp.": [
        "home city: Lives in Lisbon",
        "employer: Works at Acme Corp",
    ],
    "I just moved to Porto last week!": ["home city: Lives in Porto"],
    "Actually, I live in Porto now.": ["home city: Lives in Porto"],
    "I'm living in New York City at the moment.": ["home city: Lives in New York City"],
    "I live in Rome. No, sorry, I live in Turin.": ["home city: Lives in Turin"],
    "I work as a nurse in Berlin.": ["occupation: Works as nurse in Berlin"],
    "I'm a software engineer at Acme.": ["occupation: Works as software engineer"],
    "I'm studying medicine at Porto.": ["studies: Studies medicine at Porto"],
    "I speak English and Portuguese.": ["languages: Speaks English and Portuguese"],
    "I'm allergic to peanuts and shellfish.": [
        "allergy to peanuts: Is allergic to peanuts",
        "allergy to shellfish: Is allergic to shellfish",
    ],
    "I have a nut allergy.": ["allergy to nut: Has a nut allergy"],
    "I'm vegetarian.": ["diet: Is vegetarian"],
    "I don't eat meat.": ["meat: Doesn't eat meat"],
    "I prefer short answers.": ["short answers: Prefers short answers"],
    "I like tea. I hate coffee.": ["tea: Likes tea", "coffee: Dislikes coffee"],
    "I really don't like mushrooms very much.": ["mushrooms: Dislikes mushrooms"],
    "My favourite colour is green.": ["favourite colour: Favourite colour: green"],
    "Always answer in German.": ["language of answers: Always answer in German"],
    "Never use emojis.": ["how to use emojis: Never use emojis"],
    "My budget is 5,000 EUR.": ["budget: Budget is 5,000 EUR"],
    "I can spend up to 300 euros.": ["budget: Budget is 300 euros"],
    "The deadline is 12 March 2027.": ["deadline: Deadline is 12 March 2027"],
    "My flight is at 9:40 on Friday.": ["flight: Flight is at 9:40 on Friday"],
    "My dog's name is Rex.": ["dog's name: Dog's name is Rex"],
    "I have two kids and a dog.": ["kids: Has two kids"],
    "My goal is to run a marathon in October.": ["goal: Goal is to run a marathon in October"],
    "My wife's name is Ana; my son is Tom.": ["wife's name: Wife's name is Ana", "son: Son is Tom"],
    "Please remember: the back door is blue.": ["back door is blue: The back door is blue"],
    "Remember that I park on level 3.": ["i park on level 3: Asked to remember: I park on level 3"],
    "Don't forget that my budget is 900 EUR.": ["budget: Budget is 900 EUR"],
    'My dog is called "Rex".': ["dog: Dog is called Rex"],
}

NOT_TOLD = [
    "What is my name?",
    "Is my name Anna?",
    "Do you remember my name is Anna?",
    "do you remember that I live in Rome",
    "My name is not Anna.",
    "My name isn't Anna.",
    "I no longer live in Lisbon.",
    "I used to live in Rome.",
    "I don't live in Rome.",
    "If I live in Rome, what then?",
    "Imagine my name is Zorg.",
    "Let's say my budget is 100.",
    "Suppose I work at Acme.",
    "I wish my name was Bob.",
    "Maybe I live in Paris.",
    "She said my name is Anna.",
    'He told me: "my name is Bob".',
    '"I live in Paris", said Tom.',
    "My mother thinks my name is silly.",
    "Translate to French: I live in Paris.",
    "Please rewrite this:\nMy name is Bob and I work at Acme.",
    "Write a story where my name is Zorg.",
    "```\nmy name is Bob\n```",
    "> my name is Bob",
    "I live in fear.",
    "I love you",
    "I like it.",
    "I like how you explain things.",
    "I hate when that happens",
    "I'd like a coffee.",
    "I'm a bit tired.",
    "I'm a big fan of jazz",
    "I'm from the IT department.",
    "I work at home.",
    "I speak with my boss daily.",
    "Call me later.",
    "Remember to buy milk.",
    "I remember that day.",
    "Never mind.",
    "My question is how to do this.",
    "My code is broken.",
    "My budget is not fixed.",
    "The deadline is unclear.",
    "My favourite is the first one.",
    "My password is hunter2.",
    "My card is 4111 1111 1111 1111.",
    "Remember that my api key is sk-abcdefghijklmnopqrstuvwx",
]


@pytest.mark.parametrize("text", TOLD)
def test_what_people_tell_of_themselves(text: str) -> None:
    assert [f"{found.subject}: {found.text}" for found in told_in(text)] == TOLD[text]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_only_looks_like_it(text: str) -> None:
    assert told_in(text) == []


def test_tastes_are_preferences_and_the_rest_are_facts() -> None:
    kinds = {found.subject: found.kind for found in told_in("I like tea. My name is Anna.")}

    assert kinds == {"tea": "preference", "name": "fact"}


_PIECES = st.sampled_from(
    [
        *TOLD,
        *NOT_TOLD,
        "\n",
        '"',
        "'",
        "I'm ",
        "my ",
        "and ",
        ", ",
        "```",
        "“",
        "sk-",
        "…",
        "İ",
        "1",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=20), max_size=12).map("".join))
def test_what_is_found_is_in_bounds_whatever_the_text(text: str) -> None:
    found = told_in(text)

    assert len({each.subject for each in found}) == len(found) <= 20
    for each in found:
        assert 0 < len(each.subject) <= SUBJECT_LENGTH
        assert 0 < len(each.text) <= 400
        assert "\n" not in each.text
        assert 0.5 <= each.confidence <= 1


def test_a_very_long_message_is_looked_at_at_both_ends() -> None:
    text = "My name is Anna. " + "Lorem ipsum dolor. " * 5000 + "I live in Lisbon."

    assert [found.subject for found in told_in(text)] == ["name", "home city"]
