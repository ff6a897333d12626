"""A conversation as JSON: all of its messages, each of which names its parent."""

from collections.abc import Sequence

from app.chat.conversations.browsing.found import ShownMessage
from app.chat.conversations.models import Conversation
from app.chat.conversations.schemas.answers import ExportedConversation, ShownMessageView

FORMAT = "parley-conversation"
VERSION = 1
END = b"\n]}\n"


def head(conversation: Conversation) -> bytes:
    told = ExportedConversation.model_validate(conversation).model_dump_json()
    beginning = f'{{"format":"{FORMAT}","version":{VERSION},"conversation":{told},"messages":['
    return beginning.encode()


def body(messages: Sequence[ShownMessage], *, first: bool) -> bytes:
    lines = ",\n".join(map(_line, messages))
    return (f"\n{lines}" if first else f",\n{lines}").encode()


def _line(message: ShownMessage) -> str:
    return ShownMessageView.of(message).model_dump_json(exclude={"siblings"})
