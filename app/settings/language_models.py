"""Which language models are asked, and how."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from app.kit.environment import Environment, Fault, Group, shown
from app.kit.frozen import frozen
from app.settings.fields import (
    EXAMPLE_CHAIN,
    OFFLINE,
    PROVIDER_NAME,
    PROVIDERS,
    ApiKey,
    Chain,
    ProviderName,
    Seconds,
    WebAddress,
)


class Timeouts(Group):
    """Of a model call, in seconds."""

    connect: Seconds = Field(
        5,
        validation_alias="LLM_CONNECT_TIMEOUT",
        description="Seconds to reach a provider.",
    )
    first_token: Seconds = Field(
        30,
        validation_alias="LLM_FIRST_TOKEN_TIMEOUT",
        description="Seconds to an answer's first token.",
    )
    idle: Seconds = Field(
        30,
        validation_alias="LLM_IDLE_TIMEOUT",
        description="Seconds between two tokens.",
    )
    total: Seconds = Field(
        120,
        validation_alias="LLM_TOTAL_TIMEOUT",
        description="Seconds for a whole answer.",
    )


class Routing(Group):
    model_config = SettingsConfigDict(env_prefix="LLM_")

    provider: ProviderName | None = Field(
        None,
        description="Default provider; empty is the first one configured, else offline.",
        examples=["openrouter"],
    )
    chain: Chain = Field(
        (),
        description="Models tried after the one asked for, as provider:model, comma-separated.",
        examples=[EXAMPLE_CHAIN],
    )
    breaker_failures: int = Field(
        5, ge=1, le=1000, description="Failures in a row after which a model is left alone."
    )
    breaker_cooldown: Seconds = Field(
        30, description="Seconds for which it is left alone, before one call tries it again."
    )
    health_interval: Seconds = Field(
        60, description="Seconds between two looks at whether a provider is there."
    )
    hedging: bool = Field(
        default=False,
        description="Whether a second model is asked too when the first is later than usual.",
    )
    cache_ttl: int = Field(
        3600, ge=1, le=2_592_000, description="Seconds that a cached answer may be used."
    )
    cache_mb: int = Field(
        64, ge=1, le=65_536, description="Megabytes of cached answers kept in memory."
    )
    offline_faults: bool = Field(
        default=False,
        description="Whether offline:slow, :flaky, :cut and :malformed may be asked, for tests.",
    )


class TaskChains(Group):
    """A chain of its own for one task; each field is the name of the task."""

    model_config = SettingsConfigDict(env_prefix="LLM_CHAIN_")

    buyer_turn: Chain = Field(
        (), description="The same for a buyer's turns.", examples=[EXAMPLE_CHAIN]
    )
    seller_turn: Chain = Field(
        (), description="The same for a seller's turns.", examples=[EXAMPLE_CHAIN]
    )
    narration: Chain = Field(
        (), description="The same for narrated turns.", examples=[EXAMPLE_CHAIN]
    )
    chat: Chain = Field((), description="The same for conversations.", examples=[EXAMPLE_CHAIN])
    analysis: Chain = Field((), description="The same for judgements.", examples=[EXAMPLE_CHAIN])
    summary: Chain = Field((), description="The same for summaries.", examples=[EXAMPLE_CHAIN])
    extraction: Chain = Field(
        (), description="The same for facts in texts.", examples=[EXAMPLE_CHAIN]
    )
    coding: Chain = Field((), description="The same for code.", examples=[EXAMPLE_CHAIN])
    database: Chain = Field((), description="The same for queries.", examples=[EXAMPLE_CHAIN])
    embedding: Chain = Field(
        (), description="The same for vectors of texts.", examples=[EXAMPLE_CHAIN]
    )
    benchmark: Chain = Field((), description="The same for benchmarks.", examples=[EXAMPLE_CHAIN])
    probe: Chain = Field((), description="The same for health probes.", examples=[EXAMPLE_CHAIN])


class Connection(Group):
    """How to reach one provider; the prefix is its name."""

    api_key: ApiKey | None = Field(
        None, description="Key of the provider.", examples=["sk-change-me"]
    )
    base_url: WebAddress | None = Field(
        None, description="Address, where not the usual.", examples=["http://localhost:1234/v1"]
    )


@frozen
class Llm:
    """`chains` by task, where a task has its own. `connections` by provider, `custom` by the name
    in `CUSTOM_<NAME>_BASE_URL`."""

    routing: Routing
    chains: dict[str, Chain]
    timeouts: Timeouts
    connections: dict[str, Connection]
    custom: dict[str, Connection]


_EXAMPLE_ADDRESS = "http://localhost:9000/v1"
_CUSTOM = re.compile(r"CUSTOM_([A-Z0-9]+(?:_[A-Z0-9]+)*)_(BASE_URL|API_KEY)")


def read_llm(environment: Environment) -> Llm:
    routing, chains = environment.read(Routing), environment.read(TaskChains)
    values = environment.values()
    llm = Llm(
        routing=routing,
        chains={task: chain for task, chain in chains if chain},
        timeouts=environment.read(Timeouts),
        connections={name: environment.read(Connection, f"{name}_") for name in PROVIDERS},
        custom={
            name: environment.read(Connection, f"custom_{name}_") for name in _custom_names(values)
        },
    )
    environment.faults += [
        *_unknown_tasks(values),
        *_unknown_providers(values, (*PROVIDERS, *llm.custom)),
        *_homeless(llm),
    ]
    return llm


def _custom_names(values: Mapping[str, str]) -> tuple[str, ...]:
    found = (_CUSTOM.fullmatch(name) for name in sorted(values))
    return tuple(dict.fromkeys(match[1].lower() for match in found if match))


def _unknown_tasks(values: Mapping[str, str]) -> Iterator[Fault]:
    tasks = ", ".join(TaskChains.model_fields).upper()
    for name in sorted(values):
        if name.startswith("LLM_CHAIN_") and name not in _chain_variables():
            issue = f"is for no task; the tasks are {tasks}"
            [nearest] = get_close_matches(name, _chain_variables(), n=1, cutoff=0)
            yield Fault(
                name, issue, value=shown(values[name]), example=EXAMPLE_CHAIN, instead=nearest
            )


def _unknown_providers(values: Mapping[str, str], known: tuple[str, ...]) -> Iterator[Fault]:
    """Names that are well formed; the rest was told when its group was read."""
    for variable in ("LLM_PROVIDER", "LLM_CHAIN", *_chain_variables()):
        for part in map(str.strip, values.get(variable, "").split(",")):
            provider, _, model = part.partition(":")
            if variable != "LLM_PROVIDER" and not model:
                continue  # told already
            allowed = (*known, OFFLINE) if variable == "LLM_PROVIDER" else known
            if PROVIDER_NAME.fullmatch(provider) and provider not in allowed:
                example = "openrouter" if variable == "LLM_PROVIDER" else EXAMPLE_CHAIN
                issue = f"should name a provider of {', '.join(allowed)}"
                yield Fault(variable, issue, value=shown(part), example=example)


def _chain_variables() -> Iterator[str]:
    for task in TaskChains.model_fields:
        yield f"LLM_CHAIN_{task.upper()}"


def _homeless(llm: Llm) -> Iterator[Fault]:
    """Custom providers have no usual address, and may not go by the name of another."""
    for name, connection in llm.custom.items():
        variable = f"CUSTOM_{name.upper()}_BASE_URL"
        if name in (*PROVIDERS, OFFLINE):
            yield Fault(
                variable,
                f"takes the name of {name}; choose another",
                value=shown(connection.base_url) if connection.base_url else "",
                example=_EXAMPLE_ADDRESS,
                instead=f"CUSTOM_MY_{name.upper()}_BASE_URL",
            )
        elif connection.base_url is None:
            yield Fault(variable, "is missing", example=_EXAMPLE_ADDRESS)
