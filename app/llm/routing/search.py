"""Gathers the models that names stand for, and why some names stand for none."""

import time

import structlog

from app.kit.frozen import frozen
from app.llm.call import Monotonic
from app.llm.errors import LLMError, ProviderDisabled, RetiredModel, UnknownModel
from app.llm.messages import ModelRef
from app.llm.routing.names import Names
from app.llm.routing.plan import Candidate, Source

log = structlog.get_logger()

_HOUR = 3600.0
_MOST_REMEMBERED = 1000
_LONGEST = 200


@frozen
class Skipped:
    """A name that was left out, and why."""

    name: str
    why: str


class Retirements:
    """Warns of every retired model that is still asked for, once an hour."""

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._told: dict[str, float] = {}

    def tell(self, name: str) -> None:
        now = self._monotonic()
        if now - self._told.get(name, float("-inf")) < _HOUR:
            return
        if len(self._told) >= _MOST_REMEMBERED:
            self._told.clear()
        self._told[name] = now
        log.warning("routing.model_retired", model=name[:_LONGEST])


class Search:
    """For one request. `failure` is the first name's trouble, for when nothing else is found."""

    def __init__(self, names: Names, retirements: Retirements) -> None:
        self._names = names
        self._retirements = retirements
        self._found: dict[ModelRef, Candidate] = {}
        self.skipped: list[Skipped] = []
        self.failure: LLMError | None = None

    @property
    def found(self) -> tuple[Candidate, ...]:
        """In the order they were added, each once."""
        return tuple(self._found.values())

    def add(self, name: str | ModelRef, source: Source, *, must: bool = False) -> None:
        """Raises like `look`."""
        for candidate in self.look(name, source, must=must):
            self._found.setdefault(candidate.ref, candidate)

    def look(
        self, name: str | ModelRef, source: Source, *, must: bool = False
    ) -> tuple[Candidate, ...]:
        """What `name` stands for. Where it must be something, raises `UnknownModel` or
        `ProviderDisabled`; a retired model is never a failure by itself."""
        try:
            return self._find(name, source)
        except RetiredModel as error:
            self._retirements.tell(str(name))
            return self._skip(name, error, "retired")
        except UnknownModel as error:
            if must:
                raise
            return self._skip(name, error, "unknown")
        except ProviderDisabled as error:
            if must:
                raise
            return self._skip(name, error, "its provider isn't configured")

    def _find(self, name: str | ModelRef, source: Source) -> tuple[Candidate, ...]:
        if isinstance(name, ModelRef):
            return (self._names.of(name, source),)
        return self._names.find(name, source)

    def _skip(self, name: str | ModelRef, error: LLMError, why: str) -> tuple[Candidate, ...]:
        self.skipped.append(Skipped(str(name)[:_LONGEST], why))
        self.failure = self.failure or error
        return ()
