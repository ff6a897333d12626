"""What of a branch is sent word for word, and what is left to the summary."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from app.chat.context.branch import Branch
from app.chat.context.exchange import Exchange
from app.chat.context.materials import Dropped, PartKind, RecentPolicy
from app.chat.memory.summaries.digest import digest
from app.kit.frozen import frozen
from app.llm import message_tokens

_LEAST_TOKENS, _MOST_TOKENS = 200, 800
"""For what no summary tells of yet: a quarter of what it is, within these."""
_SUMMED_UP = "the summary tells of it"
_LONG_AGO = "older than what is sent word for word; what it tells was taken out by rule"


@frozen
class Selection:
    """As in `Materials`."""

    recent: tuple[Exchange, ...]
    summary: str | None
    left_out: tuple[Dropped, ...]
    past_tokens: int


def select(past: Sequence[Exchange], branch: Branch, policy: RecentPolicy) -> Selection:
    """`past` are the exchanges of the branch that were answered. The summary is left out where
    all that was said is there word for word; what it doesn't tell of yet is told by rule."""
    older, recent = policy.split(past, message_tokens)
    told = {each.id for each in branch.said[: branch.told]}
    before = branch.summary.tokens_before if branch.summary else 0
    said = [each for exchange in past for each in exchange.said if each.id not in told]
    return Selection(
        recent,
        _summary(older, branch, told) if older or not branch.whole else None,
        tuple(_dropped(each, told) for each in older),
        before + sum(message_tokens(each.message) for each in said),
    )


def _summary(
    older: Sequence[Exchange], branch: Branch, told: AbstractSet[UUID | None]
) -> str | None:
    """The stored one, and below it what was said since then and isn't recent any more."""
    untold = [each.message for one in older for each in one.said if each.id not in told]
    share = sum(map(message_tokens, untold)) // 4
    since = digest(untold, min(_MOST_TOKENS, max(_LEAST_TOKENS, share)))
    stored = branch.summary.text if branch.summary else ""
    return "\n".join(part for part in (stored, since) if part) or None


def _dropped(exchange: Exchange, told: AbstractSet[UUID | None]) -> Dropped:
    summed_up = all(each.id in told for each in exchange.said)
    tokens = sum(map(message_tokens, exchange.messages))
    why = _SUMMED_UP if summed_up else _LONG_AGO
    return Dropped(PartKind.EXCHANGE, exchange.id, why, tokens)
