"""How many tokens a text has, guessed without any vendor's vocabulary, and corrected by what
vendors report.

A guess goes by kinds of characters: each weighs so and so many tokens. The weights were fitted to
1,900 texts in 29 languages, code, JSON and numbers, counted by four vocabularies: o200k and cl100k
(OpenAI), Tekken (Mistral) and the 32,000 pieces of Mistral 7B, as shipped by the packages
`bpe-openai` 0.1.4 and `mistral-common` 1.13.1. By how much they are off, over whole kinds of text
and in single short samples, in percent:

    kind                         three large vocabularies    32,000 pieces
    English prose                -1 to +6                    -11 to +4
    code, HTML                   -12 to +5                   -29 to -17
    JSON                         -18 to +25                  -27 to -14
    digits, hexadecimal          -36 to +32                  -38 to -25
    base64                       -36 to -28                  -39
    accented Latin               -29 to +41                  -40 to -9
    Cyrillic                     -37 to +51                  -20 to -13
    Chinese, Japanese, Korean    -41 to +36                  -43 to -4
    other scripts                -50 to +180                 -56 to -7

The vocabularies themselves differ by as much: Hindi takes four times the tokens in cl100k that it
takes in o200k. What a model's provider reports corrects the guess for that model.

`most_…` goes by the greediest of the four, for each kind, and is above the counts of all of them
for 99 of 100 texts in prose and code. A picture is taken for 800 tokens, 1,700 at the most: of a
million pixels, vendors make 260 to 1,700.
"""

from collections.abc import Iterator

from app.kit.json import dumps
from app.llm.messages import Message, ModelRef, ModelRequest, pictures_in

_CHARACTERS_PER_TOKEN = 4
_MESSAGE_OVERHEAD = 4

_TOKENS_PER_IMAGE = 800
_MOST_PER_IMAGE = 1_700

_LOWER, _CAPITAL, _SPACE, _DIGIT, _SIGN, _LATIN, _CYRILLIC, _TWO_BYTES = range(8)
_INDIC, _SOUTH_EAST, _MARKS, _KANA, _HAN, _HANGUL, _FULL_WIDTH, _FOUR_BYTES = range(8, 16)
_BEYOND_ASCII = range(_LATIN, _FOUR_BYTES + 1)
_CONTINUED = 255

_TYPICAL = (
    0.225, 0.65, 0.13, 0.9, 0.42, 1.1, 0.38, 0.6,
    0.85, 0.85, 1.1, 0.75, 1.0, 0.8, 0.6, 2.5,
)  # fmt: skip
_GREEDY = (
    0.3, 1.15, 0.16, 1.5, 0.87, 2.4, 0.63, 2.2,
    2.1, 3.0, 2.0, 1.1, 1.5, 1.5, 1.5, 5.0,
)  # fmt: skip
"""Tokens per character, by kind."""

_SAMPLE = 8_192
"""Of a text that is much longer, every n-th character is looked at: about so many."""

_FIRST_BYTES = (
    (0x80, _SIGN), (0xC0, _CONTINUED), (0xCB, _LATIN), (0xD0, _TWO_BYTES), (0xD4, _CYRILLIC),
    (0xE0, _TWO_BYTES), (0xE1, _INDIC), (0xE2, _SOUTH_EAST), (0xE3, _MARKS), (0xE4, _KANA),
    (0xEA, _HAN), (0xEE, _HANGUL), (0xF0, _FULL_WIDTH), (0x100, _FOUR_BYTES),
)  # fmt: skip
"""The kind of a character by the first byte of its UTF-8 form: below that number, and not below
the one before."""


def _kind(byte: int) -> int:
    if byte < 0x80 and (character := chr(byte)).isalnum():
        return _DIGIT if character.isdigit() else _CAPITAL if character.isupper() else _LOWER
    if byte in b" \t\r\n":
        return _SPACE
    return next(kind for bound, kind in _FIRST_BYTES if byte < bound)


_KINDS = bytes(map(_kind, range(256)))


def estimate_tokens(characters: int) -> int:
    """Of an answer of which nothing but its length is known, as English prose."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


def text_tokens(text: str) -> int:
    return _rounded_up(_weigh(text, _TYPICAL))


def most_text_tokens(text: str) -> int:
    return _rounded_up(_weigh(text, _GREEDY))


def message_tokens(message: Message) -> int:
    """Of one message. Several of them together have no more than the sum."""
    texts = "".join([message.content, *_called(message)])
    overhead = _MESSAGE_OVERHEAD + _TOKENS_PER_IMAGE * pictures_in((message,))
    return overhead + text_tokens(texts)


def prompt_tokens(request: ModelRequest) -> int:
    """Of everything that is sent: messages, tools, schema; of the inputs of an embedding."""
    return _prompt(request, _TYPICAL, _TOKENS_PER_IMAGE)


def most_prompt_tokens(request: ModelRequest) -> int:
    return _prompt(request, _GREEDY, _MOST_PER_IMAGE)


class TokenCounts:
    """What a model's own counts taught about the guesses for it.

    The ratio of counted to guessed goes by the last ten reports or so, the longer prompts weighing
    more; it begins at 1 and stays between a half and two. `upper` is never corrected downwards:
    what is true of one prompt needn't be of the next.
    """

    BOUND = 4096
    _FADING = 0.9
    _PRIOR = 500.0
    _EAGER, _EVERY = 20, 16
    """The first reports are all heeded, later ones now and then: a long prompt takes time."""

    def __init__(self) -> None:
        self._known: dict[ModelRef, _Tally] = {}

    def prompt(self, request: ModelRequest, model: ModelRef | None = None) -> int:
        return round(prompt_tokens(request) * self.ratio(model))

    def upper(self, request: ModelRequest, model: ModelRef | None = None) -> int:
        return _rounded_up(most_prompt_tokens(request) * max(1.0, self.ratio(model)))

    def ratio(self, model: ModelRef | None) -> float:
        tally = self._known.get(model) if model is not None else None
        if tally is None:
            return 1.0
        ratio = (tally.counted + self._PRIOR) / (tally.guessed + self._PRIOR)
        return min(2.0, max(0.5, ratio))

    def learn(self, model: ModelRef, request: ModelRequest, counted: int) -> None:
        """`counted` is the provider's number of prompt tokens."""
        tally = self._known.get(model) or self._begin(model)
        tally.reports += 1
        if tally.reports > self._EAGER and tally.reports % self._EVERY:
            return
        if counted <= 0 or any(message.parts for message in request.messages):
            return  # no count, or one of pictures
        tally.counted = tally.counted * self._FADING + counted
        tally.guessed = tally.guessed * self._FADING + prompt_tokens(request)

    def _begin(self, model: ModelRef) -> "_Tally":
        if len(self._known) >= self.BOUND:  # callers choose the names
            self._known.clear()
        self._known[model] = tally = _Tally()
        return tally


class _Tally:
    __slots__ = ("counted", "guessed", "reports")

    def __init__(self) -> None:
        self.counted = self.guessed = 0.0
        self.reports = 0


def _weigh(text: str, weights: tuple[float, ...]) -> float:
    stride = len(text) // _SAMPLE | 1
    kinds = text[::stride].encode("utf-8", "replace").translate(_KINDS)
    count = kinds.count
    rarer = count(_CAPITAL), count(_SPACE), count(_DIGIT), count(_SIGN)
    capitals, spaces, digits, signs = rarer
    tokens = (
        capitals * weights[_CAPITAL]
        + spaces * weights[_SPACE]
        + digits * weights[_DIGIT]
        + signs * weights[_SIGN]
    )
    if text.isascii():
        lower = len(kinds) - sum(rarer)
        return (tokens + lower * weights[_LOWER]) * stride
    tokens += count(_LOWER) * weights[_LOWER]
    tokens += sum(count(kind) * weights[kind] for kind in _BEYOND_ASCII)
    return tokens * stride


def _prompt(request: ModelRequest, weights: tuple[float, ...], per_image: int) -> int:
    messages = request.messages
    texts = [each for each in request.inputs if isinstance(each, str)]
    counted = sum(len(each) for each in request.inputs if not isinstance(each, str))
    for message in messages:
        texts.append(message.content)
        if message.tool_calls or message.parts:
            texts += _called(message)
    overhead = _MESSAGE_OVERHEAD * len(messages) + per_image * pictures_in(messages)
    guessed = _rounded_up(_weigh("".join([*texts, *_schemas(request)]), weights))
    return overhead + counted + guessed


def _called(message: Message) -> Iterator[str]:
    for call in message.tool_calls:
        yield call.name
        yield call.arguments


def _schemas(request: ModelRequest) -> Iterator[str]:
    for tool in request.tools:
        yield tool.name
        yield tool.description
        yield dumps(tool.parameters).decode()
    if request.output is not None:
        yield dumps(request.output.schema).decode()


def _rounded_up(tokens: float) -> int:
    return -int(-tokens // 1)
