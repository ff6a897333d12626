"""What the AI SDK's `DefaultChatTransport` sends, and what a page may add to it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.chat import CONVERSATION_MESSAGES, EXTERNAL_ID_LENGTH, TurnOptions

MOST_TOOLS = 128

ChatName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=EXTERNAL_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]+$"),
]


class UIMessage(BaseModel):
    """As the client keeps it. Only the last one is read closely: what was said before is stored
    here."""

    id: str = Field("", description="The client's own.", examples=["msg-1"])
    role: Literal["system", "user", "assistant"]
    parts: list[dict[str, Any]] = Field(
        [],
        description="Of a user's message, its texts; of an assistant's, the outputs of its tools.",
        examples=[[{"type": "text", "text": "Hello"}]],
    )
    metadata: Any = Field(None, description="As the stream told it.")

    def told(self, name: str) -> str | None:
        """What the stream told of this message under that name, where it is a text."""
        value = self.metadata.get(name) if isinstance(self.metadata, dict) else None
        return value if isinstance(value, str) else None


class ClientTool(BaseModel):
    """A tool that the page runs itself."""

    model_config = ConfigDict(validate_by_name=True)

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["weather"])
    description: str = Field("", max_length=2000)
    input_schema: dict[str, Any] = Field(
        alias="inputSchema",
        description="A JSON Schema of its input.",
        examples=[{"type": "object", "properties": {"city": {"type": "string"}}}],
    )


class ChatRequest(TurnOptions):
    """Of what else a page sends, nothing is read."""

    model_config = ConfigDict(validate_by_name=True)

    id: ChatName = Field(
        description="The chat: a new one begins a conversation. A conversation's own id will do, "
        "too.",
        examples=["chat-1"],
    )
    messages: list[UIMessage] = Field(
        min_length=1, max_length=CONVERSATION_MESSAGES, description="The last one is answered."
    )
    trigger: Literal["submit-message", "regenerate-message"] = "submit-message"
    message_id: str | None = Field(
        None, alias="messageId", description="The message that is edited, or answered again."
    )
    tools: list[ClientTool] = Field([], max_length=MOST_TOOLS)
