"""Feedback on answers over HTTP."""

from app.accounts import TenantId
from app.chat.dependencies import InChat, MessageID
from app.chat.errors import MessageNotFound
from app.chat.feedback.errors import FeedbackNotFound
from app.chat.feedback.schemas import FeedbackDeleted, FeedbackIn, FeedbackView
from app.web import Router, problems

router = Router(prefix="/api/chat/messages/{message_id}/feedback", tags=["Feedback"])


@router.post("", response_model=FeedbackView, responses=problems(MessageNotFound))
async def give_feedback(
    chat: InChat, tenant_id: TenantId, message_id: MessageID, body: FeedbackIn
) -> FeedbackView:
    """Say what you think of an answer: a thumb, a rating, words. Once more, and the new takes the
    place of the old as a whole."""
    given = await chat.feedback.put(tenant_id, message_id, body.opinion())
    return FeedbackView.model_validate(given)


@router.get("", response_model=FeedbackView, responses=problems(FeedbackNotFound))
async def get_feedback(chat: InChat, tenant_id: TenantId, message_id: MessageID) -> FeedbackView:
    """What was last said of an answer."""
    return FeedbackView.model_validate(await chat.feedback.get(tenant_id, message_id))


@router.delete("", response_model=FeedbackDeleted, responses=problems(FeedbackNotFound))
async def take_feedback_back(
    chat: InChat, tenant_id: TenantId, message_id: MessageID
) -> FeedbackDeleted:
    """Take back what was said of an answer; it counts no more."""
    await chat.feedback.delete(tenant_id, message_id)
    return FeedbackDeleted(message_id=message_id)
