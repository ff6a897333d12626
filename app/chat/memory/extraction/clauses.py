"""The clauses in which a person says something of themselves, out of all that they write.

Left out is what may not be meant: questions, what others said, quotations, code, suppositions, and
texts that were only brought to be worked on.
"""

import re
from collections.abc import Iterator

_BEGINNING, _END = 2000, 1000
"""Characters: what is longer is rarely the person's own words from one end to the other."""
_LONGEST = 300

_NOT_MEANT = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|^[ \t]*>[^\n]*$|https?://\S+", re.DOTALL | re.MULTILINE
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»|(?<!\w)'(?:[^'\n]|'(?=\w)){1,200}'(?!\w)")
_SENTENCE = re.compile(r"[^.!?\n;]+(?:[.!?](?=\S)[^.!?\n;]*)*[.!?]*")
_BROUGHT = re.compile(
    r"\s*(?:(?:please|could you|can you|now)\s+)*(?:translate|rewrite|rephrase|reword|paraphrase|"
    r"proofread|correct|edit|summari[sz]e|continue|complete|parse|classify|role-?play|pretend|"
    r"imagine|act as|you are|let'?s play)\b",
    re.IGNORECASE,
)
_UNREAL = re.compile(
    r"^(?:if|unless|suppose|supposing|assume|assuming|imagine|pretend|let'?s (?:say|assume|pretend)"
    r"|say|what if|when|whenever|as if|for example|e\.g|maybe|perhaps)\b"
    r"|\b(?:i wish|if i|as though|hypothetically|pretend|kidding|joking|according to)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"^(?:do|does|did|is|are|am|was|were|can|could|would|will|should|have|has|what|who|whom|whose|"
    r"which|where|why|how|isn't|aren't|don't you|didn't)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:he|she|they|it|someone|somebody|people|everyone|friend|mother|father|mum|mom|dad|boss|"
    r"wife|husband|brother|sister|colleague|teacher|character|hero|article|book|text|[A-Z]\w+)\s+"
    r"(?:once |just |always |never )?(?:said|says|told|tells|asked|wrote|writes|thinks|thought|"
    r"claims|claimed|answered|replied|sang|sings|goes|reads)\b"
)
_FILLER = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening))(?: (?:there|all|parley))?|well|"
    r"so|ok(?:ay)?|oh|and|but|also|plus|actually|now|currently|these days|by the way|btw|fyi|"
    r"anyway|just so you know|for (?:the|your) (?:record|information|context)|for context|"
    r"to be clear|to be honest|honestly|as you know|no|yes|yeah|sorry|"
    r"thanks|thank you|first|second(?:ly)?|"
    r"in fact|(?:a )?correction|update|note)(?=[\s,.:!–-])[\s,.:!–-]*",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\s*[,–-]?\s+(?:and|but|so|yet|while|because|since|although|though)\s+(?:also\s+)?"
    r"(?=(?:I|i|I'm|i'm|I've|my|My|our|we)\b)"
    r"|\s*[,:–]\s*(?=(?:I|I'm|I've|i|i'm|my|My|our|please|remember)\b)"
)


def clauses(text: str) -> Iterator[str]:
    """In order, each without the words that only lead up to it."""
    if _BROUGHT.match(text):
        return
    if len(text) > _BEGINNING + _END:
        text = f"{text[:_BEGINNING]}\n{text[-_END:]}"
    for found in _SENTENCE.finditer(_own_words(text)):
        sentence = _led_in(found[0].strip())
        if len(sentence) <= _LONGEST and _is_meant(sentence):
            yield from _parts(sentence)


def _own_words(text: str) -> str:
    """Names may stand in quotes; longer quotations are somebody's speech."""
    text = _NOT_MEANT.sub(" ", text.replace("’", "'"))
    return _QUOTED.sub(lambda q: q[0][1:-1] if len(q[0].split()) <= 2 else " … ", text)


def _is_meant(sentence: str) -> bool:
    asks = sentence.endswith("?") or _ASKED.match(sentence)
    return not (asks or _UNREAL.search(sentence) or _REPORTED.search(sentence))


def _parts(sentence: str) -> Iterator[str]:
    for part in _JOINT.split(sentence):
        clause = _led_in(part).strip(" .!,;:")
        if clause and "…" not in clause:
            yield clause


def _led_in(clause: str) -> str:
    while (shorter := _FILLER.sub("", clause, count=1)) != clause:
        clause = shorter
    return clause
