"""The API description for people."""

from tests.fixtures.service import Service


async def test_it_needs_nothing_from_elsewhere(service: Service) -> None:
    page = await service.http.get("/docs")

    assert page.status_code == 200
    assert "https://" not in page.text
    for file in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/{file}" in page.text
        assert (await service.http.get(f"/docs/{file}")).status_code == 200


async def test_its_files_say_whose_they_are(service: Service) -> None:
    assert "5.35.0" in (await service.http.get("/docs/VERSION")).text
    assert "Apache License" in (await service.http.get("/docs/LICENSE")).text


async def test_what_isn_t_there_is_a_404(service: Service) -> None:
    answer = await service.http.get("/docs/../../main.py")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"
