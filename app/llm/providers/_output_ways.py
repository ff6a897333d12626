"""Which way of asking for one JSON object each model takes."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from app.llm.catalogue.traits import OutputWay, traits_of
from app.llm.errors import RequestRefused
from app.llm.messages import ModelRef, ModelRequest

T = TypeVar("T")


class OutputWays:
    """The ways of a model's traits, without those that its vendor refused. `refused` has what a
    refusal with one of `statuses` says (a regular expression) when it is about the way of asking.
    """

    def __init__(
        self, refused: Mapping[OutputWay, str], *, statuses: Collection[int] = (400,)
    ) -> None:
        self._statuses = statuses
        self._refused = {way: re.compile(said, re.IGNORECASE) for way, said in refused.items()}
        self._left: dict[ModelRef, tuple[OutputWay, ...]] = {}

    async def begin(
        self,
        request: ModelRequest,
        ref: ModelRef,
        ask: Callable[[OutputWay | None], Awaitable[T]],
    ) -> tuple[T, OutputWay | None]:
        """What `ask` returns for the first way that isn't refused, and that way; None where no
        output is asked for. Raises what `ask` raises."""
        while True:
            way = self._ways(ref)[0] if request.output else None
            try:
                return await ask(way), way
            except RequestRefused as error:
                if way is None or not self._step_down(ref, way, error):
                    raise

    def _ways(self, ref: ModelRef) -> tuple[OutputWay, ...]:
        return self._left.get(ref) or traits_of(ref).output_ways

    def _step_down(self, ref: ModelRef, way: OutputWay, error: RequestRefused) -> bool:
        """Forgets `way` where the refusal is about it and another is left."""
        about = self._refused.get(way)
        said = error.message.partition(" answered ")[2]  # without the model's name
        if error.upstream_status not in self._statuses or about is None or not about.search(said):
            return False
        ways = self._ways(ref)
        if ways[0] is way and len(ways) > 1:
            self._left[ref] = ways[1:]
        return self._ways(ref)[0] is not way
