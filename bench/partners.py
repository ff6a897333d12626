"""Negotiations and conversations while every partner is in trouble, against none being there."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from bench.figure import Figure
from bench.market import Row, open_rooms, play, watch
from bench.measures import LATENCY
from bench.partner import FAULTS
from bench.processes import chat_upstream, client, data_folder, faulty_partner, served, vendor
from bench.talk import Talk, talk

REFUSED = "http://127.0.0.1:1"
ROOMS, SELLERS, ROUNDS = 20, 3, 5
TALKS = 40
_SETTLED = 6.0
"""Seconds after the first rooms, in which partners' own libraries are loaded."""
_MOST = 1.2
"""Of the figure without partners: two runs without any differ by as much on a busy machine."""
_PICTURE = 1000 / 60
"""Milliseconds, in which a screen draws one picture: nobody sees less."""
_TRIES = 3
"""The least of so many counts: whatever else the machine does adds time, and never takes any."""


@dataclass(frozen=True, slots=True)
class Path:
    """`turn_ms` is what a seller's turn took, the vendor's latency included, `token_ms` a token's
    delay, both the 99th percentile; `errors` counts all that went wrong."""

    turn_ms: float
    token_ms: float
    errors: int

    @property
    def most(self) -> "Path":
        """What is as good as this."""
        token_ms = max(_MOST * self.token_ms, self.token_ms + _PICTURE)
        return Path(_MOST * self.turn_ms, token_ms, self.errors)

    def within(self, most: "Path") -> bool:
        return self.turn_ms <= most.turn_ms and self.token_ms <= most.token_ms


async def partners() -> list[Figure]:
    alone = await _path({})
    for _ in range(_TRIES - 1):
        alone = _best(alone, await _path({}))
    figures = [
        Figure("p99 of a turn with no partner", f"{alone.turn_ms:.0f} ms"),
        Figure("… of a token's delay", f"{alone.token_ms:.0f} ms"),
        Figure("… errors", str(alone.errors), "0", alone.errors == 0),
    ]
    for fault in ("refuse", *FAULTS):
        with _in_trouble(fault) as settings:
            figures += _told(fault, await _endured(settings, alone.most), alone)
    return figures


async def _endured(settings: Mapping[str, str], most: Path) -> Path:
    path = await _path(settings)
    for _ in range(_TRIES - 1):
        if path.within(most):
            break
        path = _best(path, await _path(settings))
    return path


def _told(fault: str, path: Path, alone: Path) -> Iterator[Figure]:
    most = alone.most
    turn = f"{path.turn_ms:.0f} ms; {path.turn_ms / alone.turn_ms:.2f} ×"
    turn_target = f"≤ {_MOST} × ({most.turn_ms:.0f} ms)"
    yield Figure(
        f"partners that {_DO[fault]}: a turn", turn, turn_target, path.turn_ms <= most.turn_ms
    )
    token_target = f"≤ {_MOST} ×, or a picture of a screen more ({most.token_ms:.0f} ms)"
    yield Figure(
        "… a token", f"{path.token_ms:.0f} ms", token_target, path.token_ms <= most.token_ms
    )
    yield Figure("… errors", str(path.errors), "0", path.errors == 0)


_DO = {
    "refuse": "refuse connections",
    "hang": "never answer",
    "broken": "answer 500",
    "garbage": "answer garbage",
}


@contextmanager
def _in_trouble(fault: str) -> Iterator[dict[str, str]]:
    """The settings that switch every partner on, at addresses where this goes wrong."""
    with ExitStack() as stack:
        address = REFUSED if fault == "refuse" else stack.enter_context(faulty_partner(fault))
        yield switched_on(address)


def switched_on(address: str) -> dict[str, str]:
    host = urlsplit(address).netloc
    return {
        "GEMINI_API_KEY": "bench",
        "GEMINI_BASE_URL": f"http://{host}",
        "ELEVENLABS_API_KEY": "bench",
        "ELEVENLABS_BASE_URL": f"http://{host}",
        "GALILEO_API_KEY": "bench",
        "GALILEO_API_URL": f"http://{host}",
        "GALILEO_SCORERS": "correctness",
        "SENTRY_DSN": f"http://bench@{host}/1",
        "SENTRY_TRACES_SAMPLE_RATE": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{host}",
    }


def _best(one: Path, other: Path) -> Path:
    """Whatever else the machine does adds time and never takes any away."""
    return Path(
        min(one.turn_ms, other.turn_ms),
        min(one.token_ms, other.token_ms),
        max(one.errors, other.errors),
    )


async def _path(settings: Mapping[str, str]) -> Path:
    with vendor(LATENCY) as models, chat_upstream() as talking, data_folder() as folder:
        everything = {
            "LM_STUDIO_BASE_URL": models,
            "LLM_PROVIDER": "lm_studio",
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": talking,
            **settings,
        }
        with served(folder, **everything) as process:
            async with client(process.url) as http:
                shape = {"sellers": SELLERS, "rounds": ROUNDS, "provider": "lm_studio"}
                await play(http, await open_rooms(http, 3, **shape))
                await asyncio.sleep(_SETTLED)
                (turn_ms, unfinished), (token_ms, broken) = await asyncio.gather(
                    _negotiate(http, shape), _converse(process.url)
                )
    return Path(turn_ms, token_ms, unfinished + broken)


async def _negotiate(http: httpx.AsyncClient, shape: Mapping[str, object]) -> tuple[float, int]:
    rooms = await open_rooms(http, ROOMS, **shape)
    await play(http, rooms)
    delays: list[float] = []
    errors = 0
    for room in rooms:
        events = [event for _, event in await watch(http, room)]
        delays += _turns(events)
        errors += sum(event["type"] in ("error", "notice") for event in events)
    return _p99(delays), errors


def _turns(events: list[Row]) -> Iterator[float]:
    """Milliseconds from a buyer's message to each answer."""
    asked = 0.0
    for event in events:
        if event["type"] == "buyer_message":
            asked = _moment(event)
        elif event["type"] == "seller_response":
            yield 1000 * (_moment(event) - asked)


async def _converse(url: str) -> tuple[float, int]:
    async def one(number: int) -> Talk:
        await asyncio.sleep(number / TALKS)
        said = await talk(url, f"Question {number}: what does a thousand cost?")
        await said.done
        return said

    talks = await asyncio.gather(*map(one, range(TALKS)))
    delays = [delay / 1000 for each in talks for delay in each.delays]
    return _p99(delays), sum(not each.done.result() for each in talks)


def _moment(event: Row) -> float:
    return datetime.fromisoformat(event["timestamp"]).timestamp()


def _p99(values: list[float]) -> float:
    return sorted(values)[len(values) * 99 // 100]
