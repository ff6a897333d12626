"""Whether a model that a conversation is given can be asked, before anybody says something."""

from app.chat.errors import ModelUnusable
from app.llm import (
    AUTO,
    PROFILE_PREFIX,
    CallContext,
    LLMClient,
    LLMError,
    Message,
    ModelRequest,
    ProviderDisabled,
    Role,
    Task,
    UnknownModel,
    Wishes,
)


def check_model(client: LLMClient, tenant_id: str, name: str) -> None:
    """Raises `ModelUnusable`, as a turn does. A profile that has no model at the moment may have
    one by then."""
    request = ModelRequest(
        task=Task.CHAT,
        messages=(Message(Role.USER, ""),),
        context=CallContext(tenant_id),
        wishes=Wishes(models=(name,)),
    )
    try:
        client.plan(request)
    except UnknownModel as error:
        raise ModelUnusable(error) from error
    except ProviderDisabled as error:
        if name != AUTO and not name.startswith(PROFILE_PREFIX):
            raise ModelUnusable(error) from error
    except LLMError:
        return  # the name is known, and what stands in its way may pass
