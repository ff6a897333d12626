"""Agent profiles over HTTP: shown, changed for a tenant or for everyone, and taken back."""

import asyncio
from typing import Any

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

PATH = "/api/v1/profiles"
BLUE = {"X-Tenant-Id": "team-blue"}


async def get(service: Service, name: str, headers: dict[str, str] | None = None) -> Any:
    response = await service.http.get(f"{PATH}/{name}", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


async def put(service: Service, name: str, body: object, **options: Any) -> Any:
    response = await service.http.put(f"{PATH}/{name}", json=body, **options)
    assert response.status_code == 200, response.text
    return response.json()


def ask(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "Hello"}]}


async def test_the_shipped_ones(service: Service) -> None:
    page = (await service.http.get(PATH)).json()

    names = [profile["name"] for profile in page["profiles"]]
    assert {"coding_agent", "database_agent", "analysis_agent", "buyer", "chat"} <= set(names)
    assert names == sorted(names)
    assert (page["total"], page["offset"]) == (len(names), 0)
    assert await get(service, "coding_agent") == {
        "name": "coding_agent",
        "description": "Writes and changes code.",
        "primary": "amazon/nova-2-lite-v1:free",
        "fallbacks": [
            "deepseek/deepseek-coder-6.7b-instruct:free",
            "meta-llama/llama-3.1-8b-instruct:free",
        ],
        "complex": "nousresearch/hermes-3-llama-3.1-405b:free",
        "required": [],
        "free_only": True,
        "order": "listed",
        "weights": {},
        "cache": None,
        "compress": None,
        "source": "shipped",
        "tasks": ["coding"],
    }


async def test_pages(service: Service) -> None:
    whole = (await service.http.get(PATH)).json()["profiles"]
    page = (await service.http.get(PATH, params={"limit": 2, "offset": 1})).json()

    assert page["profiles"] == whole[1:3]
    assert page["total"] == len(whole)


async def test_a_change_and_its_end(service: Service) -> None:
    shipped = await get(service, "chat")
    changed = await put(
        service,
        "chat",
        {
            "primary": "lm_studio:mine",
            "required": ["tools"],
            "order": "balanced",
            "weights": {"lm_studio": 3},
            "cache": True,
        },
    )

    assert changed == await get(service, "chat")
    assert (changed["primary"], changed["source"]) == ("lm_studio:mine", "tenant")
    assert (changed["weights"], changed["cache"]) == ({"lm_studio": 3}, True)
    removal = (await service.http.delete(f"{PATH}/chat")).json()
    assert removal == {"name": "chat", "now": shipped}
    assert await get(service, "chat") == shipped


async def test_a_new_name(service: Service) -> None:
    await put(service, "night-shift", {"primary": "ollama:qwen3"})
    assert (await get(service, "night-shift"))["source"] == "tenant"
    removal = (await service.http.delete(f"{PATH}/night-shift")).json()

    assert removal == {"name": "night-shift", "now": None}
    response = await service.http.get(f"{PATH}/night-shift")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "PROFILE_NOT_FOUND")


async def test_a_tenants_own_is_its_own_and_everyones_is_everyones(service: Service) -> None:
    await put(service, "chat", {"primary": "a:all"}, params={"scope": "everyone"})
    await put(service, "chat", {"primary": "b:blue"}, headers=BLUE)

    assert (await get(service, "chat"))["primary"] == "a:all"
    assert (await get(service, "chat"))["source"] == "everyone"
    assert (await get(service, "chat", BLUE))["primary"] == "b:blue"
    removal = (await service.http.delete(f"{PATH}/chat", headers=BLUE)).json()
    assert removal["now"]["primary"] == "a:all"


async def test_there_is_nothing_to_take_back(service: Service) -> None:
    response = await service.http.delete(f"{PATH}/chat")

    assert (response.status_code, response.json()["error"]["code"]) == (404, "PROFILE_NOT_FOUND")


UNUSABLE: list[tuple[object, str]] = [
    ({"primary": "auto"}, "primary"),
    ({"primary": "profile:chat"}, "primary"),
    ({"primary": "openrouter:"}, "primary"),
    ({"primary": "two words"}, "primary"),
    ({"primary": "x" * 201}, "primary"),
    ({"fallbacks": ["a:b"] * 21}, "fallbacks"),
    ({"fallbacks": [":m"]}, "fallbacks.0"),
    ({"required": ["flying"]}, "required.0"),
    ({"order": "random"}, "order"),
    ({"weights": {"openrouter": 0}}, "weights.openrouter"),
    ({"compress": ["magic"]}, "compress.0"),
    ({"free": True}, "free"),
    ([], "body"),
]


async def test_what_can_not_be_a_profile(service: Service) -> None:
    for body, field in UNUSABLE:
        response = await service.http.put(f"{PATH}/chat", json=body)

        assert response.status_code == 400, body
        assert [each["field"] for each in response.json()["error"]["details"]] == [field], body


async def test_what_can_not_be_a_name(service: Service) -> None:
    for name in ("Chat", "-chat", "a" * 65, "a b", "a%00"):
        response = await service.http.put(f"{PATH}/{name}", json={})

        assert response.status_code in (400, 404), name


async def test_no_more_than_so_many(service: Service) -> None:
    answers = await asyncio.gather(
        *(service.http.put(f"{PATH}/p{number}", json={}) for number in range(200))
    )
    assert {answer.status_code for answer in answers} == {200}
    response = await service.http.put(f"{PATH}/one-more", json={})

    assert (response.status_code, response.json()["error"]["code"]) == (409, "TOO_MANY_PROFILES")
    assert (await service.http.put(f"{PATH}/p1", json={})).status_code == 200


async def test_a_change_counts_for_the_next_call_without_a_restart(run_service: RunService) -> None:
    async with (
        FakeOpenAI() as upstream,
        run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service,
    ):
        asked = []
        for model in ("fake-small", "fake-large"):
            await put(service, "mine", {"primary": f"lm_studio:{model}"})
            response = await service.http.post("/v1/chat/completions", json=ask("profile:mine"))
            assert response.status_code == 200, response.text
            asked.append(upstream.calls[-1]["model"])

    assert asked == ["fake-small", "fake-large"]


async def test_a_change_reaches_another_process(run_service: RunService) -> None:
    async with run_service() as one, run_service() as other:
        await put(one, "mine", {"primary": "ollama:m"})
        async with asyncio.timeout(20):
            while (await other.http.get(f"{PATH}/mine")).status_code == 404:
                await asyncio.sleep(0.02)

        assert (await get(other, "mine"))["primary"] == "ollama:m"


async def test_changes_are_there_after_a_restart(run_service: RunService) -> None:
    async with run_service() as service:
        await put(service, "mine", {"primary": "ollama:m", "compress": []})
        before = await get(service, "mine")
    async with run_service() as service:
        assert await get(service, "mine") == before
