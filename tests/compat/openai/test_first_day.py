"""The door of a new installation, whose catalogue nobody has filled yet."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.lm_studio import FakeLMStudio
from tests.fixtures.service import RunService, Service

ALONE = {"RUN_WORKER": "false"}
"""So that nothing is found out but what the door itself asks for."""


async def ask(service: Service, model: str, **more: Any) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello"}], **more}
    return await service.http.post("/v1/chat/completions", json=body)


@pytest.mark.parametrize("name", ["auto", "qwen/qwen3-4b"])
@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_local_server_has_in_memory_answers(
    run_service: RunService, name: str, *, stream: bool
) -> None:
    async with (
        FakeLMStudio(loaded=("qwen/qwen3-4b",)) as studio,
        run_service(LM_STUDIO_BASE_URL=studio.base_url, **ALONE) as service,
    ):
        answers = await asyncio.gather(*(ask(service, name, stream=stream) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5, answers[0].text
    assert {answer.headers["x-parley-model"] for answer in answers} == {"lm_studio:qwen/qwen3-4b"}
    assert studio.looks == 1, "they share what is found"


async def test_a_name_that_nobody_has_is_looked_for_once(run_service: RunService) -> None:
    async with (
        FakeLMStudio(loaded=("qwen/qwen3-4b",)) as studio,
        run_service(LM_STUDIO_BASE_URL=studio.base_url, **ALONE) as service,
    ):
        answers = [await ask(service, "gpt-5-mini-of-ours") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert studio.looks == 1
