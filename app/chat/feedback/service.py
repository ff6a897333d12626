"""Takes, shows and takes back what people thought of answers."""

from uuid import UUID

from app.chat.errors import MessageNotFound
from app.chat.feedback.errors import FeedbackNotFound, NotAnAnswer
from app.chat.feedback.models import Feedback
from app.chat.feedback.opinion import Opinion
from app.chat.feedback.repository import Feedbacks
from app.db import Database
from app.kit.clock import Clock


class FeedbackBook:
    """One opinion for a message: a later one takes the place of what was said before."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, tenant_id: str, message_id: UUID, opinion: Opinion) -> Feedback:
        """Raises `MessageNotFound`, and `NotAnAnswer` where the message isn't an assistant's."""
        async with self._database.begin(tenant_id) as unit:
            feedbacks = Feedbacks(unit)
            role = await feedbacks.role_of(message_id)
            if role is None:
                raise MessageNotFound(message_id)
            if role != "assistant":
                raise NotAnAnswer(message_id, role)
            return await feedbacks.put(message_id, opinion, self._clock())

    async def get(self, tenant_id: str, message_id: UUID) -> Feedback:
        """Raises `FeedbackNotFound`, about another tenant's too."""
        async with self._database.read(tenant_id) as unit:
            found = await Feedbacks(unit).get(message_id)
        if found is None:
            raise FeedbackNotFound(message_id)
        return found

    async def delete(self, tenant_id: str, message_id: UUID) -> None:
        """Raises `FeedbackNotFound`, about another tenant's too."""
        async with self._database.begin(tenant_id) as unit:
            if not await Feedbacks(unit).delete(message_id):
                raise FeedbackNotFound(message_id)
