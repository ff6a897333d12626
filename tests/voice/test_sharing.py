"""Speech that several want at the same time: made once, accounted for once each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.db import Database
from app.errors import AppError
from app.kit.clock import utc_now
from app.llm import (
    Amount,
    BudgetExceeded,
    CacheUse,
    Call,
    CallContext,
    CallStatus,
    LedgerEntry,
    Limits,
    ModelRequest,
)
from app.voice.accounting import Accounting, Rates
from app.voice.clips import open_clips
from app.voice.elevenlabs import ElevenLabs, VendorOptions
from app.voice.errors import VoiceOverBudget
from app.voice.speech import Speech, SpeechOptions
from app.voice.utterance import Utterance
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.elevenlabs_sounds import sound

RATES = Rates(Decimal("0.05"), Decimal("0.40"))


class Book:
    """A ledger and budgets: `poor` can pay for nothing, and is told so once `open` is set."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []
        self.asked = asyncio.Event()
        self.open = asyncio.Event()

    def record(self, entry: LedgerEntry) -> None:
        self.entries.append(entry)

    def limits(self, request: ModelRequest) -> Limits | None:
        return Limits(usd=True, tokens=False)

    async def reserve(self, call: Call, most: Amount) -> None:
        if call.request.context.tenant_id == "poor":
            self.asked.set()
            await self.open.wait()
            raise BudgetExceeded("nothing left", resets_at=datetime(2026, 2, 1, tzinfo=UTC))

    def rows(self) -> list[tuple[str, CallStatus, CacheUse, int]]:
        return sorted(
            (e.context.tenant_id, e.status, e.cache, e.usage.characters) for e in self.entries
        )


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def vendor() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs() as fake:
        yield fake


@pytest.fixture
async def speech(
    database: Database, vendor: FakeElevenLabs, book: Book, tmp_path: Path
) -> AsyncIterator[Speech]:
    options = VendorOptions(SecretStr(KEY), vendor.base_url, first_audio=0.2, idle=0.2)
    client = ElevenLabs(options, RATES)
    clips = open_clips(tmp_path, 0, database, utc_now)
    made = Speech(
        client, clips, Accounting(book, book, utc_now, RATES), SpeechOptions("model", 500)
    )
    yield made
    await made.aclose()
    await client.aclose()


async def hear(speech: Speech, said: Utterance, tenant: str = "rich") -> bytes:
    async with speech.speak(said, CallContext(tenant)) as spoken:
        return b"".join([sound.audio async for sound in spoken.sounds])


def utterance(
    speech: Speech, text: str = "Take it, or leave it: two for nine hundred."
) -> Utterance:
    return speech.utterance(text, "JBFqnCBsd6RMkjVDRZzb")[0]


async def test_who_cant_pay_spoils_it_for_nobody_else(
    speech: Speech, vendor: FakeElevenLabs, book: Book
) -> None:
    said = utterance(speech)
    poor = asyncio.create_task(hear(speech, said, "poor"))
    await book.asked.wait()
    rich = asyncio.create_task(hear(speech, said))
    await asyncio.sleep(0)  # so that it waits for the other's
    book.open.set()
    with pytest.raises(VoiceOverBudget):
        await poor
    assert await rich == sound(said.text, "mp3")
    assert book.rows() == [
        ("poor", CallStatus.ERROR, CacheUse.MISS, 0),
        ("rich", CallStatus.OK, CacheUse.MISS, len(said.text)),
    ]


async def test_each_has_one_row_and_one_pays(
    speech: Speech, vendor: FakeElevenLabs, book: Book
) -> None:
    said, vendor.fault = utterance(speech), "paced"
    hearing = [asyncio.create_task(hear(speech, said, name)) for name in "abc"]
    await vendor.asked()
    hearing[2].cancel()
    for _ in range(200):
        vendor.pace.release()
    heard = await asyncio.gather(*hearing[:2])
    assert heard == [sound(said.text, "mp3")] * 2
    assert book.rows() == [
        ("a", CallStatus.OK, CacheUse.MISS, len(said.text)),
        ("b", CallStatus.OK, CacheUse.HIT, 0),
        ("c", CallStatus.CANCELLED, CacheUse.HIT, 0),
    ]
    assert len(vendor.speeches) == 1


@pytest.mark.parametrize("fault", ["stuck", "cut"])
async def test_all_are_told_that_it_broke_off(
    speech: Speech, vendor: FakeElevenLabs, book: Book, fault: str
) -> None:
    said, vendor.fault = utterance(speech), fault
    ended = await asyncio.gather(
        *(hear(speech, said, name) for name in "ab"), return_exceptions=True
    )
    assert [getattr(error, "code", error) for error in ended] == ["VOICE_UNAVAILABLE"] * 2
    assert [row[:3] for row in book.rows()] == [
        ("a", CallStatus.ERROR, CacheUse.MISS),
        ("b", CallStatus.ERROR, CacheUse.HIT),
    ]


async def test_a_vendor_that_fails_again_and_again_is_left_alone(
    speech: Speech, vendor: FakeElevenLabs, book: Book
) -> None:
    vendor.fault = "status-500"
    for number in range(5):
        assert len(vendor.speeches) == 3 * number, "a request counts once, with all of its tries"
        with suppress(AppError):
            await hear(speech, utterance(speech, f"Number {number}"))
    asked = len(vendor.speeches)
    with pytest.raises(
        AppError, match=r"the last time it failed with status 500.*left alone"
    ) as left:
        await hear(speech, utterance(speech))
    assert getattr(left.value, "retry_after", 0) > 0
    assert len(vendor.speeches) == asked


async def test_what_the_vendor_doesnt_tell_is_counted(
    speech: Speech, vendor: FakeElevenLabs, book: Book
) -> None:
    vendor.told_cost = False
    said = utterance(speech)
    await hear(speech, said)
    assert book.entries[0].usage.characters == len(said.text)
    assert book.entries[0].cost == Decimal("0.05") * len(said.text) / 1000
