"""Which models can do what a call needs, and may cost what it may.

Each check takes a candidate and says why it doesn't suit, or None. What isn't known of a model is
no reason against it, except where money is at stake.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from app.llm.catalogue.capabilities import Capability, capabilities
from app.llm.catalogue.facts import TEXT, ModelFacts
from app.llm.cost import costs_nothing
from app.llm.messages import ModelRequest
from app.llm.providers.connected import OFFLINE
from app.llm.providers.registry import PROVIDERS
from app.llm.routing.plan import Candidate
from app.llm.tokens import prompt_tokens

Check = Callable[[Candidate], str | None]

_MILLION = 1_000_000


def sift(
    candidates: Iterable[Candidate], checks: Iterable[Check]
) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Those that pass every check, in their order, and the others, each with the first reason."""
    checks = tuple(checks)
    kept, lost = [], []
    for candidate in candidates:
        reason = next((why for check in checks if (why := check(candidate))), None)
        if reason is None:
            kept.append(candidate)
        else:
            lost.append((candidate, reason))
    return kept, lost


def needs_of(request: ModelRequest) -> frozenset[Capability]:
    """What a model must be able to do for this request. A JSON object for our own use isn't among
    it: there are ways to get one from any model."""
    needs = _NOTHING
    if request.tools:
        needs |= {Capability.TOOLS}
    if request.pictures:
        needs |= {Capability.VISION}
    if request.body is not None and _wants_json(request.body.get("response_format")):
        needs |= {Capability.JSON}
    return needs


_NOTHING: frozenset[Capability] = frozenset()
_ALL = frozenset(Capability)


def _wants_json(form: object) -> bool:
    return isinstance(form, dict) and form.get("type") in ("json_object", "json_schema")


def capable(needs: frozenset[Capability]) -> Check:
    def check(candidate: Candidate) -> str | None:
        facts = candidate.facts
        if facts is None:
            return None
        lacking = (needs & _told(facts)) - capabilities(facts)
        return f"can't do {', '.join(sorted(lacking))}" if lacking else None

    return check


def gives(answers: int) -> Check:
    """A server of one's own is taken to know all of its wire."""

    def check(candidate: Candidate) -> str | None:
        if answers == 1 or _gives_several(candidate.ref.provider):
            return None
        return f"gives one answer to a prompt, not {answers}"

    return check


def _gives_several(provider: str) -> bool:
    row = PROVIDERS.get(provider)
    return provider != OFFLINE if row is None else row.several


def _told(facts: ModelFacts) -> frozenset[Capability]:
    """Of what its list says whether it can. Many providers list nothing but names, and few say a
    word about JSON; a model of theirs may do all the rest."""
    if not facts.parameters and facts.input_modalities == TEXT:
        return _NOTHING
    provider = PROVIDERS.get(facts.ref.provider)
    return _ALL if provider is not None and provider.tells_json else _ALL - {Capability.JSON}


def free(candidate: Candidate) -> str | None:
    return None if costs_nothing(candidate) else "isn't known to be free"


def within_price(cap: Decimal) -> Check:
    """`cap` is USD per million tokens, of the prompt and of the answer."""

    def check(candidate: Candidate) -> str | None:
        if costs_nothing(candidate):
            return None
        prices = candidate.facts.prices if candidate.facts else None
        if prices is None or prices.prompt is None or prices.completion is None:
            return "has no known price"
        if prices.request:
            return "has a price for each request"
        dearest = max(prices.prompt, prices.completion) * _MILLION
        return f"costs {dearest.normalize():f} per million tokens" if dearest > cap else None

    return check


def surely_fits(request: ModelRequest, context_length: int) -> bool:
    """Whether prompt and answer fit without counting: a text has fewer tokens than bytes."""
    if request.tools or request.inputs:
        return False
    most = request.max_tokens or 0
    for message in request.messages:
        if message.parts:
            return False
        most += 4 * len(message.content) + 200
    return most <= context_length


def least_tokens(request: ModelRequest) -> int:
    """An estimate of what has to be sent, whatever of it can be left out."""
    if request.elastic is None:
        return prompt_tokens(request)
    return request.elastic.least + prompt_tokens(replace(request, messages=()))


class Fits:
    """Whether prompt and answer fit into a model's context: of an elastic prompt, what can't be
    left out. The prompt is counted once."""

    def __init__(self, request: ModelRequest) -> None:
        self._request = request
        self._answer = request.max_tokens or 0
        self._tokens: int | None = None

    @property
    def tokens(self) -> int:
        """An estimate."""
        if self._tokens is None:
            self._tokens = least_tokens(self._request)
        return self._tokens

    def __call__(self, candidate: Candidate) -> str | None:
        limit = candidate.facts.context_length if candidate.facts else None
        if limit is None or self.tokens + self._answer <= limit:
            return None
        answer = f" and an answer of {self._answer}" if self._answer else ""
        return f"takes {limit} tokens, not a prompt of about {self.tokens}{answer}"
