"""Looking back on runs without a judge: figures, comparisons, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest

from tests.functional.client import Json, Market, answer, fields_of, refused
from tests.functional.marketplaces import held, item, marketplace

PATH = "/api/v1/analysis"


async def get(market: Market, path: str, **query: Any) -> Json:
    return answer(await market.http.get(f"{PATH}/{path}", params=query))


async def played(market: Market, room_id: str) -> str:
    started = await market.start(room_id)
    await market.events(room_id)
    run_id: str = started["run_id"]
    return run_id


async def test_the_figures_speak_for_themselves(market: Market) -> None:
    made = await market.initialize(marketplace())
    run_id = await played(market, made["negotiation_rooms"][0]["room_id"])

    found = await get(market, f"runs/{run_id}")

    assert (found["status"], found["source"], found["judgement"]) == ("figures", "figures", None)
    assert (found["model"], found["cost_usd"], found["error"]) == (None, None, None)
    deal = found["figures"]["deal"]
    assert deal["total"] == deal["price"] * deal["quantity"]
    assert deal["seller_name"] in found["ai_summary"]["narrative"]
    assert {sentence["figure"] for sentence in found["sentences"]} >= {"deal", "zones"}
    assert found["scores"] == {
        "overall": None,
        "hallucination": None,
        "coherence": None,
        "waiting": 0,
        "items": [],
    }
    refused(await market.http.post(f"{PATH}/runs/{run_id}/rerun"), 409, "NOBODY_JUDGES")


async def test_two_runs_side_by_side(market: Market) -> None:
    made = await market.initialize(marketplace())
    room_id = made["negotiation_rooms"][0]["room_id"]
    a, b = await played(market, room_id), await played(market, room_id)

    found = await get(market, "compare", run=[a, b])

    assert (found["a"]["run_id"], found["b"]["run_id"], found["same_limits"]) == (a, b, True)
    assert (found["a"]["number"], found["b"]["number"]) == (1, 2)
    assert found["a"]["strategies"][0]["side"] == "buyer"
    for line in found["figures"]:
        if line["difference"] is not None:
            assert line["difference"] == pytest.approx(line["b"] - line["a"])
    swapped = await get(market, "compare", run=[b, a])
    assert [line["a"] for line in swapped["figures"]] == [line["b"] for line in found["figures"]]


async def test_a_sessions_runs_page_by_page(market: Market) -> None:
    made = await market.initialize(marketplace([item(), item("Moon")]))
    session_id, room_id = made["session_id"], made["negotiation_rooms"][0]["room_id"]
    before = await get(market, f"sessions/{session_id}")
    runs = [await played(market, room_id) for _ in range(3)]

    whole = await get(market, f"sessions/{session_id}")
    pages = [await get(market, f"sessions/{session_id}", limit=2, offset=at) for at in (0, 2)]

    assert (before["runs"], before["total"], before["overall"]) == ([], 0, None)
    assert [line["run_id"] for line in whole["runs"]] == runs
    assert [line for page in pages for line in page["runs"]] == whole["runs"]
    assert {page["total"] for page in pages} == {3}
    assert whole["totals"]["runs"] == 1
    assert whole["totals"]["spent"] == (whole["runs"][-1]["total"] or 0)
    assert (whole["overall"]["source"], whole["judged"]) == ("figures", None)


async def test_what_isnt_there_or_isnt_over_is_refused(market: Market) -> None:
    made = await market.initialize(held())
    room_id = made["negotiation_rooms"][0]["room_id"]
    open_run = (await market.start(room_id))["run_id"]
    nobody = str(uuid4())

    for path in (f"runs/{nobody}", f"compare?run={nobody}&run={open_run}"):
        refused(await market.http.get(f"{PATH}/{path}"), 404, "RUN_NOT_FOUND")
    refused(await market.http.get(f"{PATH}/sessions/{nobody}"), 404, "SESSION_NOT_FOUND")
    refused(await market.http.get(f"{PATH}/runs/{open_run}"), 409, "RUN_NOT_FINISHED")
    refused(await market.http.post(f"{PATH}/runs/{open_run}/rerun"), 409, "RUN_NOT_FINISHED")
    refused(await market.http.post(f"{PATH}/runs/{nobody}/rerun"), 404, "RUN_NOT_FOUND")
    await market.decide(room_id, decision_type="no_deal")


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_exactly_two_runs_are_compared(market: Market, count: int) -> None:
    query = "&".join(f"run={uuid4()}" for _ in range(count))

    error = refused(await market.http.get(f"{PATH}/compare?{query}"), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {"run"}


async def test_a_run_isnt_compared_with_itself(market: Market) -> None:
    run = uuid4()
    response = await market.http.get(f"{PATH}/compare?run={run}&run={run}")
    assert "two different runs" in refused(response, 400, "VALIDATION_ERROR")["message"]


async def test_a_run_too_many_is_told_as_it_was_sent(market: Market) -> None:
    one, other = uuid4(), uuid4()
    response = await market.http.get(f"{PATH}/compare?run={one}&run={other}&run={one}")
    message = refused(response, 400, "VALIDATION_ERROR")["message"]
    assert message.endswith("there are 3, one of them again")
