"""What the profiles' endpoints take and answer."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.gateway.profiles.service import Origin, Seen
from app.llm import (
    AUTO,
    PROFILE_PREFIX,
    STRATEGIES,
    TASK_PROFILES,
    Capability,
    Order,
    Profile,
    Task,
)


def _model_name(name: str) -> str:
    if name == AUTO or name.startswith(PROFILE_PREFIX):
        raise ValueError("should be a model, not another profile")
    if not re.fullmatch(r"[^\s:][^\s]*[^\s:]", name):
        raise ValueError("should be provider:model or an id, as in openrouter:openai/gpt-5-mini")
    return name


def _strategy(name: str) -> str:
    if name not in STRATEGIES:
        raise ValueError(f"should be one of {', '.join(STRATEGIES)}")
    return name


ModelName = Annotated[str, Field(max_length=200), AfterValidator(_model_name)]
Strategy = Annotated[str, Field(max_length=40), AfterValidator(_strategy)]
Provider = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Share = Annotated[int, Field(ge=1, le=100)]

_NOVA = "amazon/nova-2-lite-v1:free"
_LLAMA = "meta-llama/llama-3.1-8b-instruct:free"
_HERMES = "nousresearch/hermes-3-llama-3.1-405b:free"


class ProfileFields(BaseModel):
    """Which models suit a kind of work. A model is written `provider:model`, or as an id of the
    catalogue. Without any, the chain of the settings decides, and then the default provider."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field("", max_length=500, examples=["Writes and changes code."])
    primary: ModelName | None = Field(
        None, description="The model that is tried first.", examples=[_NOVA]
    )
    fallbacks: list[ModelName] = Field(
        [], max_length=20, description="Those tried after it, in order.", examples=[[_LLAMA]]
    )
    complex: ModelName | None = Field(
        None, description="The model that goes first where the work is hard.", examples=[_HERMES]
    )
    required: list[Capability] = Field(
        [], max_length=5, description="What a model must be able to do.", examples=[["tools"]]
    )
    free_only: bool = Field(
        default=False,
        description="Whether only models that cost nothing for certain are asked.",
        examples=[True],
    )
    order: Order = Field(
        Order.LISTED, description="What is tried first of the models.", examples=["listed"]
    )
    weights: dict[Provider, Share] = Field(
        {},
        max_length=30,
        description="In the order `balanced`, the shares of providers; 1 where not named.",
        examples=[{"openrouter": 3, "groq": 1}],
    )
    cache: bool | None = Field(
        None,
        description="Whether answers are cached where the caller doesn't say.",
        examples=[None],
    )
    compress: list[Strategy] | None = Field(
        None,
        max_length=10,
        description="How prompts are compressed where the caller doesn't say.",
        examples=[["whitespace"]],
    )


class ProfileView(ProfileFields):
    name: str = Field(examples=["coding_agent"])
    source: Origin = Field(
        description="Whether it is the shipped one, or changed, for everyone or for the tenant."
    )
    tasks: list[Task] = Field(description="The tasks that take it unless another is asked for.")

    @classmethod
    def of(cls, seen: Seen) -> "ProfileView":
        profile = seen.profile
        return cls(
            **_fields(profile),
            name=profile.name,
            source=seen.origin,
            tasks=[task for task, name in TASK_PROFILES.items() if name == profile.name],
        )


def _fields(profile: Profile) -> dict[str, object]:
    own = {name: getattr(profile, name) for name in ProfileFields.model_fields}
    return own | {"required": sorted(profile.required), "weights": dict(profile.weights)}


class ProfilesPage(BaseModel):
    profiles: list[ProfileView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class ProfileRemoval(BaseModel):
    """A change that was taken back."""

    name: str
    now: ProfileView | None = Field(
        description="The profile that counts from now on; null when none of that name is left."
    )
