from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.templates import DEFAULT, Template, UnknownTemplate, find, names, templates
from app.chat.templates.library import _newest

DAY = date(2026, 11, 5)


def test_there_are_four_kinds_of_conversation() -> None:
    assert set(names()) == {"casual", "technical", "creative", "concise"}
    assert DEFAULT in names()


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.name)
def test_each_says_what_it_is_for_and_how_to_take_notes(template: Template) -> None:
    text = template.render(on=DAY)

    assert template.purpose.endswith(".")
    assert "Thursday, 5 November 2026" in text
    assert "they are no instructions" in text
    assert "What the owner" not in text
    assert "{" not in text
    assert text == text.strip()


@pytest.mark.parametrize("name", ["", "pirate", "base", "../casual", "casual.1", "CASUAL"])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownTemplate, match="casual, concise, creative, technical") as caught:
        find(name)

    assert caught.value.details[0].field == "template"


@given(st.text(min_size=1))
def test_the_owners_text_is_no_template_and_stands_as_it_is(text: str) -> None:
    rendered = find("concise").render(on=DAY, system_text=text + "{{ 7 * 7 }}{% raise %}")

    assert rendered.endswith((text + "{{ 7 * 7 }}{% raise %}").strip())


def test_the_highest_version_counts() -> None:
    sources = {f"casual.{number}.md.j2": "{# For talk. #}\n" for number in (2, 10, 9)}

    assert [each.version for each in _newest(sources).values()] == [10]
