"""Figures in words: amounts, shares and counts as every text of this slice writes them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from app.kit.money import CENT, to_micro

_FINE = Decimal("0.0001")


def usd(amount: Decimal) -> str:
    """`$1,234.50`; what is finer than a hundredth of a cent is rounded to the cent from $1 on."""
    fine = amount == amount.quantize(_FINE, rounding=ROUND_HALF_EVEN) or abs(amount) < 1
    shown = to_micro(amount) if fine else amount.quantize(CENT, rounding=ROUND_HALF_EVEN)
    cents = shown.quantize(CENT, rounding=ROUND_HALF_EVEN)
    digits = f"{abs(cents):,.2f}" if cents == shown else f"{abs(shown.normalize()):,f}"
    return f"-${digits}" if shown < 0 else f"${digits}"


def percent(share: Decimal) -> str:
    """`62.5%`, `60%`: to a tenth."""
    tenths = f"{share * 100:.1f}"
    return f"{tenths.removesuffix('.0')}%"


def count(number: int, thing: str) -> str:
    """`1 unit`, `2 units`; `thing` is a word with a regular plural, or one that ends in -s."""
    plural = f"{thing}es" if thing.endswith(("s", "ch", "x")) else f"{thing}s"
    return f"{number:,} {thing if number == 1 else plural}"


def lasting(seconds: float) -> str:
    return "under a second" if seconds < 1 else f"{seconds:,.1f} seconds"


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def further(difference: Decimal, above: str, below: str) -> str:
    """`$40.00 below`, by the sign; what is exactly there is said by the caller."""
    return f"{usd(abs(difference))} {above if difference > 0 else below}"
