"""Whatever comes in whatever order: each reader gets exactly the rest, in order, once, and nothing
that isn't stored. The table is a list here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from app.chat.events import Broke, ChatEvent, Finished, NoticeCode, Noticed, Said, Started, Thought
from app.chat.generations.feed import Numbered
from app.chat.generations.log import Entry, GenerationLog, Opened
from app.kit.clock import utc_now
from app.kit.ids import new_id


class Nobody:
    """Writes when the test says so."""

    def wants(self, log: GenerationLog, *, hurry: bool = False) -> None:
        pass


@dataclass
class Reader:
    place: int
    got: list[Numbered] = field(default_factory=list)


class World:
    def __init__(self) -> None:
        started = Started(new_id(), new_id(), new_id(), None)
        self.log = GenerationLog(Opened("default", started, utc_now()), Nobody(), utc_now)
        self.table: list[Entry] = [Entry(1, started, utc_now())]
        self.added: list[ChatEvent] = []
        self.readers: list[Reader] = []

    def add(self, event: ChatEvent) -> None:
        self.log.add(event)
        self.added.append(event)

    def write(self, *, heard: bool) -> None:
        """Where it isn't heard of, the same is written again, and taken for once."""
        entries = self.log.take()
        self.table += [entry for entry in entries if entry.seq > len(self.table)]
        if entries and heard:
            self.log.stored()

    def fail(self) -> None:
        """A write that came to nothing."""
        self.log.take()

    def read(self, reader: Reader) -> None:
        news = self.log.feed.after(reader.place)
        if news is None:
            news = [Numbered(e.seq, e.event) for e in self.table[reader.place :]]
        assert all(numbered.seq <= len(self.table) for numbered in news), "shown, but not stored"
        reader.got += news
        reader.place = news[-1].seq if news else reader.place


_texts = st.text(max_size=5)
_events = st.one_of(
    st.builds(Said, _texts),
    st.builds(Thought, _texts),
    st.builds(Noticed, st.just(NoticeCode.WAITED), _texts),
)
Step = Callable[[World], None]
_steps: st.SearchStrategy[Step] = st.one_of(
    _events.map(lambda event: lambda world: world.add(event)),
    st.integers(1, 300).map(lambda n: lambda world: _burst(world, n)),
    st.booleans().map(lambda heard: lambda world: world.write(heard=heard)),
    st.just(lambda world: world.fail()),
    st.floats(0, 1).map(
        lambda part: lambda world: world.readers.append(Reader(int(part * len(world.table))))
    ),
    st.just(lambda world: [world.read(reader) for reader in world.readers]),
)


def _burst(world: World, count: int) -> None:
    """So many events, of which each is stored for itself: more than is held in memory."""
    for number in range(count):
        world.add(Said(f"{number} "))
        world.write(heard=True)


@given(st.lists(_steps, max_size=40), st.booleans())
def test_each_reader_gets_exactly_the_rest(steps: list[Step], whole: bool) -> None:
    async def live() -> None:
        world = World()
        for step in steps:
            step(world)
        last = Finished(new_id(), "stop") if whole else Broke("LOST", "gone", retryable=True)
        ending = asyncio.ensure_future(world.log.end(last))
        await asyncio.sleep(0)
        while not world.log.feed.over:
            world.write(heard=True)
        await ending
        world.log.add(Said("too late"))
        world.readers.append(Reader(0))
        starts = [reader.place - len(reader.got) for reader in world.readers]
        for start, reader in zip(starts, world.readers, strict=True):
            world.read(reader)
            assert reader.got == [Numbered(e.seq, e.event) for e in world.table[start:]]
        assert [entry.seq for entry in world.table] == list(range(1, len(world.table) + 1))
        assert world.table[-1].event == last
        _nothing_is_missing(world)

    asyncio.run(live())


def _nothing_is_missing(world: World) -> None:
    stored = [entry.event for entry in world.table]
    for kind in (Said, Thought):
        said = "".join(e.content for e in world.added if isinstance(e, kind))
        clean = said.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        assert "".join(e.content for e in stored if isinstance(e, kind)) == clean
    notices = [e for e in stored if isinstance(e, Noticed)]
    assert len(notices) == sum(isinstance(e, Noticed) for e in world.added)
