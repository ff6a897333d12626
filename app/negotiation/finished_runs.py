"""Runs that are over, put together from rows and logs for those who look back on them."""

from collections.abc import Sequence
from uuid import UUID

from app.db import Database
from app.kit.frozen import frozen
from app.negotiation.errors import RunNotFinished, RunNotFound, SessionNotFound
from app.negotiation.finished import FinishedBuyer, FinishedRun, FinishedSeller, Numbered
from app.negotiation.models import Run
from app.negotiation.overview import load_rooms
from app.negotiation.repository import Logged, Market, RoomRecord
from app.negotiation.setup import RoomSetup, set_up


@frozen
class FinishedPage:
    """By item, then by number; `total` of all pages."""

    runs: tuple[FinishedRun, ...]
    total: int


@frozen
class LatestRuns:
    """The newest run of every room where that is over. `complete` when every room that can be
    played has one."""

    runs: tuple[FinishedRun, ...]
    complete: bool


class FinishedRuns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, run_id: UUID) -> FinishedRun:
        """Raises `RunNotFound`, `RunNotFinished`."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            record = await market.get_room_of_run(run_id)
            if record is None or record.run is None:
                raise RunNotFound(run_id)
            if record.run.ended_at is None:
                raise RunNotFinished(run_id, record.room.id)
            [run] = await _put_together(market, [record])
        return run

    async def page(
        self, tenant_id: str, session_id: UUID, *, limit: int, offset: int
    ) -> FinishedPage:
        """Raises `SessionNotFound`."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            if await market.get_session(session_id) is None:
                raise SessionNotFound(session_id)
            records = await market.list_finished(session_id, limit=limit, offset=offset)
            runs = await _put_together(market, records)
            return FinishedPage(runs, await market.count_finished(session_id))

    async def latest(self, tenant_id: str, session_id: UUID) -> LatestRuns:
        """Of a session that isn't there: none, and not complete."""
        async with self._database.read(tenant_id) as unit:
            rooms = await load_rooms(Market(unit), session_id)
        return latest_of(rooms)


def latest_of(rooms: Sequence[tuple[RoomSetup, list[Logged]]]) -> LatestRuns:
    playable = [(setup, log) for setup, log in rooms if setup.participants]
    runs = tuple(
        finished(setup, setup.run, log)
        for setup, log in playable
        if setup.run is not None and setup.run.ended_at is not None
    )
    return LatestRuns(runs, complete=bool(playable) and len(runs) == len(playable))


async def _put_together(market: Market, records: Sequence[RoomRecord]) -> tuple[FinishedRun, ...]:
    participants = await market.list_participants(list({record.room.id for record in records}))
    runs = [record.run for record in records if record.run is not None]
    logs = await market.events_of([run.id for run in runs])
    return tuple(
        finished(set_up(record, participants[record.room.id]), run, logs[run.id])
        for record, run in zip(records, runs, strict=True)
    )


def finished(setup: RoomSetup, run: Run, log: Sequence[Logged]) -> FinishedRun:
    """Raises `ValueError` for a run that goes on."""
    if run.ended_at is None:
        raise ValueError(f"run {run.id} has no end")
    session, item = setup.session, setup.item
    return FinishedRun(
        run_id=run.id,
        session_id=session.id,
        room_id=setup.room.id,
        item_id=item.item_id,
        item_name=item.item_name,
        number=run.number,
        seed=run.seed,
        started_at=run.started_at,
        ended_at=run.ended_at,
        min_rounds=session.min_rounds,
        max_rounds=session.max_rounds,
        timeout_seconds=session.timeout_seconds,
        provider=session.llm_provider,
        model=session.llm_model,
        buyer=FinishedBuyer(
            buyer_id=setup.buyer.id,
            name=setup.buyer.name,
            agent=setup.buyer_agent,
            min_price=item.min_price,
            max_price=item.max_price,
            quantity_needed=item.quantity_needed,
        ),
        sellers=_sellers(setup),
        events=tuple(Numbered(entry.seq, entry.at, entry.event) for entry in log),
    )


def _sellers(setup: RoomSetup) -> tuple[FinishedSeller, ...]:
    agents = setup.seller_agents
    return tuple(
        FinishedSeller(
            seller_id=card.seller_id,
            name=card.name,
            agent=agents[card.seller_id],
            priority=card.priority,
            style=card.style,
            cost_price=card.cost_price,
            least_price=card.least_price,
            selling_price=card.selling_price,
            stock=card.stock,
            arrives_in_round=card.arrives,
        )
        for card in setup.cast.sellers.values()
    )
