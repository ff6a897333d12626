"""The templates over HTTP."""

from app.chat.templates.library import templates
from app.chat.templates.schemas import TemplatesView, TemplateView
from app.web import Router

router = Router(prefix="/api/chat/templates", tags=["Conversations"])


@router.get("", response_model=TemplatesView)
async def list_templates() -> TemplatesView:
    """The kinds of conversation there are, and what each is for."""
    return TemplatesView(templates=[TemplateView.model_validate(each) for each in templates()])
