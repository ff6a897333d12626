"""Asks a second model when the first is later than usual, and keeps the faster."""

import asyncio
from collections import deque
from collections.abc import Callable

from app.llm.call import Call
from app.llm.errors import LLMError
from app.llm.messages import ModelRef, ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.plan import Candidate

Late = Callable[[ModelRef], float | None]
"""Seconds after which a model is later than it usually is; None while nobody knows."""

_CLOSING = 0.2  # seconds for a lost attempt to hang up, before the winner goes on without it


class _Racer:
    """One attempt in a task of its own, with a notebook of its own."""

    def __init__(
        self, model: ChatModel, candidate: Candidate, request: ModelRequest, call: Call
    ) -> None:
        self.candidate = candidate
        self.notebook = call.racer()
        self.task = asyncio.create_task(model.open(request, self.notebook))

    @property
    def answer(self) -> Answer | None:
        """What it won with, once it has. Raises what isn't a model's failure."""
        if not self.task.done() or self.error is not None:
            return None
        return self.task.result()

    @property
    def error(self) -> LLMError | None:
        if not self.task.done() or self.task.cancelled():
            return None
        error = self.task.exception()
        return error if isinstance(error, LLMError) else None

    async def stop(self) -> None:
        """Hangs up, whether it was still asking or had just begun to answer."""
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=_CLOSING)
        if self.task.done() and not self.task.cancelled() and self.task.exception() is None:
            await self.task.result().aclose()


class Hedge:
    """`attempt` makes the model for a reference."""

    def __init__(self, attempt: Callable[[ModelRef], ChatModel], late: Late) -> None:
        self._attempt = attempt
        self._late = late

    async def open(
        self,
        request: ModelRequest,
        call: Call,
        queue: deque[Candidate],
        failures: list[tuple[Candidate, LLMError]],
    ) -> Answer | None:
        """The answer of the first in the queue, or of the second; both are taken out where both
        were asked. None when what was asked failed, each with its failure noted."""
        racers = [self._start(request, call, queue)]
        try:
            patience = self._late(racers[0].candidate.ref) if queue else None
            await asyncio.wait({racers[0].task}, timeout=patience)
            if not racers[0].task.done():
                racers.append(self._start(request, call, queue))
                call.decision = {**call.decision, "hedged": _told(racers[1], patience)}
            winner = await _first(racers)
        except BaseException:
            await _leave(racers, call)
            raise
        failures += [(racer.candidate, racer.error) for racer in racers if racer.error]
        return await _settle(racers, winner, call)

    def _start(self, request: ModelRequest, call: Call, queue: deque[Candidate]) -> _Racer:
        candidate = queue.popleft()
        return _Racer(self._attempt(candidate.ref), candidate, request, call)


async def _first(racers: list[_Racer]) -> _Racer | None:
    """The first that begins to answer; None when none does."""
    while True:
        winner = next((racer for racer in racers if racer.answer is not None), None)
        running = [racer.task for racer in racers if not racer.task.done()]
        if winner is not None or not running:
            return winner
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)


async def _settle(racers: list[_Racer], winner: _Racer | None, call: Call) -> Answer | None:
    """Writes what every racer did into the call's own notebook, the winner's last."""
    for racer in racers:
        if racer is not winner:
            await racer.stop()
            racer.notebook.give_up()
            call.attempts += racer.notebook.attempts
    if winner is None or (answer := winner.answer) is None:
        return None
    call.won(winner.notebook)
    answer.noted_in(call)
    return answer


async def _leave(racers: list[_Racer], call: Call) -> None:
    """The caller is gone, and so are they all."""
    for racer in racers:
        racer.task.cancel()
    for racer in racers:
        await racer.stop()
        racer.notebook.end_attempt("CANCELLED", "the caller left", counts=False)
        call.attempts += racer.notebook.attempts


def _told(second: _Racer, patience: float | None) -> dict[str, object]:
    return {"model": str(second.candidate.ref), "after_ms": round(1000 * (patience or 0))}
