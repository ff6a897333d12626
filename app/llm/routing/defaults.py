"""Which models are taken where nobody named any: no names in settings, profile or request."""

from collections.abc import Iterator
from decimal import Decimal

from app.llm.catalogue.capabilities import Capability, capabilities, chats
from app.llm.catalogue.catalogue import Catalogue
from app.llm.catalogue.facts import ModelFacts
from app.llm.cost import usual_price
from app.llm.messages import ModelRequest
from app.llm.providers.connected import OFFLINE
from app.llm.routing.names import ASSISTANT, Directory
from app.llm.routing.plan import Candidate, Source

_MOST = 3


def default_models(
    request: ModelRequest, providers: Directory, catalogue: Catalogue, *, free_only: bool
) -> Iterator[Candidate]:
    """At most three of the default provider's, of any provider where only free ones will do.

    What a local server has loaded comes first, then what is free, then what is cheap; of those
    alike the best in our benchmark, then the one with the longest context. Nothing is taken
    without a price that is known. With nothing configured it is the built-in model.
    """
    if providers.default == OFFLINE:
        yield Candidate(ASSISTANT, source=Source.DEFAULT)
        return
    among = providers.names if free_only else (providers.default,)
    rows = [
        Candidate(row.ref, row, Source.DEFAULT)
        for row in catalogue
        if row.ref.provider in among and not row.retired and _answers(row, request)
    ]
    known = [each for each in rows if usual_price(each) is not None]
    yield from sorted(known, key=_key)[:_MOST]


def _answers(row: ModelFacts, request: ModelRequest) -> bool:
    if request.inputs:
        return Capability.EMBEDDINGS in capabilities(row)
    return chats(row) or row.output_modalities == {"text"}


def _key(candidate: Candidate) -> tuple[bool, Decimal, float, int, str]:
    facts = candidate.facts or ModelFacts(candidate.ref)
    return (
        not facts.loaded,
        usual_price(candidate) or Decimal(0),
        -(facts.quality or 0.0),
        -(facts.context_length or 0),
        candidate.ref.model,
    )
