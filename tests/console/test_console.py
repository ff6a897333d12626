"""The console in a real browser, against the real service."""

from decimal import Decimal

import httpx
import pytest

from tests.console.markets import Client, market, seller, stock, wanted
from tests.console.page import Page

pytestmark = pytest.mark.browser


def states(page: Page) -> list[str]:
    return [row.text for row in page.all(".rooms .state")]


def ended(page: Page) -> list[str] | None:
    shown = states(page)
    return shown if shown and all("deal" in s.lower() for s in shown) else None


def shows(page: Page, said: list[str]) -> None:
    page.until(lambda: page.bubbles() == said, "the room to show all that was said")


def test_a_whole_negotiation_from_a_sample_to_its_summary(page: Page, client: Client) -> None:
    page.open()
    page.choose("pace_seconds", "0")
    page.press_button("Open the market")

    outcomes = page.until(lambda: ended(page), "every room's outcome")
    assert len(outcomes) == 3
    assert page.heading() == "14-inch laptop"
    assert page.wait_for_end()

    page.click(page.named("a", "Summary"))
    page.until(lambda: page.heading() == "Summary", "the summary")
    session = page.driver.current_url.split("/s/")[1].split("/")[0]
    summary = client.get(f"/simulation/{session}/summary")
    bought = [row.text.split()[0] for row in page.all(".summary tbody tr")]
    assert len(bought) == summary["completed_purchases"]
    spent = Decimal(page.text(".figures dd").strip("$").replace(",", ""))
    assert spent == Decimal(str(summary["total_cost_summary"]["total_spent"]))
    assert len(page.all(".summaries details")) == len(bought)
    log = httpx.get(page.find(".links a").get_property("href"))  # type: ignore[arg-type]
    assert log.json()["metadata"]["session_id"] == session


def test_what_the_room_shows_is_what_was_said(page: Page, client: Client) -> None:
    made = client.create(market(), start=True)
    page.open(made.address())
    page.wait_for_end()
    shows(page, client.said(made.rooms[0]))

    offered = client.state(made.rooms[0])["current_offers"].values()
    assert len(page.all(".board tbody tr")) == len(offered) == 2
    assert page.text(".badge.sold") == "Deal"
    assert page.text(".verdict-sum")
    assert page.module("voice/availability.js", "await m.voices()") is None
    assert page.all(".speak") == []
    page.until(lambda: page.all(".analysis .sentences li"), "its figures in sentences")
    assert page.text(".analysis .origin").startswith("Figures")
    assert page.all(".analysis .zones")
    assert page.all(".analysis .curves")


def test_reloading_in_the_middle_goes_on_and_doubles_nothing(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=0.2), start=True)
    page.open(made.address())
    page.until(lambda: len(page.bubbles()) >= 3, "the talk to begin")
    page.open(made.address())
    page.wait_for_end()

    assert page.bubbles() == client.said(made.rooms[0])
    page.open(made.address())
    shows(page, client.said(made.rooms[0]))


def test_starting_again_shows_the_new_run_alone(page: Page, client: Client) -> None:
    made = client.create(market(), start=True)
    page.open(made.address())
    page.wait_for_end()
    page.open(made.address())
    first = client.state(made.rooms[0])["run_id"]
    page.press_button("Start again")

    page.until(lambda: client.state(made.rooms[0])["run_id"] != first, "a second run")
    page.until(lambda: client.state(made.rooms[0])["status"] == "completed", "its end")
    shows(page, client.said(made.rooms[0]))
    assert len(page.all(".line-end")) == 1
    assert len(page.all(".line-round")) == client.state(made.rooms[0])["current_round"]
    page.until(lambda: page.all(".comparison tbody tr"), "the two runs side by side")
    assert [head.text for head in page.all(".comparison thead th")][1:3] == ["Run 1", "Run 2"]


def test_more_rooms_than_a_browser_has_connections(page: Page, client: Client) -> None:
    names = [f"Item {n}" for n in range(1, 9)]
    made = client.create(market(*names, pace_seconds=0.2), start=True)
    page.open(made.address())
    page.click(page.all(".rooms li a")[7])

    page.until(lambda: page.heading() == "Item 8", "the last room")
    page.wait_for_end()
    page.until(lambda: ended(page), "every room's outcome")
    for index in (7, 0, 5):
        page.click(page.all(".rooms li a")[index])
        shows(page, client.said(made.rooms[index]))


def test_speaking_for_the_buyer(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=0.3), start=True)
    page.open(made.address())
    page.press_button("@TechStore")
    page.keys("this is a person speaking\n")

    words = "@TechStore this is a person speaking"
    page.until(lambda: words in page.bubbles(), "the message in the talk")
    assert page.text(".line-buyer .mention") in {"@TechStore", "@Maple & Sons"}
    page.wait_for_end()
    assert words in client.said(made.rooms[0])


def test_deciding_by_hand(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=1), start=True)
    page.open(made.address())
    page.until(lambda: page.all(".board .figure b"), "an offer")
    page.press_button("Decide…")
    page.fill("final_price_per_unit", "5000")
    page.press_button("Decide")
    page.until(lambda: page.text("dialog .issue") or page.text("dialog .notes"), "the refusal")

    page.fill("final_price_per_unit", "77.5")
    page.fill("decision_reason", "Enough talk.")
    page.press_button("Decide")
    assert "$77.50" in page.wait_for_end()
    page.until(lambda: not page.all("dialog"), "the dialog to close")
    deal = client.get(f"/simulation/{made.session}")["rooms"][0]["final_deal"]
    assert (deal["price_per_unit"], deal["quantity"]) == (77.5, 5)


def test_walking_away_by_hand(page: Page, client: Client) -> None:
    made = client.create(market(pace_seconds=1), start=True)
    page.open(made.address())
    page.press_button("Decide…")
    page.click(page.find('dialog input[value="no_deal"]'))
    page.press_button("Decide")

    assert page.wait_for_end() == "No deal."
    assert client.state(made.rooms[0])["status"] == "completed"


def test_an_item_that_nobody_has(page: Page, client: Client) -> None:
    request = market("Desk lamp")
    request["buyer"]["shopping_list"].append(wanted("Moon rock"))
    made = client.create(request)
    page.open(made.address(1))

    assert "No seller has it." in page.text(".invitation")
    assert "TechStore doesn't have it" in page.text(".absent")
    assert not page.all(".invitation button")


def test_every_fault_is_said_beside_its_input(page: Page) -> None:
    page.open()
    page.fill("buyer.name", "")
    page.fill("buyer.shopping_list.0.max_price_per_unit", "1")
    page.click(page.all(".seller summary")[1])
    page.fill("sellers.1.inventory.0.quantity_available", "0")
    page.fill("sellers.1.inventory.1.cost_price", "9999")
    page.press_button("Open the market")

    page.until(lambda: page.all("[aria-invalid]"), "the faults")
    faulty = [e.get_attribute("data-field") for e in page.all("[aria-invalid]")]
    assert faulty == [
        "buyer.name",
        "buyer.shopping_list.0.max_price_per_unit",
        "sellers.1.inventory.0.quantity_available",
        "sellers.1.inventory.1.least_price",
    ]
    assert all(
        page.text(f"#{e.get_attribute('aria-describedby')}") for e in page.all("[aria-invalid]")
    )
    assert page.focus().get_attribute("data-field") == "buyer.name"
    page.keys("Somebody")
    assert page.focus().get_attribute("aria-invalid") is None


def test_rows_and_sellers_come_and_go(page: Page, client: Client) -> None:
    page.open()
    page.choose("pace_seconds", "0")
    page.press_button("Add an item")
    page.keys("Desk lamp")
    page.press_button("Add a seller")
    page.keys("Latecomer")
    page.fill("sellers.3.inventory.0.item_name", "Desk lamp")
    page.click(page.find('[aria-label="Remove 27-inch monitor"]'))
    page.press_button("Open the market")

    page.until(lambda: ended(page), "every room's outcome")
    session = page.driver.current_url.split("/s/")[1].split("/")[0]
    rooms = client.get(f"/simulation/{session}")["rooms"]
    assert [room["item_name"] for room in rooms] == ["14-inch laptop", "Office chair", "Desk lamp"]
    assert [s["seller_name"] for s in rooms[2]["participating_sellers"]] == ["Latecomer"]


def test_names_and_words_are_never_markup(page: Page, client: Client) -> None:
    evil = "<img src=x onerror=document.title='pwned'>"
    names = ("<script>alert(1)</script>", "<b>Bold</b>")
    request = market(evil, sellers=names, pace_seconds=0.2)
    request["buyer"]["name"] = "<svg onload=alert(1)>"
    made = client.create(request, start=True)
    client.post(f"/negotiation/{made.rooms[0]}/message", json={"message": f"@{names[1]} {evil}"})
    page.open(made.address())
    page.wait_for_end()

    assert page.heading() == evil
    assert any(evil in said for said in page.bubbles())
    assert not page.all("main script, main img, main svg[onload], main .bubble b b")
    assert "pwned" not in page.driver.title.split(" · ")
    page.open(made.summary)
    assert not page.all("main script, main img")


def test_a_market_that_is_gone_is_said_to_be(page: Page) -> None:
    page.open("#/s/00000000-0000-4000-8000-000000000000")

    assert "doesn't exist" in page.heading()
    page.click(page.named("a", "Open a new market"))
    page.until(lambda: page.heading() == "Open a market", "the form")


def test_the_head_says_who_negotiates(page: Page) -> None:
    page.open()

    assert page.until(lambda: page.text("#llm"), "the status") == "Offline negotiators"


def test_ten_sellers_with_difficult_names(page: Page, client: Client) -> None:
    names = ["W" * 50, "شركة التوريدات", "מחסן הנגב", "a.b", *(f"Seller {n}" for n in range(6))]
    request = market("W" * 100)
    request["buyer"]["shopping_list"][0] |= {
        "quantity_needed": 999_999_999,
        "max_price_per_unit": 999_999_999,
    }
    goods = stock(
        "W" * 100,
        least_price=800_000_000.25,
        selling_price=1_000_000_000,
        quantity_available=1_000_000_000,
    )
    request["sellers"] = [seller(name, goods) for name in names]
    made = client.create(request, start=True)
    for width in (1280, 900, 360):
        page.look(width=width)
        page.open(made.address())
        page.wait_for_end()

        assert len(page.all(".board tbody tr")) == 10
        assert page.overflow() == 0
