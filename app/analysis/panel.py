"""Who judges."""

from collections.abc import Sequence

from app.llm import CallContext, LLMClient, LLMError, ModelRef, ModelRequest, Source, Task, Wishes

_NAMED = frozenset({Source.ASKED, Source.PROFILE, Source.COMPLEX})


class Panel:
    """The task's chain where there is one, else the models of its profile: Gemini's, direct or
    through OpenRouter, unless somebody changed it. Whoever isn't configured doesn't judge, and
    neither does the built-in model."""

    def __init__(self, client: LLMClient, chain: Sequence[ModelRef], *, on: bool) -> None:
        self._client = client
        configured = client.configured()
        self._on = on and bool(configured)
        self._chain = bool(chain)
        self._models = tuple(str(ref) for ref in chain if ref.provider in configured)

    def wishes(self, tenant_id: str) -> Wishes | None:
        """What to ask the router for; None when nobody judges. Asks nobody."""
        if not self._on or (self._chain and not self._models):
            return None
        wishes = Wishes(models=self._models)
        request = ModelRequest(Task.ANALYSIS, (), CallContext(tenant_id), wishes=wishes)
        try:
            plan = self._client.plan(request)
        except LLMError:
            return None
        return wishes if any(each.source in _NAMED for each in plan.candidates) else None
