"""What is taken for a secret, and what isn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.memory.secrecy import secret_in


@pytest.mark.parametrize(
    "text",
    [
        "My password is hunter2",
        "the wifi password for the office is Blue42",
        "PIN: 4711",
        "my api key = abc",
        "Card 4111 1111 1111 1111",
        "pay with 5500-0000-0000-0004 please",
        "sk-abcdefghijklmnopqrstuvwx",
        "sk-proj-AbCd1234-AbCd1234AbCd1234AbCd",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "-----BEGIN RSA PRIVATE KEY-----",
        "postgresql://anna:geheim@db.example.com/x",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "Authorization: Bearer abcdefghijklmnop1234",
        "My SSN is 078-05-1120",
        "IBAN DE89 3704 0044 0532 0130 00",
        "the seed phrase is apple tree moon",
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_secrets_are_seen(text: str) -> None:
    assert secret_in(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Lives in Lisbon",
        "Budget is 12,500.50 EUR",
        "Phone is +351 912 345 678",
        "Order number is 48213",
        "Was born on 3 May 1990",
        "Forgets passwords often",
        "Prefers keyboard shortcuts",
        "Works at Hochleistungsrechenzentrum",
        "Reads https://example.com/a/very/long/path/with-many-words-in-it",
        "Uses version 3.11.4 of Python",
        "Flight TP1234 on 2027-03-12 at 09:40",
    ],
)
def test_ordinary_things_are_not(text: str) -> None:
    assert secret_in(text) is None


@given(st.text(max_size=300))
def test_takes_any_text(text: str) -> None:
    secret_in(text)


@given(st.integers(10**14, 10**15 - 1), st.sampled_from(["", " ", "-"]))
def test_every_number_with_a_right_check_digit_is_a_card(body: int, gap: str) -> None:
    digits = [int(each) for each in f"{body}0"]
    doubled = [sum(divmod(2 * d, 10)) if place % 2 else d for place, d in enumerate(digits[::-1])]
    number = f"{body}{-sum(doubled) % 10}"

    assert secret_in(gap.join(number)) is not None
