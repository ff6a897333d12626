"""Reads the phrase files once, and puts a turn together from their parts."""

import tomllib
from collections.abc import Container, Iterator, Mapping
from importlib.resources import files

from app.negotiation.agents.chance import draw

Part = tuple[str, ...]

_TRIES = 12


def load(name: str) -> dict[tuple[str, str, str], Part]:
    """The phrases of one file, by voice, intent and part."""
    voices = tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return {
        (voice, intent, part): tuple(phrases)
        for voice, intents in voices.items()
        for intent, parts in intents.items()
        for part, phrases in parts.items()
    }


def compose(
    parts: tuple[Part, ...],
    *,
    key: tuple[str | int, ...],
    turn: int,
    said: Container[str],
    values: Mapping[str, str],
) -> str:
    """One phrase of each part, joined. The phrases of a part take turns, from a place that `key`
    draws; what was `said` already is put together anew."""
    text = ""
    for phrases in _combinations(parts, key, turn):
        text = " ".join(phrases).format_map(values)
        if text not in said:
            break
    return text


def units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"


def _combinations(
    parts: tuple[Part, ...], key: tuple[str | int, ...], turn: int
) -> Iterator[list[str]]:
    starts = [int(draw(*key, place) * len(part)) for place, part in enumerate(parts)]
    for step in range(turn, turn + _TRIES):
        yield [
            part[(start + step + place * (step // len(part))) % len(part)]
            for place, (part, start) in enumerate(zip(parts, starts, strict=True))
        ]
