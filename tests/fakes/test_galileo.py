"""The fake is driven by the vendor's own SDK, as it comes: what that takes for Galileo will do."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.fakes.galileo import FakeGalileo

SCRIPT = """
from galileo import GalileoLogger
from galileo.log_streams import enable_metrics
from galileo.search import get_traces

logger = GalileoLogger(project="p", log_stream="s")
logger.start_session(name="n", external_id="run-1")
logger.start_trace(input="Hello", name="turn")
logger.add_llm_span(input="Hello", output="Hi", model="m", num_input_tokens=3)
logger.conclude(output="Hi")
logger.flush()
enable_metrics(project_name="p", log_stream_name="s", metrics=["correctness", "Output Tone"])
found = get_traces(project_id=logger.project_id, log_stream_id=logger.log_stream_id)
[record] = found.records
print(record.metric_info["factuality"]["value"])
"""


async def test_the_sdk_takes_it_for_galileo(tmp_path: Path) -> None:
    async with FakeGalileo() as galileo:
        galileo.metrics = lambda trace: {"factuality": {"status_type": "success", "value": 0.75}}
        environment = {
            **os.environ,
            "GALILEO_API_KEY": galileo.key,
            "GALILEO_API_URL": galileo.url,
            "GALILEO_CONSOLE_URL": galileo.url,
            "GALILEO_HOME_DIR": str(tmp_path),
        }
        run = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", SCRIPT],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=40,
        )
    assert run.stdout == "0.75\n", run.stderr
    (trace,) = galileo.traces.values()
    assert trace["session_id"] == galileo.sessions["run-1"]
    assert trace["spans"][0]["metrics"]["num_input_tokens"] == 3
    assert [row["name"] for row in galileo.settings[0]["scorers"]] == ["correctness", "output_tone"]
