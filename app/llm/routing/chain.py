"""Which models are tried, in which order."""

from collections.abc import Mapping
from dataclasses import field

from app.kit.frozen import frozen
from app.llm.messages import ModelRef, ModelRequest, Task

_OF_ONE_MODEL = frozenset((Task.BENCHMARK, Task.PROBE))


@frozen
class Chains:
    """Ordered fallbacks: a task's own chain, where it has one, takes the place of the default.

    Benchmarks and probes want to know about the very model they name, so the default isn't theirs.
    """

    default: tuple[ModelRef, ...] = ()
    by_task: Mapping[Task, tuple[ModelRef, ...]] = field(default_factory=dict)

    def fallbacks(self, request: ModelRequest) -> tuple[ModelRef, ...]:
        """What is tried after the model that was asked for, or from the start if none was."""
        default = () if request.task in _OF_ONE_MODEL else self.default
        chain = self.by_task.get(request.task) or default
        return tuple(ref for ref in dict.fromkeys(chain) if ref != request.model)


def parse_chain(text: str) -> tuple[ModelRef, ...]:
    """Reads `openrouter:openai/gpt-5-mini, ollama:llama3.2:3b`.

    Raises `ValueError` naming the first part that isn't `provider:model`.
    """
    return tuple(ModelRef.parse(part) for part in text.split(",") if part.strip())
