"""The fake is driven by the vendor's own SDK, as it comes: what that takes for Sentry will do."""

import asyncio
import subprocess
import sys

from tests.fakes.sentry import FakeSentry

SCRIPT = """
import sys
import sentry_sdk

sentry_sdk.init(sys.argv[1], traces_sample_rate=1.0, auto_enabling_integrations=False)
with sentry_sdk.start_transaction(op="http.server", name="GET /things"):
    with sentry_sdk.start_span(op="gen_ai.chat", name="chat m"):
        pass
try:
    1 / 0
except ZeroDivisionError as error:
    sentry_sdk.capture_exception(error)
"""


async def test_the_sdk_takes_it_for_sentry() -> None:
    async with FakeSentry() as sentry:
        run = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", SCRIPT, sentry.dsn],
            capture_output=True,
            text=True,
            check=False,
            timeout=40,
        )
    assert run.returncode == 0, run.stderr
    (event,) = sentry.events
    assert event["exception"]["values"][0]["type"] == "ZeroDivisionError"
    (transaction,) = sentry.transactions
    assert transaction["transaction"] == "GET /things"
    (spans,) = sentry.of("span")
    assert len(spans["items"]) == 1
