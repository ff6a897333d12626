"""What the endpoints of the OpenAI wire need; kept in the lifespan's state as `openai`."""

from collections.abc import Callable, Iterable

from app.accounts import Tenants
from app.compat.openai.chat import ChatCompletions
from app.compat.openai.embeddings import Embeddings
from app.compat.openai.listing import Listing
from app.llm import LiveCatalogue, LLMClient
from app.web import EventStreams


class OpenAIDoor:
    """`silence` is how many seconds a stream may be silent before it sends a comment; `profiles`
    gives the names of those there are."""

    def __init__(
        self,
        client: LLMClient,
        tenants: Tenants,
        streams: EventStreams,
        catalogue: LiveCatalogue,
        *,
        silence: float,
        profiles: Callable[[], Iterable[str]],
    ) -> None:
        self.chat = ChatCompletions(client, tenants, streams, silence=silence)
        self.embeddings = Embeddings(client, tenants)
        self.listing = Listing(client, catalogue, profiles)
