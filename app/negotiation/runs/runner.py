"""Plays a run to its end, from wherever its log stands."""

from uuid import UUID

import structlog

from app.db import DATABASE_ERRORS, Database, Notifications
from app.kit.clock import Clock
from app.llm import CallContext, LLMError, ModelRef
from app.negotiation.agents import SeatFactory, Seating
from app.negotiation.events import RunFailed
from app.negotiation.journal import Journal, topic
from app.negotiation.models import Run
from app.negotiation.repository import Market
from app.negotiation.room import Finished, Step, next_step
from app.negotiation.runs.play import Play
from app.negotiation.runs.run_log import RunGone, RunLog, RunTaken
from app.negotiation.setup import RoomSetup, set_up

log = structlog.get_logger()


class Runner:
    """One per process; plays any number of runs at a time."""

    def __init__(
        self,
        database: Database,
        notifications: Notifications,
        journal: Journal,
        seats: SeatFactory,
        clock: Clock,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._journal = journal
        self._seats = seats
        self._clock = clock

    async def run(self, run_id: UUID, tenant_id: str) -> None:
        """Returns when the run is over, by its own end or because it was deleted.

        Raises `RunTaken` when another worker plays it, and one of `DATABASE_ERRORS` when the
        database goes away; whoever holds the job then goes on from what was written."""
        found = await self._load(run_id, tenant_id)
        if found is None:
            return
        run, setup = found
        run_log = RunLog(
            self._database, self._journal, self._clock,
            run=run, rules=setup.rules, tenant_id=tenant_id,
        )  # fmt: skip
        with self._notifications.waiting(topic(run.room_id), run_log.heard):
            try:
                await self._play(run, setup, run_log, tenant_id)
            except RunGone:
                log.info("run.gone")
            except RunTaken:
                log.info("run.taken_over")
                raise

    async def _load(self, run_id: UUID, tenant_id: str) -> tuple[Run, RoomSetup] | None:
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            record = await market.get_room_of_run(run_id)
            if record is None or record.run is None or record.run.ended_at is not None:
                return None
            participants = await market.list_participants([record.room.id])
        return record.run, set_up(record, participants[record.room.id])

    async def _play(self, run: Run, setup: RoomSetup, run_log: RunLog, tenant_id: str) -> None:
        await run_log.open()
        play = Play(
            setup, run, run_log, self._seats.fill(_seating(setup, run, tenant_id)), self._clock
        )
        deadline = setup.deadline(run)
        while True:
            if run_log.grown.is_set():
                await run_log.refresh()
            step = next_step(run_log.state, now=self._clock(), deadline=deadline)
            if not isinstance(step, Finished):
                await self._take(step, play, run_log)
            elif await run_log.flush():
                return

    async def _take(self, step: Step, play: Play, run_log: RunLog) -> None:
        try:
            await play.take(step)
        except LLMError as error:
            log.warning("run.no_model_answers", code=error.code, error=error.message)
            run_log.add(RunFailed(code=error.code, message=error.message))
        except (RunGone, RunTaken, *DATABASE_ERRORS):
            raise
        except Exception:
            log.exception("run.failed")
            run_log.add(
                RunFailed(code="INTERNAL_ERROR", message="an internal error ended this run")
            )


def _seating(setup: RoomSetup, run: Run, tenant_id: str) -> Seating:
    session = setup.session
    return Seating(
        buyer_id=setup.buyer.id,
        buyer=setup.buyer_agent,
        sellers=setup.seller_agents,
        model=ModelRef(session.llm_provider, session.llm_model),
        temperature=session.temperature,
        max_tokens=session.max_tokens,
        paced=session.pace_seconds > 0,
        context=CallContext(tenant_id=tenant_id, run_id=run.id, private=setup.limits),
    )
