"""From a request of the AI SDK's client to a turn: who is answered, and on which branch.

The client sends all that it shows; here everything is stored already. So only the last message
counts, and where it stands: after the message before it, in place of one that it edits, or over
again.
"""

from uuid import UUID

from app.chat import (
    HEAD,
    Ask,
    ChatMessage,
    Conversation,
    Conversations,
    Parent,
    ToolResult,
)
from app.compat.ai_sdk.reading import name_of, outputs_of, question_of
from app.compat.ai_sdk.schemas import ChatRequest, UIMessage
from app.compat.openai.request_fields import FieldInvalid, wrong
from app.db import UnitOfWork
from app.kit.frozen import frozen
from app.llm import Tool

MESSAGE_ID = "messageId"
"""Under this name a stream tells the client our id of the message; the one that the client shows
may be made of several of ours, of which it has the first one's id."""


@frozen
class Asked:
    """What is answered and where it stands. `name` is the client's for what a person says.
    `continues` is the client's for the message that the answer goes on with."""

    parent: Parent
    message: str | None = None
    name: str | None = None
    results: tuple[ToolResult, ...] = ()
    continues: str | None = None


async def find_conversation(conversations: Conversations, chat: str) -> Conversation | None:
    """By what the client calls it, or by its id."""
    found = await conversations.by_external_id(chat)
    if found is None and (own := _uuid(chat)) is not None:
        found = await conversations.get(own)
    return found


class Asking:
    """Reads one request against what is stored."""

    def __init__(self, unit: UnitOfWork, body: ChatRequest) -> None:
        self._conversations = Conversations(unit)
        self._tenant_id = unit.tenant_id
        self._body = body
        self._field = f"messages.{len(body.messages) - 1}"
        self._conversation: Conversation | None = None

    async def turn(self, key_id: str | None) -> tuple[Ask, str | None]:
        """What to ask for, and how the client calls the message that the answer goes on with; None
        where it is a new one. Raises `FieldInvalid`."""
        self._conversation = await find_conversation(self._conversations, self._body.id)
        asked = await self._asked()
        return self._ask(asked, key_id), asked.continues

    def _ask(self, asked: Asked, key_id: str | None) -> Ask:
        body, known = self._body, self._conversation
        return body.ask(
            self._tenant_id,
            conversation_id=known.id if known else None,
            external_id=None if known else body.id,
            message=asked.message,
            message_external_id=asked.name,
            parent=asked.parent,
            results=asked.results,
            tools=tuple(Tool(t.name, t.description, t.input_schema) for t in body.tools),
            key_id=key_id,
        )

    async def _asked(self) -> Asked:
        last = self._body.messages[-1]
        if self._body.trigger == "regenerate-message":
            answer = await self._known(self._body.message_id or last.id)
            if answer is not None and answer.role == "assistant":
                return Asked(answer.parent_id)
        if last.role == "user":
            return await self._question(last)
        if last.role == "assistant":
            return await self._results(last)
        raise FieldInvalid(
            f"{self._field}.role", "should be user, or assistant with the outputs of its tools"
        )

    async def _question(self, last: UIMessage) -> Asked:
        """The same words under the same name are a question that is asked again: after an error,
        or of a client that never heard the answer. Other words are the question put otherwise,
        maybe for the second time."""
        said, name = question_of(last, self._field), name_of(last, self._field)
        known = await self._known(name)
        if known is None or known.role != "user":
            return Asked(await self._end_of_history(), said, name)
        if known.content != said:
            known = await self._shown_instead(known, said)
        return Asked(known.parent_id, said) if known.content != said else Asked(known.id)

    async def _shown_instead(self, first: ChatMessage, said: str) -> ChatMessage:
        """The message that says it in place of `first`, on the branch that is shown; else `first`,
        which goes by the client's name for all of them."""
        head_id = self._conversation.head_id if self._conversation else None
        branch = await self._conversations.branch(head_id) if head_id else []
        beside = (m for m in branch if m.role == "user" and m.parent_id == first.parent_id)
        return next((m for m in beside if m.content == said), first)

    async def _end_of_history(self) -> Parent:
        """The answer that the client shows last, which needn't be on the branch that we would go
        on with; where it shows none, or one that never got to us, that branch."""
        if len(self._body.messages) > 1:
            before = self._body.messages[-2]
            shown = await self._answer(before) if before.role == "assistant" else None
            if shown is not None:
                return shown.id
        return HEAD

    async def _results(self, last: UIMessage) -> Asked:
        answer = await self._answer(last)
        if answer is None:
            raise wrong(f"{self._field}.id", last.id, "the id of an answer of this conversation")
        outputs = outputs_of(last, self._field)
        called = [call["id"] for call in answer.tool_calls]
        if not called:
            raise FieldInvalid(
                f"{self._field}.role", "should be user: nothing was called that waits for an output"
            )
        if missing := [call_id for call_id in called if call_id not in outputs]:
            raise FieldInvalid(
                f"{self._field}.parts", f"needs an output of the tool call {missing[0]}"
            )
        results = tuple(ToolResult(call_id, outputs[call_id]) for call_id in called)
        return Asked(answer.id, results=results, continues=last.id)

    async def _answer(self, message: UIMessage) -> ChatMessage | None:
        """The last of ours that the client's message is made of."""
        for name in (message.told(MESSAGE_ID), message.id):
            known = await self._known(name)
            if known is not None and known.role == "assistant":
                return known
        return None

    async def _known(self, name: str | None) -> ChatMessage | None:
        """By the client's name for it, or by ours."""
        if self._conversation is None or not name:
            return None
        conversation_id = self._conversation.id
        found = await self._conversations.message_by_external_id(conversation_id, name)
        if found is None and (own := _uuid(name)) is not None:
            found = await self._conversations.message(own)
        return found if found and found.conversation_id == conversation_id else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
