"""Messages that can be read aloud, wherever they were said."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import CallContext
from app.voice.errors import SpokenMessageNotFound


@frozen
class SpokenMessage:
    """`text` as it was written; `voice_id` is its speaker's; `context` says in the ledger whom the
    speech is for."""

    text: str
    voice_id: str
    context: CallContext


class SpokenMessages(Protocol):
    async def find(self, tenant_id: str, message_id: UUID) -> SpokenMessage | None:
        """None when this tenant has no such message here."""
        ...


class Everywhere:
    """Several places as one."""

    def __init__(self, places: Sequence[SpokenMessages]) -> None:
        self._places = tuple(places)

    async def get(self, tenant_id: str, message_id: UUID) -> SpokenMessage:
        """Raises `SpokenMessageNotFound`."""
        for place in self._places:
            if found := await place.find(tenant_id, message_id):
                return found
        raise SpokenMessageNotFound(message_id)
