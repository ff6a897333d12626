"""Conversations over HTTP."""

from typing import Any

from tests.fixtures.service import Service

PATH = "/api/conversations"
FIELDS = {
    "id", "external_id", "title", "titled_by", "template", "model", "remember", "head_id",
    "created_at", "updated_at", "generation_id",
}  # fmt: skip


async def made(service: Service, **fields: Any) -> dict[str, Any]:
    answer = await service.http.post(PATH, json=fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_conversation_is_made_changed_and_deleted(service: Service) -> None:
    first = await made(service)
    assert set(first) == FIELDS | {"system_text", "messages"}
    assert (first["title"], first["titled_by"], first["template"]) == (None, None, "casual")
    assert (first["remember"], first["messages"], first["generation_id"]) == (True, 0, None)

    path = f"{PATH}/{first['id']}"
    changes = {"title": " A  week\nin Rome ", "template": "concise", "system_text": "Be brief."}
    changed = (await service.http.patch(path, json={**changes, "remember": False})).json()
    assert (changed["title"], changed["titled_by"]) == ("A week in Rome", "owner")
    assert (changed["template"], changed["remember"]) == ("concise", False)
    assert changed["system_text"] == "Be brief."
    assert changed["updated_at"] > first["updated_at"]
    assert (await service.http.get(path)).json() == changed

    gone = await service.http.delete(path)
    assert gone.json() == {"id": first["id"], "deleted": True}
    for method in ("GET", "PATCH", "DELETE"):
        answer = await service.http.request(method, path, json={})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "CONVERSATION_NOT_FOUND"
