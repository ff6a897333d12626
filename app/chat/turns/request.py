"""The call of a model that a turn becomes."""

from dataclasses import replace
from uuid import UUID

from app.chat.context import Context, ElasticContext, Materials
from app.chat.errors import MessageTooLong, ModelUnusable
from app.chat.recovery import context_key
from app.chat.turns.ask import Ask, Began
from app.kit.frozen import frozen
from app.llm import (
    AUTO,
    PROFILE_PREFIX,
    TASK_PROFILES,
    CallContext,
    LLMClient,
    Message,
    ModelRequest,
    Plan,
    PromptTooLong,
    ProviderDisabled,
    Role,
    Task,
    Turn,
    UnknownModel,
    Wishes,
)

_ALL = 1 << 40
"""Tokens, more than anybody says."""


@frozen
class Prepared:
    """A call that some model can take. `first_choice` is the model that is asked first when it is
    well; `context` is what it would be sent if it takes all of it."""

    request: ModelRequest
    context: Context
    first_choice: str
    forgetful: bool

    def begun(self, began: Began) -> "Prepared":
        """The same, with what is known of the turn since it began."""
        context = replace(
            self.request.context,
            conversation_id=began.conversation_id,
            turn=Turn(message_id=began.message_id),
        )
        return replace(self, request=replace(self.request, context=context))

    @property
    def context_key(self) -> str:
        return context_key(self.request.messages, self.request.tools)

    @property
    def relevance(self) -> float | None:
        """How near the recalled memories are on the whole, 0 to 1; None where there is none."""
        scores = [fact.score for fact in self.context.facts]
        return round(sum(scores) / len(scores), 3) if scores else None


def prepare(
    client: LLMClient,
    ask: Ask,
    materials: Materials,
    *,
    model: str | None,
    generation_id: UUID,
    window: int,
) -> Prepared:
    """Takes a few milliseconds, and asks nobody. `window` is how many tokens a model takes of which
    the catalogue doesn't know it. Raises `ModelUnusable`, `NoModelFits`, and `MessageTooLong` where
    the question fits into none of the models."""
    elastic = ElasticContext(materials)
    context = elastic.build(_ALL)
    request = ModelRequest(
        task=Task.CHAT,
        messages=context.messages,
        context=CallContext(ask.tenant_id, run_id=generation_id, key_id=ask.key_id),
        temperature=ask.temperature,
        max_tokens=ask.max_tokens,
        tools=ask.tools,
        wishes=_wishes(model),
        findings=context.findings,
        elastic=elastic,
    )
    first_choice = _first_choice(client, request, model, window)
    return Prepared(request, context, first_choice, materials.forgetful)


def _wishes(model: str | None) -> Wishes:
    """A profile that is named has rules of its own; any other model is asked by those of chat."""
    if model is None or model == AUTO or model.startswith(PROFILE_PREFIX):
        return Wishes(models=(model,) if model else (), beyond=True)
    return Wishes(models=(model,), profile=TASK_PROFILES.get(Task.CHAT), beyond=True)


def _first_choice(client: LLMClient, request: ModelRequest, model: str | None, window: int) -> str:
    try:
        plan = client.plan(request)
    except PromptTooLong as error:
        raise _too_long(request, client.plan(_short(request)), window) from error
    except (UnknownModel, ProviderDisabled) as error:
        if model is None:
            raise
        raise ModelUnusable(error) from error
    if _least(request) > max(_windows(plan, window).values()):
        raise _too_long(request, plan, window)
    return str((plan.first_choice or plan.candidates[0]).ref)


def _short(request: ModelRequest) -> ModelRequest:
    """The same with a question that fits into any model."""
    return ModelRequest(
        task=request.task,
        messages=(Message(Role.USER, ""),),
        context=request.context,
        tools=request.tools,
        wishes=request.wishes,
    )


def _too_long(request: ModelRequest, plan: Plan, unknown: int) -> MessageTooLong:
    """By the largest of the models that would be asked."""
    model, window = max(_windows(plan, unknown).items(), key=lambda item: item[1])
    return MessageTooLong(_least(request), window, model)


def _windows(plan: Plan, unknown: int) -> dict[str, int]:
    """How many tokens each of the models takes."""
    return {
        str(each.ref): (each.facts and each.facts.context_length) or unknown
        for each in plan.candidates
    }


def _least(request: ModelRequest) -> int:
    """Tokens of what has to be sent, and of the answer that is wished."""
    return (request.elastic.least if request.elastic else 0) + (request.max_tokens or 0)
