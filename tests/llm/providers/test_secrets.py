"""The key goes upstream and nowhere else."""

import asyncio
import logging
import traceback

import pytest
from pydantic import SecretStr

from app.llm import ChainExhausted, Connection, LLMClient, LLMError, Timeouts
from tests.fakes.openai_faults import behaviour
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import KEY, Connect, RecordingLedger, ask

BRISK = Timeouts(first_token=0.1, idle=0.1, total=0.3)


async def test_it_is_sent(client: LLMClient, upstream: FakeOpenAI) -> None:
    await client.complete(ask())

    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_it_is_blotted_out_of_what_upstream_says(client: LLMClient) -> None:
    with pytest.raises(ChainExhausted, match=r"provided: Bearer \*\*\*; check LM_STUDIO_API_KEY"):
        await client.complete(ask("echo-key"))


@pytest.mark.parametrize("model", sorted(behaviour.names))
async def test_no_failure_tells_it(
    connect: Connect, ledger: RecordingLedger, caplog: pytest.LogCaptureFixture, model: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = connect(timeouts=BRISK)
    told = [repr(client)]
    try:
        async with asyncio.timeout(30):
            await client.complete(ask(model))
    except LLMError as error:
        told.append("".join(traceback.format_exception(error)))

    assert KEY not in "".join([*told, caplog.text, repr(ledger.entries)])


def test_not_in_a_connections_repr() -> None:
    assert KEY not in repr(Connection(api_key=SecretStr(KEY)))
