"""Who speaks with which voice. The table, `casting.json`, has voices that ElevenLabs offers to
every account: strong ones for the rude, warm ones for the sweet."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from app.kit.frozen import frozen
from app.kit.json import loads

_TABLE = Path(__file__).with_name("casting.json")


@frozen
class Character:
    """Somebody who sells. `voice_id` is the voice chosen for it, None to have one cast; a `style`
    or `priority` that the table doesn't know gets any voice."""

    id: UUID
    style: str
    priority: str
    voice_id: str | None = None


class Casting:
    def __init__(self, table: Mapping[str, Any] | None = None) -> None:
        table = loads(_TABLE.read_bytes()) if table is None else table
        self.buyer: str = table["buyer"]
        self.narrator: str = table["narrator"]
        self._sellers: dict[tuple[str, str], tuple[str, ...]] = {
            (style, priority): tuple(voices)
            for style, priorities in table["sellers"].items()
            for priority, voices in priorities.items()
        }

    def cast(
        self, characters: Sequence[Character], *, taken: Sequence[str] = ()
    ) -> dict[UUID, str]:
        """A voice for each: the chosen one, else one of those for its style and priority, picked by
        its id. As long as there are enough, no two have the same, nor one that is `taken`; who
        comes first has the choice. The same characters in the same order always get the same."""
        cast = {each.id: each.voice_id for each in characters if each.voice_id is not None}
        used = {*cast.values(), *taken}
        for each in characters:
            if each.id not in cast:
                voices = list(self._preferred(each))
                free = (voice for voice in voices if voice not in used)
                cast[each.id] = next(free, voices[0])
                used.add(cast[each.id])
        return cast

    def uses(self) -> dict[str, list[str]]:
        """What each voice of the table is for."""
        uses: dict[str, list[str]] = {self.buyer: ["buyer"]}
        uses.setdefault(self.narrator, []).append("narrator")
        for (style, priority), voices in self._sellers.items():
            for voice in voices:
                uses.setdefault(voice, []).append(f"seller: {style}, {priority}")
        return uses

    def _preferred(self, character: Character) -> Iterator[str]:
        """Its own kind's voices first, then those of the others."""
        own = (character.style, character.priority)
        pick = int.from_bytes(sha256(character.id.bytes).digest()[:8])
        others = [v for kind, voices in self._sellers.items() if kind != own for v in voices]
        for voices in (self._sellers.get(own, ()), others):
            for index in range(len(voices)):
                yield voices[(pick + index) % len(voices)]
