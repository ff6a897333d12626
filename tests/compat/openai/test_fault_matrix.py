"""Everything a vendor can do, streamed and not, alone and with another model to turn to: what the
caller sees, what the ledger says, and how often each vendor was asked.

All calls are made first, several at a time; each test then looks at one of them.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
import pytest_asyncio

from tests.compat.openai.conftest import PATIENCE, SPARE, TEXT
from tests.compat.openai.heard import Heard, ask
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 16
SLOW = 15 * PATIENCE
"""Seconds: the time-outs that a call may run into, and much room for a busy machine."""


@dataclass(frozen=True)
class Fault:
    """`status` and `code` are the caller's, `ledger` is the ledger's, when there is no other model.

    `tries` is how often the vendor is asked before it is given up. `mid` tells that a stream has
    begun by then: nothing can take over any more. `counted` that a stream says how many tokens
    it had though it was of no use: they are billed.
    """

    name: str
    status: int
    code: str
    ledger: str
    tries: int = 1
    mid: bool = False
    provider: str = "openai"
    retry_after: int | None = None
    counted: bool = False


@dataclass(frozen=True)
class Cell:
    fault: Fault
    stream: bool
    fallback: bool

    @property
    def name(self) -> str:
        ways = ("stream" if self.stream else "whole", "spare" if self.fallback else "alone")
        return "-".join((self.fault.name, *ways))

    @property
    def models(self) -> list[str]:
        first = f"{self.fault.provider}:{self.fault.name}@{self.name}"
        return [first, f"spare:ok@{self.name}"] if self.fallback else [first]

    @property
    def broken(self) -> bool:
        """Whether the answer breaks off in mid-stream."""
        return self.fault.mid and self.stream


@dataclass
class Outcome:
    heard: Heard
    seconds: float
    rows: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    spare_asked: int = 0


AWAY = (503, "provider_unavailable", "LLM_PROVIDER_UNAVAILABLE")
LIMITED = (429, "rate_limit_exceeded", "LLM_PROVIDER_UNAVAILABLE")
BAD = (502, "bad_gateway", "LLM_BAD_GATEWAY")
LATE = (504, "timeout", "LLM_TIMEOUT")

FAULTS = [
    Fault("refused", *AWAY, tries=0, provider="gone"),
    Fault("unresolvable", *AWAY, tries=0, provider="nowhere"),
    Fault("refuse", *AWAY, tries=3),
    *(Fault(f"status-{status}", *AWAY, tries=3) for status in (500, 502, 503, 529)),
    Fault("status-429", *LIMITED, tries=3),
    Fault("status-429-after-7", *LIMITED, retry_after=7),
    Fault("status-429-date", *LIMITED, retry_after=7),
    Fault("status-400", 400, "invalid_request", "LLM_BAD_GATEWAY"),
    Fault("status-401", 401, "invalid_api_key", "LLM_BAD_GATEWAY"),
    Fault("status-402", 402, "insufficient_quota", "LLM_BAD_GATEWAY"),
    Fault("status-403", 403, "permission_denied", "LLM_BAD_GATEWAY"),
    Fault("status-404", 404, "model_not_found", "LLM_BAD_GATEWAY"),
    Fault("silence", *LATE),
    Fault("silence-after-headers", *LATE),
    Fault("silence-after-role", *LATE),
    Fault("comments-for-ever", *LATE),
    Fault("empty", *BAD, tries=3),
    Fault("empty-stream", *BAD, tries=3),
    Fault("empty-answer", *BAD, tries=3, counted=True),
    Fault("garbage", *BAD, tries=3),
    Fault("garbage-chunk", *BAD, tries=3),
    Fault("html", *BAD, tries=3),
    Fault("no-content-type", *BAD, tries=3),
    Fault("error-first", *AWAY, tries=3),
    Fault("broken-gzip", *BAD, tries=3),
    Fault("huge-chunk", *BAD, tries=3),
    Fault("error-chunk", *AWAY, tries=3, mid=True),
    Fault("finish-error", *BAD, tries=3, mid=True),
    Fault("cut", *BAD, tries=3, mid=True),
    Fault("cut-cleanly", *BAD, tries=3, mid=True),
    Fault("garbage-in-mid-answer", *BAD, tries=3, mid=True),
    Fault("silence-in-mid-answer", *LATE, mid=True),
    Fault("comments-in-mid-answer", *LATE, mid=True),
]
FINE = [
    Fault(name, 200, "", "")
    for name in (
        "ok",
        "comments",
        "comments-then-tokens",
        "one-byte",
        "split-characters",
        "crlf",
        "gzipped",
        "no-finish-reason",
        "cut-after-finish",
        "json-only",
    )
]

WAYS = list(product((True, False), (True, False)))
CELLS = [Cell(fault, *way) for fault in FAULTS for way in WAYS]
FINE_CELLS = [Cell(fault, stream, fallback=True) for fault in FINE for stream in (True, False)]

every_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
alone = pytest.mark.parametrize(
    "cell", [c for c in CELLS if not c.fallback or c.broken], ids=lambda cell: cell.name
)
taken_over = pytest.mark.parametrize(
    "cell", [c for c in CELLS if c.fallback and not c.broken], ids=lambda cell: cell.name
)
fine = pytest.mark.parametrize("cell", FINE_CELLS, ids=lambda cell: cell.name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes(
    door: Service, vendor: FakeOpenAI, spare: FakeOpenAI
) -> AsyncIterator[dict[str, Outcome]]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def call(cell: Cell) -> Outcome:
        async with gate:
            begun = asyncio.get_running_loop().time()
            heard = await ask(
                door.http,
                {"model": cell.models[0], "models": cell.models, "stream": cell.stream},
                {"x-tenant-id": cell.name},
            )
            return Outcome(heard, asyncio.get_running_loop().time() - begun)

    cells = [*CELLS, *FINE_CELLS]
    made = await asyncio.gather(*map(call, cells))
    found = {cell.name: outcome for cell, outcome in zip(cells, made, strict=True)}
    await _written(door, len(cells))
    for cell in cells:
        outcome = found[cell.name]
        outcome.rows = await _rows(door, cell)
        outcome.asked = _asked(vendor, cell)
        outcome.spare_asked = _asked(spare, cell)
    yield found


async def _written(door: Service, count: int) -> None:
    while (await door.http.get("/api/v1/llm/ledger")).json()["written"] < count:
        await asyncio.sleep(0.05)


async def _rows(door: Service, cell: Cell) -> list[dict[str, Any]]:
    page = await door.http.get("/api/v1/llm/calls", headers={"x-tenant-id": cell.name})
    return [
        (
            await door.http.get(
                f"/api/v1/llm/calls/{row['id']}", headers={"x-tenant-id": cell.name}
            )
        ).json()
        for row in page.json()["calls"]
    ]


def _asked(vendor: FakeOpenAI, cell: Cell) -> int:
    return sum(str(body["model"]).endswith(f"@{cell.name}") for body in vendor.calls)


@alone
async def test_the_caller_is_told(outcomes: dict[str, Outcome], cell: Cell) -> None:
    heard = outcomes[cell.name].heard

    assert heard.error is not None
    assert heard.error["code"] == cell.fault.code
    assert set(heard.error) == {"message", "type", "code", "param"}
    assert not heard.done
    if cell.broken:
        assert heard.status == 200
        assert 0 < len(heard.text) < len(TEXT)
        assert TEXT.startswith(heard.text)
    else:
        assert heard.status == cell.fault.status
        assert heard.text == ""
        assert cell.models[0] in heard.error["message"]


@alone
async def test_it_is_told_when_to_come_back(outcomes: dict[str, Outcome], cell: Cell) -> None:
    heard = outcomes[cell.name].heard
    told = heard.headers.get("retry-after")

    if cell.fault.retry_after is None:
        assert told is None
    else:
        assert cell.fault.retry_after - 2 <= int(told) <= cell.fault.retry_after


@taken_over
async def test_another_model_takes_over_unseen(outcomes: dict[str, Outcome], cell: Cell) -> None:
    heard = outcomes[cell.name].heard

    assert (heard.status, heard.error) == (200, None)
    assert heard.text == SPARE
    assert heard.done
    assert heard.headers["x-parley-model"] == cell.models[1]


@every_cell
async def test_the_ledger_has_one_row_that_tells_all(
    outcomes: dict[str, Outcome], cell: Cell
) -> None:
    [row] = outcomes[cell.name].rows
    failed = [attempt for attempt in row["attempts"] if attempt["error"]]

    assert {attempt["error"] for attempt in failed} == {cell.fault.ledger}
    assert {f"{a['provider']}:{a['model']}" for a in failed} == {cell.models[0]}
    if cell.fallback and not cell.broken:
        assert (row["status"], row["error"]) == ("ok", None)
        assert f"{row['provider']}:{row['model']}" == cell.models[1]
        assert row["attempts"][-1]["error"] is None
        assert len(row["attempts"]) == len(failed) + 1
    else:
        assert (row["status"], row["error"]) == ("error", cell.fault.ledger)
        assert len(row["attempts"]) == len(failed)
    assert int(outcomes[cell.name].heard.headers.get("x-parley-attempts", 0)) in (
        0,
        sum(not attempt["passed_over"] for attempt in row["attempts"]),
    )


@alone
async def test_what_was_heard_before_it_broke_off_is_counted(
    outcomes: dict[str, Outcome], cell: Cell
) -> None:
    [row] = outcomes[cell.name].rows

    heard = cell.broken or cell.fault.mid
    assert (row["completion_tokens"] > 0) == (heard or (cell.fault.counted and cell.stream))
    assert (row["model"] is not None) == heard


@every_cell
async def test_each_vendor_was_asked_as_often_as_it_should(
    outcomes: dict[str, Outcome], cell: Cell
) -> None:
    outcome = outcomes[cell.name]

    assert outcome.asked == (1 if cell.broken else cell.fault.tries)
    assert outcome.spare_asked == (1 if cell.fallback and not cell.broken else 0)


@every_cell
async def test_it_ended_within_the_time_outs(outcomes: dict[str, Outcome], cell: Cell) -> None:
    assert outcomes[cell.name].seconds < SLOW


@fine
async def test_oddities_reach_the_caller_as_an_answer(
    outcomes: dict[str, Outcome], cell: Cell
) -> None:
    heard = outcomes[cell.name].heard
    [row] = outcomes[cell.name].rows

    assert (heard.status, heard.error) == (200, None)
    assert heard.text == TEXT
    assert heard.done
    assert (row["status"], len(row["attempts"])) == ("ok", 1)
    assert outcomes[cell.name].spare_asked == 0
