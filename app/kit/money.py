"""USD amounts as `Decimal`: exact inside, JSON numbers outside."""

from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
MAX_AMOUNT = Decimal(1_000_000_000)


def to_micro(amount: Decimal) -> Decimal:
    """`amount` to a millionth of a dollar, the finest that is kept."""
    return amount.quantize(MICRO, rounding=ROUND_HALF_EVEN)


def plain(amount: Decimal) -> str:
    """`950.00`, `0.125`: at least the cents, no exponent, no needless zeros."""
    cents = amount.quantize(CENT)
    return f"{cents}" if cents == amount else f"{amount.normalize():f}"


def number(amount: Decimal) -> float:
    """The JSON number of an amount, for the wire only: nothing is computed from it."""
    return float(amount)
