"""Chooses the models that are put to the exercises."""

from collections.abc import Iterable

from app.llm import Catalogue, ModelFacts, ModelRef, chats


def choose(
    catalogue: Catalogue, providers: Iterable[str], top: int, *, free: bool | None
) -> tuple[ModelRef, ...]:
    """The `top` active chat models of each provider: free ones first, then those that are loaded,
    did well before, or take more. With `free`, only free ones; without, free or not is the same.
    """
    chosen: list[ModelRef] = []
    for provider in providers:
        able = [
            facts
            for facts in catalogue
            if facts.ref.provider == provider
            and not facts.retired
            and chats(facts)
            and (facts.free or free is not True)
        ]
        able.sort(key=lambda facts: _rank(facts, free_first=free is None))
        chosen += [facts.ref for facts in able[:top]]
    return tuple(chosen)


def _rank(facts: ModelFacts, *, free_first: bool) -> tuple[bool, bool, float, int, str]:
    return (
        free_first and not facts.free,
        facts.loaded is not True,
        -(facts.quality or 0.0),
        -(facts.context_length or 0),
        facts.ref.model,
    )
