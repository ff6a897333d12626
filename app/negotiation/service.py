"""Marketplaces: made, read, deleted."""

from uuid import UUID

from app.db import Database, Model, UnitOfWork
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.ids import new_id, new_seed
from app.llm import OFFLINE, LLMClient, ProviderDisabled
from app.negotiation.agents.seat import AgentKind
from app.negotiation.errors import MaxSellersExceeded, SessionNotFound
from app.negotiation.journal import Journal, unless_overtaken
from app.negotiation.models import (
    Buyer,
    InventoryItem,
    Room,
    RoomSeller,
    Seller,
    Session,
    ShoppingItem,
)
from app.negotiation.overview import initialized, overview
from app.negotiation.records import put_away
from app.negotiation.repository import Market
from app.negotiation.retention import Retention
from app.negotiation.schemas import (
    MAX_SELLERS,
    DeleteResponse,
    InitializeRequest,
    InitializeResponse,
    SellerIn,
    SessionResponse,
    ShoppingItemIn,
)
from app.negotiation.selection import name_key, select


@frozen
class RoundLimits:
    """The server's own, for sessions that don't bring theirs. `timeout_seconds` in seconds."""

    min_rounds: int
    max_rounds: int
    timeout_seconds: float


class Marketplace:
    def __init__(
        self,
        database: Database,
        journal: Journal,
        client: LLMClient,
        retention: Retention,
        clock: Clock,
        *,
        limits: RoundLimits,
    ) -> None:
        self._database = database
        self._journal = journal
        self._client = client
        self._retention = retention
        self._clock = clock
        self._limits = limits

    async def initialize(self, tenant_id: str, request: InitializeRequest) -> InitializeResponse:
        """Raises `MaxSellersExceeded`, and `ProviderDisabled` when a seat needs a model of a
        provider that isn't configured."""
        if len(request.sellers) > MAX_SELLERS:
            raise MaxSellersExceeded(len(request.sellers), MAX_SELLERS)
        session = self._session(tenant_id, request)
        async with self._database.begin(tenant_id) as unit:
            market = Market(unit)
            await market.add(*self._rows(session, request))
            return await initialized(market, session)

    def _session(self, tenant_id: str, request: InitializeRequest) -> Session:
        config, limits = request.llm_config, self._limits
        provider = self._provider(request)
        max_rounds = request.max_rounds or max(limits.max_rounds, request.min_rounds or 1)
        timeout = request.timeout_minutes
        return Session(
            id=new_id(),
            tenant_id=tenant_id,
            created_at=self._clock(),
            llm_provider=provider,
            llm_model=config.model,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            min_rounds=request.min_rounds or min(limits.min_rounds, max_rounds),
            max_rounds=max_rounds,
            timeout_seconds=limits.timeout_seconds if timeout is None else timeout * 60,
            pace_seconds=request.pace_seconds,
            seed=new_seed() if request.seed is None else request.seed,
        )

    def _provider(self, request: InitializeRequest) -> str:
        provider = request.llm_config.provider or self._client.default_provider
        wanted = {request.agents.buyer, request.agents.sellers, *(s.agent for s in request.sellers)}
        if provider != OFFLINE:
            self._client.require(provider)
        elif wanted & {AgentKind.LLM, AgentKind.NARRATED}:
            raise ProviderDisabled(
                f"agents of kind 'llm' or 'narrated' need a model, and '{OFFLINE}' has none. "
                f"Configured: {', '.join((*self._client.configured(), OFFLINE))}"
            )
        return provider

    def _rows(self, session: Session, request: InitializeRequest) -> list[list[Model]]:
        usual = AgentKind.OFFLINE if session.llm_provider == OFFLINE else AgentKind.LLM
        buyer = Buyer(
            id=new_id(),
            session_id=session.id,
            name=request.buyer.name,
            agent=request.agents.buyer or usual,
            voice_id=request.buyer.voice_id,
        )
        items = [
            _shopping_item(buyer.id, position, item)
            for position, item in enumerate(request.buyer.shopping_list)
        ]
        sellers = [
            _seller(session.id, position, seller, seller.agent or request.agents.sellers or usual)
            for position, seller in enumerate(request.sellers)
        ]
        stock = {
            seller.id: _inventory(seller.id, given)
            for seller, given in zip(sellers, request.sellers, strict=True)
        }
        rooms = [Room(id=new_id(), session_id=session.id, shopping_item_id=i.id) for i in items]
        seats = [
            _selected(room, item, seller, stock[seller.id])
            for room, item in zip(rooms, items, strict=True)
            for seller in sellers
        ]
        shelves = [entry for entries in stock.values() for entry in entries]
        return [[session], [buyer], [*items], [*sellers], [*shelves], [*rooms], [*seats]]

    async def get(self, tenant_id: str, session_id: UUID) -> SessionResponse:
        """Raises `SessionNotFound`."""
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            session = await self._find(market, session_id)
            return await overview(market, session)

    async def delete(self, tenant_id: str, session_id: UUID) -> DeleteResponse:
        """Ends what runs, puts the logs away and removes everything else. Raises
        `SessionNotFound`."""
        saved = await unless_overtaken(lambda: self._delete(tenant_id, session_id))
        return DeleteResponse(
            message=f"session deleted; {saved} logs are kept until their retention ends",
            session_id=session_id,
            logs_saved=saved,
            log_path=f"/api/v1/logs/{session_id}/{{room_id}}",
        )

    async def _delete(self, tenant_id: str, session_id: UUID) -> int:
        async with self._database.begin(tenant_id) as unit:
            market = Market(unit)
            await self._find(market, session_id, lock=True)
            return await self._remove(unit, market, session_id)

    async def _remove(self, unit: UnitOfWork, market: Market, session_id: UUID) -> int:
        now = self._clock()
        rooms = await market.lock_rooms(session_id)
        for room in rooms:
            await self._journal.abandon(unit, room.id, now)
        saved = await put_away(market, session_id, expires_at=self._retention.expires_at())
        await market.delete_session(session_id)
        for room in rooms:
            await self._journal.announce_gone(unit, room.id)
        return saved

    @staticmethod
    async def _find(market: Market, session_id: UUID, *, lock: bool = False) -> Session:
        session = await market.get_session(session_id, lock=lock)
        if session is None:
            raise SessionNotFound(session_id)
        return session


def _shopping_item(buyer_id: UUID, position: int, item: ShoppingItemIn) -> ShoppingItem:
    return ShoppingItem(
        id=new_id(),
        buyer_id=buyer_id,
        position=position,
        item_id=item.item_id,
        item_name=item.item_name,
        quantity_needed=item.quantity_needed,
        min_price=item.min_price_per_unit,
        max_price=item.max_price_per_unit,
    )


def _seller(session_id: UUID, position: int, seller: SellerIn, agent: AgentKind) -> Seller:
    return Seller(
        id=new_id(),
        session_id=session_id,
        position=position,
        name=seller.name,
        name_key=name_key(seller.name),
        priority=seller.profile.priority,
        style=seller.profile.speaking_style,
        agent=agent,
        arrives_in_round=seller.arrives_in_round,
        voice_id=seller.voice_id,
    )


def _inventory(seller_id: UUID, seller: SellerIn) -> list[InventoryItem]:
    return [
        InventoryItem(
            id=new_id(),
            seller_id=seller_id,
            item_id=item.item_id,
            item_name=item.item_name,
            cost_price=item.cost_price,
            least_price=item.least_price,
            selling_price=item.selling_price,
            quantity_available=item.quantity_available,
        )
        for item in seller.inventory
    ]


def _selected(
    room: Room, item: ShoppingItem, seller: Seller, inventory: list[InventoryItem]
) -> RoomSeller:
    selected = select(item, inventory)
    return RoomSeller(
        room_id=room.id,
        seller_id=seller.id,
        inventory_item_id=selected.stock.id if selected.stock else None,
        reason=selected.exclusion,
    )
