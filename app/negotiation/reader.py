"""Looking at rooms and sessions: state, summary, log."""

from typing import Any, Literal
from uuid import UUID

from app.db import Database
from app.errors import FieldIssue, InvalidInput
from app.negotiation.errors import LogNotFound, NoSuchRun, SessionNotFound
from app.negotiation.models import Run
from app.negotiation.overview import constraints, current_round, room_status
from app.negotiation.records import conversation, standing_offers, stored_log
from app.negotiation.repository import Logged, Market
from app.negotiation.schemas import LogResponse, StateResponse, SummaryResponse
from app.negotiation.setup import RoomSetup, load_room
from app.negotiation.summary import Judgements, summarize
from app.negotiation.views import Spoken, heard_by_buyer, heard_by_seller

AgentType = Literal["buyer", "seller"]


class Reader:
    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements

    async def summary(self, tenant_id: str, session_id: UUID) -> SummaryResponse:
        """Raises `SessionNotFound`."""
        async with self._database.read(tenant_id) as unit:
            session = await Market(unit).get_session(session_id)
            if session is None:
                raise SessionNotFound(session_id)
            return await summarize(unit, session, self._judgements)

    async def log(
        self, tenant_id: str, session_id: UUID, room_id: UUID, number: int | None = None
    ) -> LogResponse | dict[str, Any]:
        """The log of the room's run with this number, or of its newest; of a deleted session too,
        until it expires. Raises `LogNotFound`, `NoSuchRun`."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            kept = await _numbered_log(market, session_id, room_id, number)
            if kept is not None:
                return kept
            record = await market.get_room(room_id)
            if record is None or record.run is None or record.session.id != session_id:
                raise LogNotFound(room_id)
            setup = await load_room(market, room_id)
            run = await _numbered_run(market, record.run, number)
            log = await market.events_of([run.id])
            return stored_log(setup, run, log[run.id])

    async def state(
        self,
        tenant_id: str,
        room_id: UUID,
        agent_id: UUID | None = None,
        agent_type: AgentType | None = None,
    ) -> StateResponse:
        """The whole room, or what one agent may see of it. Raises `RoomNotFound`, `InvalidInput`
        when there is no such agent here."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            setup = await load_room(market, room_id)
            run = setup.run
            log = await market.events_after(room_id, run.after_seq) if run else []
        return _state(setup, log, _eyes(setup, agent_id, agent_type))


async def _numbered_run(market: Market, newest: Run, number: int | None) -> Run:
    if number is None or number == newest.number:
        return newest
    run = await market.get_run_by_number(newest.room_id, number)
    if run is None:
        raise NoSuchRun(newest.room_id, number, newest.number)
    return run


async def _numbered_log(
    market: Market, session_id: UUID, room_id: UUID, number: int | None
) -> dict[str, Any] | None:
    """Of a deleted session; None where none was kept."""
    newest = await market.get_kept_log(session_id, room_id)
    if newest is None or number is None:
        return newest
    log = await market.get_kept_log(session_id, room_id, number)
    if log is None:
        raise NoSuchRun(room_id, number, newest["metadata"]["run_number"])
    return log


def _eyes(
    setup: RoomSetup, agent_id: UUID | None, agent_type: AgentType | None
) -> UUID | AgentType | None:
    """Through whose eyes: a seller's id, "buyer", or None for the operator."""
    if agent_id is None and agent_type is None:
        return None
    if agent_type in (None, "buyer") and agent_id in (None, setup.buyer.id):
        return "buyer"
    if agent_type in (None, "seller") and agent_id in setup.cast.sellers:
        return agent_id
    known = next(iter(setup.cast.sellers), None) if agent_type == "seller" else setup.buyer.id
    issue = f"should be the id of the room's buyer or of one of its sellers, got {agent_id}"
    if agent_type is not None:
        issue = f"should be the id of a {agent_type} of this room, got {agent_id or 'none'}"
    if known is not None:
        issue += f"; for example {known}"
    raise InvalidInput(f"agent_id {issue}", details=(FieldIssue("agent_id", issue),))


def _state(setup: RoomSetup, log: list[Logged], eyes: UUID | AgentType | None) -> StateResponse:
    offers = standing_offers(setup.cast, log)
    limits: dict[str, Any] = constraints(setup).model_dump()
    if isinstance(eyes, UUID):
        offers = {seller_id: offer for seller_id, offer in offers.items() if seller_id == eyes}
        limits = {}
    return StateResponse(
        room_id=setup.room.id,
        item_name=setup.item.item_name,
        status=room_status(setup, log),
        current_round=current_round(log),
        max_rounds=setup.session.max_rounds,
        conversation_history=conversation(setup.cast, log, _audible(setup, log, eyes)),
        current_offers=offers,
        buyer_constraints=limits,
        run_id=setup.run.id if setup.run else None,
        last_event_id=log[-1].seq if log else 0,
    )


def _audible(
    setup: RoomSetup, log: list[Logged], eyes: UUID | AgentType | None
) -> set[UUID] | None:
    events = [entry.event for entry in log]
    heard: list[Spoken]
    if eyes is None:
        return None
    if isinstance(eyes, UUID):
        heard = list(heard_by_seller(setup.cast.sellers[eyes], events))
    else:
        heard = list(heard_by_buyer(events))
    return {event.message_id for event in heard}
