"""Memories as their owner sees and changes them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.service import Service

BLUE = {"X-Tenant-Id": "team-blue"}


async def add(service: Service, text: str, **fields: Any) -> dict[str, Any]:
    answer = await service.http.post("/api/memories", json={"text": text, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(service: Service, **wanted: Any) -> list[str]:
    page = (await service.http.get("/api/memories", params=wanted)).json()
    return [memory["text"] for memory in page["memories"]]


async def history(service: Service, memory_id: str) -> list[dict[str, Any]]:
    answer = await service.http.get(f"/api/memories/{memory_id}/history")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["memories"]
    return found


def fault(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_keeps_what_its_owner_writes(service: Service) -> None:
    made = await add(service, "  Lives in\nLisbon ", subject="My Home  City", kind="fact")

    assert made["text"] == "Lives in Lisbon"
    assert made["subject"] == "home city"
    assert made["confidence"] == 1
    assert made["source_message_id"] is None
    assert (await service.http.get(f"/api/memories/{made['id']}")).json() == made


async def test_a_newer_one_on_the_same_subject_replaces_it(service: Service) -> None:
    old = await add(service, "Lives in Lisbon", subject="home city")
    new = await add(service, "Lives in Porto", subject="the home city")

    assert await listed(service) == ["Lives in Porto"]
    versions = await history(service, old["id"])
    assert versions == await history(service, new["id"])
    assert [version["text"] for version in versions] == ["Lives in Porto", "Lives in Lisbon"]
    assert versions[1]["replaced_by"] == new["id"]
    assert versions[1]["replaced_at"] == new["created_at"]


async def test_a_change_keeps_the_id_and_what_was(service: Service) -> None:
    first = await add(service, "Lives in Lisbon", subject="home city")
    second = await add(service, "Lives in Porto", subject="home city")
    changed = await service.http.patch(f"/api/memories/{second['id']}", json={"text": "In Faro"})

    assert changed.json()["id"] == second["id"]
    assert await listed(service) == ["In Faro"]
    versions = await history(service, second["id"])
    assert [version["text"] for version in versions] == [
        "In Faro",
        "Lives in Porto",
        "Lives in Lisbon",
    ]
    assert versions[2]["id"] == first["id"]
    assert [version["replaced_by"] for version in versions[1:]] == [
        version["id"] for version in versions[:-1]
    ]


async def test_a_change_of_subject_takes_the_place_of_another(service: Service) -> None:
    home = await add(service, "Lives in Lisbon", subject="home city")
    other = await add(service, "Lives in Porto", subject="place")
    url = f"/api/memories/{other['id']}"
    await service.http.patch(url, json={"subject": "home city"})

    assert await listed(service) == ["Lives in Porto"]
    refused = await service.http.patch(f"/api/memories/{home['id']}", json={"text": "Elsewhere"})
    assert fault(refused) == (409, "MEMORY_REPLACED")
    assert {version["id"] for version in await history(service, home["id"])} >= {
        home["id"],
        other["id"],
    }


async def test_what_changes_nothing_leaves_no_history(service: Service) -> None:
    made = await add(service, "Lives in Lisbon", subject="home city")
    await service.http.patch(f"/api/memories/{made['id']}", json={"text": "Lives in Lisbon"})
    await add(service, "Lives in Lisbon.", subject="home city")

    assert len(await history(service, made["id"])) == 1


async def test_deleting_deletes_the_history_too(service: Service) -> None:
    old = await add(service, "Lives in Lisbon", subject="home city")
    new = await add(service, "Lives in Porto", subject="home city")
    other = await add(service, "Has a dog", subject="pet")
    await service.http.patch(f"/api/memories/{new['id']}", json={"text": "In Faro"})

    gone = await service.http.delete(f"/api/memories/{new['id']}")

    assert gone.json() == {"id": new["id"], "deleted": True}
    assert await listed(service) == ["Has a dog"]
    for memory_id in (old["id"], new["id"]):
        missing = await service.http.get(f"/api/memories/{memory_id}")
        assert fault(missing) == (404, "MEMORY_NOT_FOUND")
    assert len(await history(service, other["id"])) == 1


async def test_lists_by_words_by_kind_and_by_page(service: Service) -> None:
    await add(service, "Has a budget of 500 EUR", subject="budget")
    await add(service, "Prefers tea", subject="tea", kind="preference")
    await add(service, "Met 100% of them", subject="them")

    assert await listed(service, q="budgets") == ["Has a budget of 500 EUR"]
    assert await listed(service, q="0%") == ["Met 100% of them"]
    assert await listed(service, q="nothing of it") == []
    assert await listed(service, kind="preference") == ["Prefers tea"]
    assert await listed(service, conversation_id=str(uuid4())) == []
    assert await listed(service, limit=1, offset=1) == ["Prefers tea"]
    assert (await service.http.get("/api/memories?limit=1")).json()["total"] == 3


async def test_is_nobody_elses_business(service: Service) -> None:
    made = await add(service, "Lives in Lisbon", subject="home city")
    url = f"/api/memories/{made['id']}"

    assert (await service.http.get("/api/memories", headers=BLUE)).json()["total"] == 0
    for answer in (
        await service.http.get(url, headers=BLUE),
        await service.http.get(f"{url}/history", headers=BLUE),
        await service.http.patch(url, json={"text": "Elsewhere"}, headers=BLUE),
        await service.http.delete(url, headers=BLUE),
    ):
        assert fault(answer) == (404, "MEMORY_NOT_FOUND")
    assert await listed(service) == ["Lives in Lisbon"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": " "}, "text"),
        ({"text": "\u200b"}, "text"),
        ({"text": "\u3164 \ufe0f"}, "text"),
        ({"text": "x", "subject": "\u200b\u00ad"}, "subject"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "x", "subject": "s" * 101}, "subject"),
        ({"text": "x", "kind": "rumour"}, "kind"),
        ({"text": "x", "sujbect": "y"}, "sujbect"),
        ({"text": "The password is hunter2"}, "text"),
        ({"text": "Pays with 4111 1111 1111 1111"}, "text"),
        ({"text": "x", "subject": "AKIAIOSFODNN7EXAMPLE"}, "subject"),
    ],
)
async def test_refuses_what_it_cannot_keep(
    service: Service, body: dict[str, Any], field: str
) -> None:
    refused = await service.http.post("/api/memories", json=body)

    assert fault(refused) == (400, "VALIDATION_ERROR")
    assert [issue["field"] for issue in refused.json()["error"]["details"]] == [field]
    assert await listed(service) == []


async def test_marks_are_about_themselves(service: Service) -> None:
    for text in ("!!!", "...", "?"):
        assert (await add(service, text))["text"] == text

    assert sorted(await listed(service)) == ["!!!", "...", "?"]


async def test_a_change_has_to_change_something(service: Service) -> None:
    made = await add(service, "Lives in Lisbon")

    for body in ({}, {"text": None}, {"text": "my pin is 1234"}, {"text": "\u200b"}):
        refused = await service.http.patch(f"/api/memories/{made['id']}", json=body)
        assert fault(refused) == (400, "VALIDATION_ERROR")


async def test_many_at_once_leave_one_current_memory(service: Service) -> None:
    await asyncio.gather(
        *(add(service, f"Lives in place {n}", subject="home city") for n in range(12))
    )

    assert len(await listed(service)) == 1
    made = (await service.http.get("/api/memories")).json()["memories"][0]
    versions = await history(service, made["id"])
    assert len(versions) == 12
    assert len({version["text"] for version in versions}) == 12


async def test_a_long_history_is_cut_at_its_end(service: Service) -> None:
    made = await add(service, "Is 0 years old", subject="age")
    for age in range(1, 103):
        await service.http.patch(f"/api/memories/{made['id']}", json={"text": f"Is {age}"})

    page = (await service.http.get(f"/api/memories/{made['id']}/history?limit=500")).json()
    assert page["total"] == 100
    assert page["memories"][0]["text"] == "Is 102"
    assert page["memories"][-1]["text"] == "Is 3"
