"""The door over plain HTTP: what it takes, what it refuses, and where an answer stands."""

from typing import Any

import httpx
import pytest

from app.chat import EXTERNAL_ID_LENGTH, MESSAGE_BYTES
from app.kit.ids import new_id
from tests.compat.ai_sdk.conftest import SAID
from tests.compat.ai_sdk.heard import Chunk, chunks_of, said, types
from tests.compat.ai_sdk.upstream import HeldUpstream
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOOR = "/api/ai-sdk/chat"
IMAGE = {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="}


def by_user(text: str, **more: Any) -> dict[str, Any]:
    parts = [{"type": "text", "text": text}]
    return {"id": str(new_id()), "role": "user", "parts": parts, **more}


def by_assistant(answer: list[Chunk], **more: Any) -> dict[str, Any]:
    """As the client keeps it."""
    metadata = answer[0]["messageMetadata"]
    return {"id": answer[0]["messageId"], "role": "assistant", "parts": [], **more} | {
        "metadata": metadata
    }


async def post(service: Service, chat: str, *messages: Any, **more: Any) -> httpx.Response:
    body = {"id": chat, "messages": messages, "trigger": "submit-message", **more}
    headers = {"X-Tenant-Id": more.pop("tenant", "default")}
    return await service.http.post(DOOR, json=body, headers=headers)


async def heard(service: Service, chat: str, *messages: Any, **more: Any) -> list[Chunk]:
    answer = await post(service, chat, *messages, **more)
    assert answer.status_code == 200, answer.text
    return chunks_of(answer.content.removeprefix(b"retry: 1000\n"))


async def refused(
    service: Service, *messages: Any, status: int = 400, chat: str = "c", **more: Any
) -> str:
    answer = await post(service, chat, *messages, **more)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return answer.text


def name() -> str:
    return f"chat-{new_id()}"


def asked(vendor: HeldUpstream) -> list[str]:
    """What was said in the last call for an answer, without the system text. Others, such as for a
    title, come whenever their job does."""
    said = [
        [m["content"] for m in call["messages"] if m["role"] != "system"] for call in vendor.calls
    ]
    return [each for each in said if not each[0].startswith("<exchange>")][-1]


class TestTheStream:
    async def test_its_head_and_its_events(self, service: Service, vendor: HeldUpstream) -> None:
        answer = await post(service, name(), by_user("Where is Graz?"))
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
        assert "no-cache" in answer.headers["cache-control"]
        assert answer.headers["x-accel-buffering"] == "no"
        chunks = chunks_of(answer.content.removeprefix(b"retry: 1000\n"))
        told = chunks[0]["messageMetadata"]
        assert told["generationId"] == answer.headers["x-parley-generation"]
        assert said(chunks) == SAID
        assert list(dict.fromkeys(types(chunks))) == [
            "start", "start-step", "text-start", "text-delta",
            "message-metadata", "text-end", "finish-step", "finish",
        ]  # fmt: skip

    async def test_where_another_model_answers_the_end_tells_which(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chunks = await heard(service, name(), by_user("Hello?"), model="openai:status-503")
        [notice] = [c for c in chunks if c["type"] == "data-notice"]
        assert notice["data"]["code"] == "FALLBACK"
        models = [c["messageMetadata"].get("model") for c in chunks if "messageMetadata" in c]
        assert [model for model in models if model] == ["openai:status-503", "openai:fake-small"]

    async def test_thoughts_are_told_apart(self, service: Service, vendor: HeldUpstream) -> None:
        chunks = await heard(service, name(), by_user("Hello?"), model="openai:thinking")
        assert (said(chunks, "reasoning"), said(chunks)) == ("Hm, yes", SAID)


class TestAnAnswerThatIsNamed:
    async def test_it_is_shown_when_it_has_ended_too(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        first = await heard(service, chat := name(), by_user("Where is Graz?"))
        await heard(service, chat, by_user("And Linz?"))
        named = {"generation": first[0]["messageMetadata"]["generationId"]}
        again = await service.http.get(f"{DOOR}/{chat}/stream", params=named)
        chunks = chunks_of(again.content.removeprefix(b"retry: 1000\n"))
        assert (chunks[0], said(chunks)) == (first[0], SAID)
        assert again.headers["x-parley-generation"] == named["generation"]

    async def test_only_in_its_own_chat(self, service: Service, vendor: HeldUpstream) -> None:
        first = await heard(service, name(), by_user("Where is Graz?"))
        await heard(service, other := name(), by_user("Where is Linz?"))
        named = {"generation": first[0]["messageMetadata"]["generationId"]}
        for chat in (name(), other):
            answer = await service.http.get(f"{DOOR}/{chat}/stream", params=named)
            assert (answer.status_code, answer.text[:27]) == (
                404,
                "there is no generation " + named["generation"][:4],
            )
            assert answer.headers["x-parley-error"] == "GENERATION_NOT_FOUND"


class TestWhichChat:
    async def test_a_conversations_own_id_will_do(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        first = await heard(service, name(), by_user("Where is Graz?"))
        conversation_id = first[0]["messageMetadata"]["conversationId"]
        await heard(service, conversation_id, by_user("And Linz?"))
        assert asked(vendor) == ["Where is Graz?", SAID, "And Linz?"]

    async def test_another_tenants_chat_is_another_chat(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat = name()
        first = await heard(service, chat, by_user("Where is Graz?"))
        for there in (chat, first[0]["messageMetadata"]["conversationId"]):
            answer = await service.http.get(f"{DOOR}/{there}/stream", headers={"X-Tenant-Id": "b"})
            assert answer.status_code == 204
        await heard(service, chat, by_user("And Linz?"), tenant="blue")
        assert asked(vendor) == ["And Linz?"]

    async def test_where_nothing_was_said_there_is_nothing_to_resume(
        self, service: Service
    ) -> None:
        answer = await service.http.get(f"{DOOR}/{name()}/stream")
        assert (answer.status_code, answer.content) == (204, b"")


class TestWhereItStands:
    async def test_the_history_of_the_page_is_not_taken_for_ours(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat, made_up = name(), {"id": "x", "role": "assistant", "parts": [{"type": "text"}]}
        await heard(service, chat, by_user("Never said."), made_up, by_user("Where is Graz?"))
        assert asked(vendor) == ["Where is Graz?"]

    async def test_a_page_with_an_older_history_goes_on_from_there(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat, first = name(), by_user("Where is Graz?")
        answer = by_assistant(await heard(service, chat, first))
        await heard(service, chat, first, answer, by_user("And Linz?"))
        await heard(service, chat, first, answer, by_user("And Wels?"))
        assert asked(vendor) == ["Where is Graz?", SAID, "And Wels?"]

    async def test_a_page_that_sends_one_message_goes_on_with_what_is_shown(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat = name()
        await heard(service, chat, by_user("Where is Graz?"))
        await heard(service, chat, by_user("And Linz?"))
        assert asked(vendor) == ["Where is Graz?", SAID, "And Linz?"]

    async def test_what_is_sent_twice_is_said_once(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat, question = name(), by_user("Where is Graz?")
        await heard(service, chat, question)
        again = await heard(service, chat, question)
        conversation_id = again[0]["messageMetadata"]["conversationId"]
        assert asked(vendor) == ["Where is Graz?"]
        listed = await service.http.get(f"/api/conversations/{conversation_id}/messages")
        assert [m["role"] for m in listed.json()["messages"]] == ["user", "assistant"]

    async def test_an_answer_is_made_again_by_its_id(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat, first = name(), by_user("Where is Graz?")
        answer = by_assistant(await heard(service, chat, first))
        await heard(service, chat, first, answer, by_user("And Linz?"))
        await heard(service, chat, first, trigger="regenerate-message", messageId=answer["id"])
        assert asked(vendor) == ["Where is Graz?"]


class TestRefusals:
    async def test_a_chat_that_answers_already(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        chat = name()
        vendor.hold()
        async with service.http.stream(
            "POST", DOOR, json={"id": chat, "messages": [by_user("Hello?")]}
        ) as running:
            generation_id = running.headers["x-parley-generation"]
            answer = await post(service, chat, by_user("And?"))
            assert answer.status_code == 409
            assert answer.headers["x-parley-error"] == "GENERATION_ACTIVE"
            assert f"/api/chat/{generation_id}/stop" in answer.text
            await service.http.post(f"/api/chat/{generation_id}/stop")

    @pytest.mark.parametrize(
        ("part", "told"),
        [
            (IMAGE, "messages.0.parts.0.type should be text"),
            ({"type": "data-thing", "data": 1}, "messages.0.parts.0.type should be text"),
            ({"type": "text"}, "messages.0.parts.0.text is required"),
            ({"type": "text", "text": " \n"}, "messages.0.parts needs words"),
            ({"type": "text", "text": "ä" * MESSAGE_BYTES}, f"at most {MESSAGE_BYTES} are taken"),
        ],
    )
    async def test_parts_that_cannot_be_said(
        self, service: Service, part: dict[str, Any], told: str
    ) -> None:
        assert told in await refused(service, by_user("", parts=[part]))

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ({"chat": ""}, "id "),
            ({"chat": "x" * (EXTERNAL_ID_LENGTH + 1)}, "id "),
            ({"trigger": "resume"}, "trigger "),
            ({"temperature": 9}, "temperature "),
            ({"template": "rude"}, "template"),
            ({"model": "nowhere:small"}, "model "),
            ({"tools": [{"name": "a b", "inputSchema": {}}]}, "tools.0.name "),
            ({"tools": [{"name": "weather"}]}, "tools.0.inputSchema is required"),
        ],
    )
    async def test_other_fields(self, service: Service, more: dict[str, Any], told: str) -> None:
        assert told in await refused(service, by_user("Hello?"), **more)

    async def test_a_message_id_that_is_too_long(self, service: Service) -> None:
        told = await refused(service, by_user("Hello?", id="x" * 201))
        assert told == "messages.0.id has 201 characters; at most 200 are kept"

    async def test_nothing_to_answer(self, service: Service, vendor: HeldUpstream) -> None:
        assert "messages " in await refused(service)
        assert "messages.0.role " in await refused(service, by_user("Be kind", role="system"))
        answer = by_assistant(await heard(service, chat := name(), by_user("Hello?")))
        assert "waits for an output" in await refused(service, answer, chat=chat)
        stranger = answer | {"id": "x", "metadata": None}
        assert "id of an answer of this conversation" in await refused(service, stranger, chat=chat)

    async def test_a_tool_without_an_output(self, service: Service, vendor: HeldUpstream) -> None:
        vendor.reply = lambda _body: {"city": "Graz"}
        tools = [{"name": "weather", "inputSchema": {"type": "object"}}]
        chunks = await heard(service, chat := name(), by_user("Hello?"), tools=tools)
        waiting = by_assistant(chunks)
        told = await refused(service, waiting, chat=chat, tools=tools)
        assert "messages.0.parts needs an output of the tool call call_1" in told

    async def test_a_history_with_pictures_in_it_fits(
        self, service: Service, vendor: HeldUpstream
    ) -> None:
        shown = by_user("", parts=[IMAGE | {"url": "data:image/png;base64," + "A" * 2_000_000}])
        await heard(service, name(), shown, by_user("What was that?"))
        assert asked(vendor) == ["What was that?"]
