"""What people say of themselves in English, and what is remembered of it.

A pattern has a group `value`; other groups may be used in its subject and text.
"""

import re
from collections.abc import Sequence

from app.chat.memory.telling import Kind
from app.kit.frozen import frozen

_I_AM = r"(?:I'm|I am|im)"
_NAME = r"[A-Z][\w'-]*(?: (?:de|da|del|van|von|der|den|la|le|bin|al|[A-Z][\w'.-]*)){0,4}"
_PLACE = (
    r"(?:(?:the (?:Netherlands|US|USA|UK|UAE|Philippines|Bahamas|Gambia|Hague|Bronx|"
    r"Czech Republic|United \w+))|[A-Z][\w'.-]*(?:,? (?:de|la|le|am|upon|of|[A-Z][\w'.-]*)){0,4})"
)
_LISTED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+")

REMEMBER = re.compile(
    r"(?:(?:please|always|do)\s+)*(?:remember|don't forget|do not forget|never forget|keep in mind|"
    r"bear in mind|note|make a note)(?=[\s:,])(?:\s+that\b|\s*[:,])?"
    r"(?!\s*(?:to|when|how|what|where|who|why|if|me|us|the time|this|it)\b)\s*",
    re.IGNORECASE,
)


@frozen
class Pattern:
    """`strict` needs capitals where names have them; `relaxed` is for who never writes any. What
    `refused` fits is no such value; `split` takes each part of a list for itself."""

    strict: re.Pattern[str]
    relaxed: re.Pattern[str]
    kind: Kind
    subject: str
    text: str
    confidence: float
    refused: re.Pattern[str] | None
    split: bool

    def match(self, clause: str, *, relaxed: bool) -> re.Match[str] | None:
        return (self.relaxed if relaxed else self.strict).match(clause)

    def values(self, said: str) -> Sequence[str]:
        return _LISTED.split(said) if self.split else [said]

    def refuses(self, value: str) -> bool:
        return self.refused is not None and self.refused.match(value) is not None


_REFUSED = re.compile(
    r"(?:it|this|that|these|those|them|him|her|you|your|yours|me|myself|us|one|how|what|when|where|"
    r"why|who|if|whether|not|nothing|something|anything|everything|all|both|to (?:know|think|see|"
    r"say|be|ask|hear|point|add|do)|the (?:idea|way|first|second|last|one|other|new|answer|result|"
    r"latter|former|same|fact|following|above)|that's|there|here|doing|having)\b",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"(?:not|no longer|never|n't|that|how|what|why|where|whether|if|when|because|as follows|below|"
    r"above|the same|this|it|here|there|still|also|just|always|very|really|so|too|quite|pretty|"
    r"broken|slow|fine|ok|okay|good|bad|great|wrong|right|clear|ready|done|gone|late|stuck|dead|"
    r"open|closed|full|empty|hurting|sore|killing|getting|going|being|not|running|working|failing|"
    r"crashing|returning|giving|throwing|confused|tired|pending|unclear|simple|possible|about)\b",
    re.IGNORECASE,
)
_FLEETING = (
    r"question|point|guess|problem|issue|opinion|understanding|idea|concern|message|code|query|bad|"
    r"apolog\w+|thought|mind|hope|feeling|mistake|fault|pleasure|god|answer|reason|favou?rite|"
    r"request|turn|example|function|program|test|error|script|input|output|first|next|last|only|"
    r"main|biggest|current|other|own|result|suggestion|advice|bet|take|preference is|head|heart"
)
_NO_PLACE = re.compile(
    r"(?:fear|hope|hell|denial|peace|poverty|pain|doubt|the|a|an|my|your|that|this|it)\b(?! \w)",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(
    r"(?:when|at|back|later|tomorrow|today|if|on|maybe|by|a|an|the)\b", re.IGNORECASE
)
_NO_LANGUAGE = re.compile(r"(?:to|with|for|about|too|of|at|up|from|my|as)\b", re.IGNORECASE)
_NO_TRADE = re.compile(
    r".*\b(?:fan|bit|visitor|customer|beginner|big|huge|lover|dancer at heart|longer|doubter|"
    r"monster|hater|believer|competitor)\b",
    re.IGNORECASE,
)


def _of(
    before: str,
    value: str,
    subject: str,
    text: str,
    *,
    after: str = "",
    kind: Kind = "fact",
    confidence: float = 0.9,
    refused: re.Pattern[str] | None = None,
    split: bool = False,
) -> Pattern:
    return Pattern(
        re.compile(f"(?i:{before})(?P<value>{value})(?i:{after})$"),
        re.compile(f"{before}(?P<value>{value}){after}$", re.IGNORECASE),
        kind,
        subject,
        text,
        confidence,
        refused,
        split,
    )


_ANY = r"(?i:.+?)"
_VERY = (
    r"(?:(?:really|absolutely|generally|usually|mostly|especially|particularly|just|do|quite|"
    r"totally|still|strongly|truly|always|also|much|very much) )*"
)
_NOW = r"(?:currently |now |still )?"
_SINCE = r"(?:(?:,| (?:for|since|with|last|this|in|near|right|two|three|a|at|as)\b).*)?"

_WHO = (
    _of(
        r"my (?:full |first |real )?name(?: is|'s) ",
        _NAME,
        "name",
        "Is called {value}",
        after=r"(?:,.*)?",
        confidence=0.95,
        refused=_REFUSED,
    ),
    _of(
        rf"{_I_AM} (?:called|named) ",
        _NAME,
        "name",
        "Is called {value}",
        confidence=0.95,
        refused=_REFUSED,
    ),
    _of(
        r"(?:please )?(?:you can |just )?call me ",
        _NAME,
        "form of address",
        "Wants to be called {value}",
        kind="preference",
        refused=_NO_ADDRESS,
    ),
    _of(
        rf"{_I_AM} ",
        r"\d{1,3}",
        "age",
        "Is {value} years old",
        after=r"(?: years? old| years of age)",
    ),
    _of(r"I was born (?P<how>on|in) ", r"(?i:.*\d.*)", "birthday", "Was born {how} {value}"),
    _of(
        rf"(?:{_I_AM} (?:originally )?from|I come from|I was born in|I grew up in) ",
        _PLACE,
        "place of origin",
        "Comes from {value}",
        after=_SINCE,
        refused=_NO_PLACE,
    ),
    _of(
        rf"(?:I {_NOW}(?:live|reside)|{_I_AM} {_NOW}(?:living|based)) (?P<how>in|near|outside) ",
        _PLACE,
        "home city",
        "Lives {how} {value}",
        after=_SINCE,
        refused=_NO_PLACE,
    ),
    _of(
        r"(?:I|I've|I have|we|we've) (?:just |recently |now )?moved to ",
        _PLACE,
        "home city",
        "Lives in {value}",
        after=_SINCE,
        refused=_NO_PLACE,
    ),
    _of(
        r"I (?:can )?speak (?:fluent |native |some )?",
        rf"{_NAME}(?:(?:,| and|, and) {_NAME})*",
        "languages",
        "Speaks {value}",
        after=r"(?: fluently| natively)?",
        refused=_NO_LANGUAGE,
    ),
)

_WORK = (
    _of(
        rf"(?:I {_NOW}work|{_I_AM} {_NOW}(?:working|employed)) (?:at|for) ",
        _NAME,
        "employer",
        "Works at {value}",
        after=_SINCE,
        refused=_REFUSED,
    ),
    _of(
        rf"(?:I {_NOW}work|{_I_AM} {_NOW}(?:working|employed)) as (?:an? )?",
        _ANY,
        "occupation",
        "Works as {value}",
    ),
    _of(
        rf"{_I_AM} an? ",
        r"(?i:(?:[a-z-]+ ){0,3}(?:[a-z]+(?:eer|ist|ician|tor|wyer|cher|gner|"
        r"loper|rmer|ncer)|nurse|doctor|chef|pilot|plumber))",
        "occupation",
        "Works as {value}",
        after=r"(?: (?:at|in|for|from|by|who) .*)?",
        confidence=0.7,
        refused=_NO_TRADE,
    ),
    _of(rf"{_I_AM} an? ", r"(?i:student(?: of .+)?)", "occupation", "Is a {value}"),
    _of(
        rf"(?:I {_NOW}study|{_I_AM} {_NOW}studying) ",
        _ANY,
        "studies",
        "Studies {value}",
        confidence=0.8,
        refused=_REFUSED,
    ),
)

_BODY = (
    _of(
        rf"{_I_AM} (?:severely |highly |very |also |a bit |mildly )*allergic to ",
        _ANY,
        "allergy to {value}",
        "Is allergic to {value}",
        confidence=0.95,
        refused=_REFUSED,
        split=True,
    ),
    _of(
        r"I(?: also)? have an? (?:severe |bad |mild )?",
        r"(?i:[\w-]+(?: \w+)?)",
        "allergy to {value}",
        "Has a {value} allergy",
        after=" allergy",
        confidence=0.95,
    ),
    _of(
        rf"{_I_AM} (?:an? |strictly |mostly )?",
        r"(?i:vegan|vegetarian|pescatarian|"
        r"lactose[- ]intolerant|gluten[- ]intolerant|coeliac|celiac|diabetic)",
        "diet",
        "Is {value}",
        after=r"(?:[ ,].*)?",
        confidence=0.95,
    ),
    _of(
        rf"{_I_AM} ",
        r"(?i:colou?r[- ]?blind|left[- ]handed|right[- ]handed|deaf|dyslexic)",
        "{value}",
        "Is {value}",
    ),
    _of(
        r"I (?:don't|do not|can't|cannot|never) (?P<how>eat|drink) ",
        _ANY,
        "{value}",
        "Doesn't {how} {value}",
        kind="preference",
        refused=_REFUSED,
        split=True,
    ),
)

_TASTE = (
    _of(
        r"my favou?rite (?P<about>[\w' -]{1,40}?) (?:is|are) ",
        _ANY,
        "favourite {about}",
        "Favourite {about}: {value}",
        kind="preference",
        refused=_PASSING,
    ),
    _of(
        rf"(?:I {_VERY}(?:would (?:much )?rather|prefer)|I'd (?:much )?rather) ",
        _ANY,
        "{value}",
        "Prefers {value}",
        kind="preference",
        refused=_REFUSED,
    ),
    _of(
        rf"I {_VERY}(?:like|love|enjoy|adore) ",
        _ANY,
        "{value}",
        "Likes {value}",
        kind="preference",
        confidence=0.8,
        refused=_REFUSED,
    ),
    _of(
        rf"I {_VERY}(?:hate|dislike|detest|loathe|can't stand|cannot stand|"
        r"don't (?:really )?(?:like|enjoy)|do not (?:like|enjoy)|no longer like) ",
        _ANY,
        "{value}",
        "Dislikes {value}",
        kind="preference",
        confidence=0.8,
        refused=_REFUSED,
    ),
    _of(
        r"(?:please )?(?:from now on,? |in (?:the )?future,? |always )(?:please )?"
        r"(?:answer|reply|respond|write|speak)(?: to me)? in ",
        _NAME,
        "language of answers",
        "{Clause}",
        kind="preference",
    ),
    _of(
        r"(?:please )?(?P<always>from now on|in (?:the )?future|always|never),? (?:please )?",
        r"(?i:(?:answer|reply|respond|write|speak|use|keep|be|explain|give|call|address|format|"
        r"start|end|include|avoid|send|show|put)\b.+)",
        "how to {value}",
        "{Clause}",
        kind="preference",
    ),
)

_THINGS = (
    _of(r"I(?:'ve got| have|'ve) ",
        r"(?i:(?:an?|one|two|three|four|five|six|no|\d+) (?:\w+ ){0,2}?(?P<about>dogs?|cats?|"
        r"horses?|parrots?|kids?|child(?:ren)?|sons?|daughters?|brothers?|sisters?|siblings?|twins|"
        r"wife|husband|partner|girlfriend|boyfriend|car|motorbike|boat|house|flat|apartment|garden)"
        r"(?: (?:called|named) .+)?)",
        "{about}", "Has {value}", after=r"(?: and .+)?"),
    _of(r"(?:I have a budget of|I can (?:only )?(?:spend|afford)(?: up to| at most)?) ",
        r"(?i:.*\d.*)", "budget", "Budget is {value}"),
    _of(r"(?:the|our|my) (?P<about>(?:deadline|budget|launch|release|wedding|meeting|flight|"
        r"appointment|exam|interview|move)(?: (?:for|of|to) [\w' -]{1,40}?)?) "
        r"(?P<is>is|was|are) ", _ANY, "{about}", "{About} {is} {value}", refused=_PASSING),
    _of(rf"(?:my|our) (?!(?:{_FLEETING})\b)(?P<about>[\w'-]+(?: [\w'-]+){{0,3}}?) "
        r"(?P<is>is|are) ", _ANY, "{about}", "{About} {is} {value}", confidence=0.85,
        refused=_PASSING),
)  # fmt: skip

PATTERNS = (*_WHO, *_WORK, *_BODY, *_TASTE, *_THINGS)
"""Of several that fit, the first is meant."""
