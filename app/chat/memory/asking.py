"""How the background asks a model about a conversation."""

from uuid import UUID

import structlog

from app.errors import AppError
from app.kit.deadline import within
from app.llm import (
    OFFLINE,
    CallContext,
    Completion,
    LLMClient,
    Message,
    ModelRequest,
    OutputSchema,
    Role,
    Task,
    Wishes,
)

log = structlog.get_logger()

_SECONDS = 60.0


def background_request(
    task: Task,
    tenant_id: str,
    conversation_id: UUID,
    *,
    instructions: str,
    text: str,
    max_tokens: int,
    model: str | None,
    output: OutputSchema | None = None,
) -> ModelRequest:
    """`model` is the conversation's own, where its owner chose one: then others needn't read it."""
    return ModelRequest(
        task=task,
        messages=(Message(Role.SYSTEM, instructions), Message(Role.USER, text)),
        context=CallContext(tenant_id, conversation_id=conversation_id),
        temperature=0,
        max_tokens=max_tokens,
        output=output,
        wishes=Wishes(models=(model,) if model else (), cache=False, compress=()),
    )


class BackgroundModel:
    def __init__(self, client: LLMClient) -> None:
        self._client = client

    async def ask(self, request: ModelRequest) -> Completion | None:
        """None where no model is to be had, the built-in one included, which can't do such work,
        or where the answer was cut off."""
        if not self._client.configured():
            return None
        try:
            answer = await within(_SECONDS, self._client.complete(request))
        except (AppError, TimeoutError) as error:
            code = error.code if isinstance(error, AppError) else "timeout"
            log.info("memory.no_model", task=request.task, error=code)
            return None
        if answer.model.provider == OFFLINE or answer.finish_reason == "length":
            return None
        return answer
