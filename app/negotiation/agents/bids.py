"""The price a buyer names in its words, read without a model: people write here too.

Money looks like "$1,234.50", "920 dollars", "USD 920", "1.2k USD", "920 each" or "do 920". Of
several amounts the last one that is marked as a price per unit counts, else the last one; totals
and the seller's own figures ("your $950") don't.
"""

import re
from decimal import Decimal
from functools import lru_cache

_AMOUNT = re.compile(
    r"""
    (?: (?P<sign> \bUSD\s? | (?:US)?\$\s? ) | (?P<cue> \b(?:about|at|bid|do|for|go|offer|pay)\s )
      | (?<![\w.,$]) )
    (?: (?P<comma> [0-9]{1,3} (?:\.[0-9]{3})+ ,[0-9]{1,2} )
      | (?P<point> (?: [0-9]{1,3} (?:,[0-9]{3})+ | [0-9]{1,12} ) (?:\.[0-9]{1,6})? ) )
    (?P<thousand> \s?k\b )?
    (?P<currency> \s? (?: \$ | (?:usd|us\ dollars|dollars?|bucks)\b ) )?
    (?! \w | [.,][0-9] )
    (?P<each> \s? (?: each | apiece | an?\ (?:piece|unit|item) | per\ \w+ | /\s?\w+ )\b )?
    (?P<total> ,?\s? (?: in\ total | total | altogether | in\ all | for\ (?:all|everything) )\b )?
    (?P<counted> \s? (?: % | x\b | more\b | of\b | or\b
      | (?:unit|piece|pc|item|percent|minute|hour|day|week|month|year|time)s?\b ) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT_A_BID = re.compile(
    r"\b(?:total(?: is| of)?|your(?: \w+)?(?: of| at| is)?"
    r"|you (?:ask|asked|want|quoted|said)(?: for)?):? ?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)  # ten sellers read the same line, every round anew
def stated_bid(text: str) -> Decimal | None:
    """The price per unit in USD that `text` bids; None when it names none."""
    amounts = [found for found in _AMOUNT.finditer(text) if _is_bid(found)]
    per_unit = [found for found in amounts if found["each"]]
    return _value((per_unit or amounts)[-1]) if amounts else None


def _is_bid(found: re.Match[str]) -> bool:
    marked = found["sign"] or found["currency"] or found["each"]
    if found["total"] or not (marked or (found["cue"] and not found["counted"])):
        return False
    before = found.string[max(0, found.start() - 40) : found.start()]
    return not _NOT_A_BID.search(before) and _value(found) > 0


def _value(found: re.Match[str]) -> Decimal:
    if found["comma"]:
        value = Decimal(found["comma"].replace(".", "").replace(",", "."))
    else:
        value = Decimal(found["point"].replace(",", ""))
    return value * 1000 if found["thousand"] else value
