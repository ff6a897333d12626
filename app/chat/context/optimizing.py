"""Makes a whole conversation shorter without losing what was told in it, and says by which means.

A pure matter: what is stored of the conversation is handed in.
"""

from collections.abc import Iterable, Sequence

from app.chat.context.exchange import Exchange, Said, exchanges
from app.chat.context.materials import Count, Fact, RecentPolicy
from app.chat.context.wording import system_message
from app.chat.memory.summaries.digest import digest
from app.kit.frozen import frozen
from app.llm import LOSSLESS, Message, Role, message_tokens, shortened

WINDOW, SUMMARY, MEMORIES = "window", "summary", "memories"

_SHARE = 0.6
"""Of what isn't sent word for word, the summary by rule has at most so much."""

Messages = tuple[Message, ...]


@frozen
class Known:
    """What is stored of a conversation besides its messages. `summary` tells of the first
    `summed_up` of those."""

    summary: str | None = None
    summed_up: int = 0
    facts: tuple[Fact, ...] = ()


NOTHING_KNOWN = Known()


@frozen
class Strategy:
    """`saved_tokens` of memories is below 0 where there are any: they are put in."""

    name: str
    saved_tokens: int


@frozen
class Optimized:
    """Never has more tokens than before; the strategies' sum up to the difference."""

    messages: Messages
    tokens_before: int
    tokens_after: int
    strategies: tuple[Strategy, ...]


def optimize(
    messages: Sequence[Message],
    policy: RecentPolicy,
    known: Known = NOTHING_KNOWN,
    *,
    before: int = 0,
) -> Optimized:
    """`before` are the tokens of what was said before these messages, and is summed up. The
    newest exchanges stay as they are, but for what nobody misses; so does what isn't answered."""
    whole = before + _tokens(messages)
    kept, strategies = _condensed(messages, policy, known, before)
    for name in LOSSLESS:
        size, shorter = _tokens(kept), shortened(kept, name)
        saved = size - _tokens(shorter)
        kept = shorter if saved > 0 else kept
        strategies.append(Strategy(name, max(0, saved)))
    return Optimized(kept, whole, _tokens(kept), tuple(strategies))


def _condensed(
    messages: Sequence[Message], policy: RecentPolicy, known: Known, before: int
) -> tuple[Messages, list[Strategy]]:
    """With a summary in place of what is older, and with memories, where that is shorter."""
    system = "\n\n".join(m.content for m in messages if m.role is Role.SYSTEM)
    said = exchanges(Said(m) for m in messages if m.role is not Role.SYSTEM)
    answered = said if not said or said[-1].answered else said[:-1]
    older, recent = policy.split(answered, message_tokens)
    verbatim = [m for each in (*recent, *said[len(answered) :]) for m in each.messages]
    summary = _summary(older, known)
    plain, summed, full = (
        (*_system(system, facts, text), *verbatim)
        for facts, text in (((), None), ((), summary), (known.facts, summary))
    )
    whole = before + _tokens(messages)
    saved, window = whole - _tokens(summed), whole - _tokens(plain) - _traced(older, known, before)
    if saved <= 0:
        return tuple(messages), [Strategy(WINDOW, 0), Strategy(SUMMARY, 0)]
    window = min(saved, max(0, window))
    strategies = [Strategy(WINDOW, window), Strategy(SUMMARY, saved - window)]
    put_in = _tokens(full) - _tokens(summed)
    if not put_in or put_in >= saved:
        return summed, strategies
    return full, [*strategies, Strategy(MEMORIES, -put_in)]


def _summary(older: Sequence[Exchange], known: Known) -> str | None:
    """The stored one, and what was said since, by rule."""
    untold = [m for each in older for m in each.messages][known.summed_up :]
    since = digest(untold, int(_tokens(untold) * _SHARE))
    return "\n".join(part for part in (known.summary, since) if part) or None


def _traced(older: Sequence[Exchange], known: Known, before: int) -> int:
    """Tokens of what the summary stands for: the rest of what is older left no trace."""
    tokens, place = before, 0
    for each in older:
        place += len(each.said)
        size = _tokens(each.messages)
        if place <= known.summed_up or digest(each.messages, size):
            tokens += size
    return tokens


def _system(system: str, facts: Iterable[Fact], summary: str | None) -> Messages:
    text = system_message(system, facts, summary)
    return (Message(Role.SYSTEM, text),) if text else ()


def _tokens(messages: Iterable[Message], count: Count = message_tokens) -> int:
    return sum(map(count, messages))
