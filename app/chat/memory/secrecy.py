"""What must never be remembered: secrets that somebody let slip into a conversation."""

import re

_KINDS: tuple[tuple[str, str], ...] = (
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    (
        "an access key",
        r"\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9]{16,}"
        r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
        r"|\b(?:gh[oprsu]|github_pat|glpat|xox[abeoprs]|hf|npm|pypi|dop_v1|shp\w{2})[-_][\w-]{16,}"
        r"|\bAIza[\w-]{30,}"
        r"|\bSG\.[\w-]{16,}\.[\w-]{16,}",
    ),
    ("a token", r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bBearer\s+[\w.~+/-]{16,}=*"),
    (
        "a password",
        r"(?i)\b(?:pass(?:word|phrase|code|wd)?|pwd|pin(?:[ -]?(?:code|number))?|cvv|cvc|"
        r"(?:api|access|secret|private|recovery|licen[cs]e|encryption)[ _-]?"
        r"(?:key|token|code|phrase)|"
        r"secret|token|credentials?|seed[ _-]?phrase|security[ _-]?code)\b"
        r"(?:\s+(?:for|of|to|on|at)\s+(?:\S+\s+){1,4}?)?\s*(?:is|are|was|[:=])\s*\S",
    ),
    ("a password", r"[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@"),
    (
        "a number of an identity card or account",
        r"\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_DIGITS = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])")
_BLOB = re.compile(r"(?<![\w/.-])[A-Za-z0-9+_=-]{24,}(?![\w/.-])")
_LONG_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{32,}")


def secret_in(text: str) -> str | None:
    """What kind of secret the text seems to hold, such as `a password`; None when it holds none.

    Rather one too many: what is taken for a secret is only not remembered.
    """
    for kind, pattern in _PATTERNS:
        if pattern.search(text):
            return kind
    if any(_is_card(found[0]) for found in _DIGITS.finditer(text)):
        return "the number of a card"
    if any(_looks_random(found[0]) for found in _BLOB.finditer(text)):
        return "an access key"
    return None


def _is_card(written: str) -> bool:
    """By its check digit (Luhn): one in ten numbers of that length has it by chance."""
    digits = [int(each) for each in reversed(written) if each.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _looks_random(word: str) -> bool:
    """Capitals, small letters and digits without order, as in no word and no name."""
    if _LONG_HEXADECIMAL.fullmatch(word):
        return True
    kinds = (any(map(test, word)) for test in (str.isupper, str.islower, str.isdigit))
    return all(kinds)
