"""Private amounts go in whatever spelling, and nothing else goes with them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.traces.outbox.redaction import PRIVATE, redacted, redaction

AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10_000_000), places=2)


def spellings(amount: Decimal) -> list[str]:
    whole = amount == amount.to_integral_value()
    spelled = [f"{amount:.2f}", f"{amount:,.2f}", f"${amount:,.2f}", f"USD{amount:.2f}"]
    spelled += [f"{amount:,.2f}".replace(",", mark) for mark in "'_ \u00a0\u202f"]
    spelled += [f"{amount:.3f}", f"{amount:.2f}".replace(".", ",")]
    return spelled + ([f"{amount:.0f}", f"{amount:,.0f}", f"{amount:.1f}"] if whole else [])


@given(AMOUNTS, st.sampled_from(["I pay {}.", '{{"price":{},"quantity":5}}', "[{},5]", "5, {}!"]))
def test_every_spelling_is_taken_out(amount: Decimal, sentence: str) -> None:
    redact = redaction([amount])
    for spelled in spellings(amount):
        shown = redact(sentence.format(spelled))
        assert spelled.strip("$USD") not in shown.replace(PRIVATE, "")
        assert PRIVATE in shown


@given(AMOUNTS, AMOUNTS)
def test_other_amounts_stay(private: Decimal, other: Decimal) -> None:
    sentence = f"I offer ${other:.2f} each."
    shown = redaction([private])(sentence)
    assert (shown == sentence) == (private != other)


@pytest.mark.parametrize(
    "text",
    ["92.5", "1.92", "192", "920", "$1,920", "0.92", "3fa85f64-5717-4562-b3fc-2c963f66af92", ""],
)
def test_what_only_holds_the_digits_stays(text: str) -> None:
    assert redaction([Decimal(92), Decimal(5717)])(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from 92 to 110", "from [private] to 110"),
        ("92, 93, 94", "[private], 93, 94"),
        ("[100,92]", "[100,[private]]"),
        ("5 92 7", "5 [private] 7"),
        ("at $92. Then", "at $[private]. Then"),
        ("92.00 USD per unit", "[private] USD per unit"),
        ("٩٢ دولارًا", "[private] دولارًا"),
    ],
)
def test_only_the_amount_goes(text: str, shown: str) -> None:
    assert redaction([Decimal("92.00")])(text) == shown


@pytest.mark.parametrize(
    "secret",
    [
        "sk-canary-4f1c9b2e",
        "Bearer abc.def",
        "AIza" + "a" * 35,
        "ghp_" + "b" * 36,
        "AKIA" + "C" * 16,
    ],
)
def test_secrets_go_without_being_asked(secret: str) -> None:
    assert secret.rsplit(maxsplit=1)[-1] not in redaction()(f"my key is {secret}, keep it")


def test_goes_through_all_of_a_value() -> None:
    value = {"a": ["pay 92", {"b": ("92.0", 92)}], "c": None}
    assert redacted(value, redaction([Decimal(92)])) == {
        "a": ["pay [private]", {"b": ["[private]", 92]}],
        "c": None,
    }
