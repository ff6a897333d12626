from app.chat.templates import names
from tests.fixtures.service import Service


async def test_the_templates_are_listed(service: Service) -> None:
    answer = await service.http.get("/api/chat/templates")

    listed = answer.json()["templates"]
    assert answer.status_code == 200
    assert [each["name"] for each in listed] == list(names())
    assert all(each["version"] >= 1 and each["purpose"] for each in listed)
