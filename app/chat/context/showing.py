"""Shows what the next call of a conversation would send, and why."""

from uuid import UUID

from app.chat.context.branch import read_shown_branch
from app.chat.context.build import Context, ElasticContext
from app.chat.context.materials import Recall
from app.chat.context.service import Contexts
from app.chat.errors import MessageTooLong
from app.db import Database
from app.kit.frozen import frozen
from app.llm import (
    AUTO,
    PROFILE_PREFIX,
    TASK_PROFILES,
    CallContext,
    LLMClient,
    ModelRequest,
    Task,
    Wishes,
    foreseen,
    message_tokens,
)

_AS_LONG_AS_IT_IS = 2**31


@frozen
class Shown:
    """`window` is how many tokens the model takes, which would be asked first."""

    conversation_id: UUID
    model: str
    window: int
    context: Context
    recall: Recall


class Showing:
    """`window` is that of models of which the catalogue doesn't know it."""

    def __init__(
        self, database: Database, contexts: Contexts, client: LLMClient, *, window: int
    ) -> None:
        self._database = database
        self._contexts = contexts
        self._client = client
        self._window = window

    async def show(
        self,
        tenant_id: str,
        conversation_id: UUID,
        message: str | None = None,
        model: str | None = None,
    ) -> Shown:
        """For an answer to `message` by `model`, a name as people write it; where that is None, by
        the conversation's own. Asks no model for an answer.

        Raises `ConversationNotFound`, `MessageTooLong`, and what planning a call raises.
        """
        async with self._database.read(tenant_id) as unit:
            branch = await read_shown_branch(unit, conversation_id)
        materials = await self._contexts.materials(tenant_id, branch, message)
        elastic = ElasticContext(materials)
        name = model or (branch.conversation.model if branch.conversation else None)
        request = ModelRequest(
            task=Task.CHAT,
            messages=elastic.within(_AS_LONG_AS_IT_IS),
            context=CallContext(tenant_id),
            wishes=_wishes(name),
            elastic=elastic,
        )
        first, window = self._first(request)
        if elastic.least > window:
            raise MessageTooLong(elastic.least, window, first)
        sent = foreseen(request, window)
        context = elastic.build(sum(map(message_tokens, sent.messages)))
        return Shown(conversation_id, first, window, context, materials.recall)

    def _first(self, request: ModelRequest) -> tuple[str, int]:
        """The model that would be asked first, and how many tokens it takes."""
        candidate = self._client.plan(request).candidates[0]
        known = candidate.facts.context_length if candidate.facts else None
        return str(candidate.ref), known or self._window


def _wishes(name: str | None) -> Wishes:
    """A model that is named is asked by the rules of chat; a profile has its own."""
    if name is None:
        return Wishes()
    own = name == AUTO or name.startswith(PROFILE_PREFIX)
    return Wishes(models=(name,), profile=None if own else TASK_PROFILES.get(Task.CHAT))
