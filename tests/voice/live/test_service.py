"""Speech of text that is still being made, from the fake of ElevenLabs' websocket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from pydantic import SecretStr

from app.errors import AppError
from app.kit.clock import utc_now
from app.llm import CallContext, CallStatus, LedgerEntry, Limits, ModelRequest
from app.llm.call import Call
from app.llm.cost import Amount
from app.llm.errors import BudgetExceeded
from app.voice.accounting import Accounting, Rates
from app.voice.elevenlabs import ElevenLabs, VendorOptions
from app.voice.errors import UnknownVoice, VoiceOff, VoiceOverBudget, VoiceUnavailable
from app.voice.formats import AudioFormat
from app.voice.live import LiveSpeech
from app.voice.utterance import Delivery, Sound
from tests.fakes.elevenlabs_socket import MS_PER_CHARACTER, SpokenTo, silence
from tests.fakes.http_server import Exchange, HttpServer

KEY = "sk-canary-elevenlabs"
VOICE = "JBFqnCBsd6RMkjVDRZzb"
SENTENCES = ["It rains.", "Take a coat!"]
RATES = Rates(Decimal("0.05"), Decimal("0.40"))
CONTEXT = CallContext("default")


@dataclass
class Books:
    """A ledger and a budget."""

    entries: list[LedgerEntry] = field(default_factory=list)
    left: Decimal = Decimal(1)

    def record(self, entry: LedgerEntry) -> None:
        self.entries.append(entry)

    def limits(self, request: ModelRequest) -> Limits:
        assert request.context == CONTEXT
        return Limits(usd=True, tokens=False)

    async def reserve(self, call: Call, most: Amount) -> None:
        if most.usd > self.left:
            raise BudgetExceeded("the budget has less left", resets_at=utc_now())


@pytest.fixture
def spoken_to() -> SpokenTo:
    return SpokenTo(api_key=KEY)


@pytest.fixture
async def url(spoken_to: SpokenTo) -> AsyncIterator[str]:
    async def nothing_here(exchange: Exchange) -> None:
        exchange.answer(404, b"", {})

    async with HttpServer(nothing_here, upgrade=spoken_to.upgrade) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def books() -> Books:
    return Books()


def live(url: str, books: Books, *, key: str | None = KEY, seconds: float = 5.0) -> LiveSpeech:
    secret = None if key is None else SecretStr(key)
    options = VendorOptions(secret, url, first_audio=seconds, idle=seconds)
    accounting = Accounting(books, books, utc_now, RATES)
    return LiveSpeech(ElevenLabs(options, RATES), accounting, model="m", most=1000)


async def those(texts: Sequence[str]) -> AsyncGenerator[str]:
    for text in texts:
        yield text


def speak(speech: LiveSpeech, texts: AsyncIterator[str] | None = None) -> AsyncGenerator[Sound]:
    return speech.speak(texts or those(SENTENCES), VOICE, AudioFormat.PCM, CONTEXT)


async def all_of(sounds: AsyncGenerator[Sound]) -> list[Sound]:
    async with aclosing(sounds):
        return [sound async for sound in sounds]


async def test_every_sentence_is_spoken_with_its_times(
    url: str, spoken_to: SpokenTo, books: Books
) -> None:
    sounds = await all_of(speak(live(url, books)))
    assert b"".join(sound.audio for sound in sounds) == silence("It rains. Take a coat! ")
    assert "".join("".join(sound.characters) for sound in sounds) == "It rains. Take a coat! "
    times: list[object] = [
        time for sound in sounds for time in zip(sound.starts, sound.ends, strict=True)
    ]
    step = MS_PER_CHARACTER / 1000
    assert times == [
        (pytest.approx(step * n), pytest.approx(step * (n + 1))) for n in range(len(times))
    ]
    session = await spoken_to.session()
    assert session.query["model_id"] == "m"
    assert session.query["output_format"] == "pcm_24000"
    assert session.messages == [
        {"text": " "},
        {"text": "It rains. ", "flush": True},
        {"text": "Take a coat! ", "flush": True},
        {"text": ""},
    ]


async def test_it_is_accounted_for(url: str, books: Books) -> None:
    await all_of(speak(live(url, books)))
    [entry] = books.entries
    assert (entry.task, entry.status, entry.usage.characters) == ("speech", CallStatus.OK, 21)
    assert entry.cost == Decimal("0.05") * 21 / 1000
    assert entry.first_token_ms is not None


async def test_settings_of_the_voice_go_first(url: str, spoken_to: SpokenTo, books: Books) -> None:
    speech = live(url, books)
    delivery = Delivery(stability=0.4, speed=1.1)
    await all_of(speech.speak(those(SENTENCES), VOICE, AudioFormat.PCM, CONTEXT, delivery))
    session = await spoken_to.session()
    assert session.messages[0]["voice_settings"] == {"stability": 0.4, "speed": 1.1}


async def test_the_first_sound_comes_before_the_last_text(url: str, books: Books) -> None:
    heard = asyncio.Event()

    async def texts() -> AsyncGenerator[str]:
        yield "It rains."
        await heard.wait()
        yield "Take a coat!"

    async with aclosing(speak(live(url, books), texts())) as sounds:
        first = await anext(sounds)
        heard.set()
        rest = [sound async for sound in sounds]
    assert "".join(first.characters) == "It rains. "
    assert "".join(rest[0].characters) == "Take a coat! "


async def test_whoever_stops_listening_closes_the_socket(
    url: str, spoken_to: SpokenTo, books: Books
) -> None:
    left = asyncio.Event()

    async def texts() -> AsyncGenerator[str]:
        try:
            yield "It rains."
            await asyncio.Event().wait()
        finally:
            left.set()

    async with aclosing(speak(live(url, books), texts())) as sounds:
        await anext(sounds)
    session = await spoken_to.session()
    await spoken_to.until(lambda: session.closed)
    assert left.is_set()
    [entry] = books.entries
    assert (entry.status, entry.usage.characters) == (CallStatus.CANCELLED, len("It rains."))


async def test_it_may_be_cancelled_while_it_waits(
    url: str, spoken_to: SpokenTo, books: Books
) -> None:
    spoken_to.fault = "silent"
    listening = asyncio.create_task(all_of(speak(live(url, books))))
    session = await spoken_to.session()
    await spoken_to.until(lambda: session.ended)
    listening.cancel()
    await spoken_to.until(lambda: session.closed)
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert [entry.status for entry in books.entries] == [CallStatus.CANCELLED]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("refuse", "can't be reached"),
        ("status-401", "refuses the key"),
        ("status-402", "no characters left"),
        ("status-500", "status 500"),
        ("quota", "no characters left"),
        ("garbage", "no sound"),
        ("garbage-frame", "hung up"),
        ("cut", "hung up"),
        ("close", "hung up"),
        ("error", "broke off (internal_error)"),
    ],
)
async def test_what_goes_wrong_has_a_cause(
    url: str, spoken_to: SpokenTo, books: Books, fault: str, cause: str
) -> None:
    spoken_to.fault = fault

    async def texts() -> AsyncGenerator[str]:
        yield "It rains."
        await asyncio.Event().wait()

    with pytest.raises(VoiceUnavailable) as raised:
        await all_of(speak(live(url, books), texts()))
    assert cause in raised.value.message
    assert "rains" not in raised.value.message
    [entry] = books.entries
    assert (entry.status, entry.error) == (CallStatus.ERROR, "VOICE_UNAVAILABLE")
    tries = 2 if fault in {"refuse", "status-500"} else 1
    assert len(spoken_to.sessions) == len(entry.attempts) == tries


@pytest.mark.parametrize("fault", ["hang", "silent", "stuck"])
async def test_silence_is_not_waited_for_for_long(
    url: str, spoken_to: SpokenTo, books: Books, fault: str
) -> None:
    spoken_to.fault = fault
    with pytest.raises(VoiceUnavailable, match=r"said nothing|no websocket within"):
        await all_of(speak(live(url, books, seconds=0.15)))
    assert len(books.entries) == 1


async def test_it_asks_too_often(url: str, spoken_to: SpokenTo, books: Books) -> None:
    spoken_to.fault = "status-429"
    with pytest.raises(VoiceUnavailable) as raised:
        await all_of(speak(live(url, books)))
    assert raised.value.retry_after == 7


async def test_a_voice_that_is_none(url: str, spoken_to: SpokenTo, books: Books) -> None:
    spoken_to.fault = "status-404"
    with pytest.raises(UnknownVoice):
        await all_of(speak(live(url, books)))


async def test_times_may_be_unknown(url: str, spoken_to: SpokenTo, books: Books) -> None:
    spoken_to.fault = "no-alignment"
    sounds = await all_of(speak(live(url, books)))
    assert [sound.characters for sound in sounds] == [(), ()]
    assert b"".join(sound.audio for sound in sounds) == silence("It rains. Take a coat! ")


async def test_what_the_texts_end_with_comes_after_all_that_was_said(
    url: str, books: Books
) -> None:
    async def texts() -> AsyncGenerator[str]:
        yield "It rains."
        raise AppError("no more")

    heard: list[str] = []

    async def listen() -> None:
        async for sound in speak(live(url, books), texts()):
            heard.append("".join(sound.characters))  # noqa: PERF401  # kept up to the error

    with pytest.raises(AppError, match="no more"):
        await listen()
    assert heard == ["It rains. "]


async def test_nobody_is_asked_without_a_key_or_a_budget(
    url: str, spoken_to: SpokenTo, books: Books
) -> None:
    with pytest.raises(VoiceOff):
        await all_of(speak(live(url, books, key=None)))
    books.left = Decimal("0.01")
    with pytest.raises(VoiceOverBudget):
        await all_of(speak(live(url, books)))
    assert not spoken_to.sessions


async def test_a_slow_listener_makes_the_vendor_wait(
    url: str, spoken_to: SpokenTo, books: Books
) -> None:
    spoken_to.sound = lambda _: bytes(1_000_000)
    texts = [f"Sentence {n}." for n in range(30)]
    async with aclosing(speak(live(url, books), those(texts))) as sounds:
        await anext(sounds)
        session = await spoken_to.session()
        await spoken_to.until(lambda: session.ended)
        await asyncio.sleep(0.2)  # in which a client that takes all there is would have taken it
        assert session.behind
        rest = [sound async for sound in sounds]
    assert len(rest) == len(texts) - 1
