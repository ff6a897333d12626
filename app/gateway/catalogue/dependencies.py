"""What the catalogue's endpoints ask for, as types."""

from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from app.gateway.catalogue.benchmark import Benchmark
from app.gateway.catalogue.browsing import Browsing, Sort, Status, Wanted
from app.gateway.catalogue.discovery import Discovery
from app.llm import Capability


async def _browsing(request: Request) -> Browsing:
    found: Browsing = request.state.models
    return found


async def _discovery(request: Request) -> Discovery:
    found: Discovery = request.state.discovery
    return found


async def _benchmark(request: Request) -> Benchmark:
    found: Benchmark = request.state.benchmark
    return found


async def _wanted(
    *,
    provider: Annotated[str | None, Query(max_length=100, description="At this provider.")] = None,
    free: Annotated[
        bool | None, Query(description="Those that cost nothing for certain, or the others.")
    ] = None,
    min_context: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Tokens of context, at least.")
    ] = None,
    capability: Annotated[
        list[Capability] | None,
        Query(max_length=5, description="What it can do for certain; several: all of them."),
    ] = None,
    max_price: Annotated[
        Decimal | None,
        Query(
            ge=0,
            le=1_000_000,
            allow_inf_nan=False,
            description="USD per million tokens, of prompt and answer each, at most.",
        ),
    ] = None,
    status: Annotated[Status | None, Query()] = None,
    search: Annotated[str, Query(max_length=200, description="A part of id or name.")] = "",
    sort: Annotated[Sort, Query(description="The best first, what is unknown last.")] = Sort.ID,
    limit: Annotated[int, Query(ge=1, le=500, description="Models on a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Models before the page.")] = 0,
) -> Wanted:
    return Wanted(
        provider=provider,
        free=free,
        min_context=min_context,
        capabilities=tuple(dict.fromkeys(capability or ())),
        max_price=max_price,
        status=status,
        search=search.strip(),
        sort=sort,
        limit=limit,
        offset=offset,
    )


InCatalogue = Annotated[Browsing, Depends(_browsing)]
ToBenchmark = Annotated[Benchmark, Depends(_benchmark)]
ToDiscover = Annotated[Discovery, Depends(_discovery)]
WantedModels = Annotated[Wanted, Depends(_wanted)]
ModelName = Annotated[
    str,
    Path(
        description="Its id, slashes and colons as they are, or `provider:id`.",
        examples=["openai/gpt-5-mini"],
        max_length=500,
    ),
]
AtProvider = Annotated[
    str | None, Query(max_length=100, description="Of several that have the id, this one.")
]
