"""The OpenAI wire for the API description. Nothing here is used to read or to write: bodies are
passed on as they are, and fields that aren't listed with them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.llm import Complexity, Task

Text = Annotated[str, Field(min_length=1, max_length=256)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class ChatMessage(_Open):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        examples=["user"]
    )
    content: str | list[dict[str, Any]] | None = Field(
        None, description="A text, or parts: `text`, `image_url`, …", examples=["Hello"]
    )


class ModelCall(_Open):
    """What chat and embeddings share: which model, and our own fields, which no vendor sees."""

    model: Text | None = Field(
        None,
        description="`provider:model`, an id of the catalogue, `profile:NAME` or `auto`. Without "
        "it, the task's profile or chain decides.",
        examples=["offline:parley"],
    )
    models: list[Text] | None = Field(
        None,
        min_length=1,
        max_length=10,
        description="Ours: tried in order after `model`.",
        examples=[["openrouter:openai/gpt-5-mini", "ollama:llama3.2:3b"]],
    )
    free: bool | None = Field(None, description="Ours: only models that cost nothing.")
    cache: bool | None = Field(None, description="Ours: whether a stored answer will do.")
    profile: Text | None = Field(
        None, description="Ours: the profile to route by.", examples=["coding_agent"]
    )
    task: Task | None = Field(None, description="Ours: what the call is for.")
    complexity: Complexity | None = Field(
        None, description="Ours: how hard it is; estimated where it isn't told."
    )


class ChatCompletionRequest(ModelCall):
    """OpenAI's request. Fields that aren't listed pass through to vendors of the same wire."""

    messages: list[ChatMessage] = Field(
        min_length=1, examples=[[{"role": "user", "content": "Hello"}]]
    )
    stream: bool | None = Field(None, description="Whether the answer comes as it is made.")
    stream_options: dict[str, Any] | None = Field(
        None, description="With `include_usage`, the last chunk counts the tokens."
    )
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    max_tokens: int | None = Field(None, ge=1, description="The older name of the same.")
    n: int | None = Field(
        None,
        ge=1,
        le=128,
        description="How many answers there are to be. Only some vendors give several.",
    )
    stop: str | list[str] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    compress: list[Text] | Literal[False] | None = Field(
        None, description="Ours: by which strategies a long prompt may be shortened."
    )


class Usage(_Open):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(_Open):
    """OpenAI's answer, as the vendor made it where it speaks this wire."""

    id: str | None = None
    object: str | None = Field(None, examples=["chat.completion"])
    created: int | None = None
    model: str | None = None
    choices: list[dict[str, Any]]
    usage: Usage | None = None


class EmbeddingRequest(ModelCall):
    input: Annotated[str, Field(min_length=1)] | list[str] = Field(
        description="One text, or up to 2048.", examples=["Hello"]
    )
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(None, ge=1)


class EmbeddingList(_Open):
    object: str | None = Field(None, examples=["list"])
    data: list[dict[str, Any]]
    model: str | None = None


class ListedModel(BaseModel):
    id: str = Field(examples=["openrouter:openai/gpt-5-mini"])
    object: Literal["model"] = "model"
    created: int = Field(0, description="Seconds since 1970; 0 where nobody says.")
    owned_by: str = Field(description="Who answers for the name.", examples=["openrouter"])


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ListedModel]


class ErrorContent(BaseModel):
    message: str = Field(description="For people.", examples=["there is no model 'gpt-9'"])
    type: str = Field(description="The kind of it.", examples=["invalid_request_error"])
    code: str | None = Field(description="For programs.", examples=["model_not_found"])
    param: str | None = Field(description="The field at fault.", examples=["model"])


class OpenAIError(BaseModel):
    """What an answer that isn't a success looks like on this wire."""

    error: ErrorContent
