"""Who may know what, over the API: every secret is a number that nothing else contains, and every
prompt and every answer is searched for those that don't belong there."""

import json
import re
from dataclasses import dataclass

import pytest

from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.functional.client import Event, Json, Market, named
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import item, marketplace, seller, stock
from tests.functional.vendor import Body, openrouter, player, playing, prompt

SELLERS = ["Anna", "Boris", "Chen Ltd", "Dora & Sons"]
BUYER = "Zoe"
LOW, HIGH, NEEDED = 401.37, 1973.41, 7

SECRETS: dict[str, dict[str, float]] = {
    name: {
        "cost": 411.13 + 10 * index,
        "least": 613.17 + 10 * index,
        "selling": 1311.19 + 10 * index,
        "quantity": 8101 + index,
    }
    for index, name in enumerate(SELLERS)
}
HIDDEN = {name: {own["cost"], own["least"], own["quantity"]} for name, own in SECRETS.items()}
"""What a seller keeps to itself; its selling price is its public first price."""

STYLES = ["rude", "very_sweet", "neutral", "rude"]
PRIORITIES = ["customer_retention", "maximize_profit", "maximize_profit", "customer_retention"]


def canaries(**more: object) -> Json:
    sellers = [
        seller(
            name,
            stock(
                cost=own["cost"],
                least=own["least"],
                selling=own["selling"],
                quantity=int(own["quantity"]),
            ),
            style=style,
            priority=priority,
        )
        for (name, own), style, priority in zip(SECRETS.items(), STYLES, PRIORITIES, strict=True)
    ]
    body = marketplace([item(quantity=NEEDED, low=LOW, high=HIGH)], sellers, **more)
    body["buyer"]["name"] = BUYER
    body["llm_config"] = {"model": "vendor/model-1"}
    return body


def numbers(text: str) -> set[float]:
    """Every number in a text, as prices and quantities are written."""
    found = re.findall(r"(?<![\w-])\d[\d,]*(?:\.\d+)?(?![\w-])", text)
    return {float(number.replace(",", "")) for number in found}


def hidden_from_buyer() -> set[float]:
    return set().union(*HIDDEN.values())


def hidden_from(name: str) -> set[float]:
    """The buyer's limits, and what the other sellers keep to themselves."""
    others = (secrets for other, secrets in HIDDEN.items() if other != name)
    return {LOW, HIGH}.union(*others)


@dataclass(frozen=True, slots=True)
class Played:
    made: Json
    room_id: str
    events: list[Event]
    calls: list[Body]


async def play(market: Market, vendor: FakeOpenAI, **more: object) -> Played:
    made = await market.initialize(canaries(**more))
    room_id = made["negotiation_rooms"][0]["room_id"]
    return Played(made, room_id, await market.play(room_id), list(vendor.calls))


def addressing(body: Body) -> Json:
    """A buyer that speaks to one seller after the other, and then to all."""
    spoken = prompt(body).count('"by":"you"')
    names = [f"@{SELLERS[0]}", f"@{SELLERS[2]} and @{SELLERS[3]}", f"@{SELLERS[1]}"]
    if spoken < len(names):
        text = f"{names[spoken]}: MARK-{spoken}, your price?"
        return {"message": text, "action": "continue", "offer_id": None}
    said = negotiate(body)
    assert isinstance(said, dict)
    return said


def marked(body: Body) -> Json:
    """A seller whose every message can be told from all others."""
    said = negotiate(body)
    assert isinstance(said, dict)
    name = player(body).replace(" ", "-")
    return said | {"message": f"FROM-{name}: {said['message']}"}


AGENTS = [
    {},
    {"agents": {"buyer": "narrated", "sellers": "narrated"}},
    {"agents": {"buyer": "llm", "sellers": "narrated"}},
]


@pytest.mark.parametrize("agents", AGENTS)
async def test_no_prompt_holds_what_its_seat_may_not_know(
    run_market: RunMarket, vendor: FakeOpenAI, agents: Json
) -> None:
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor, min_rounds=4, max_rounds=5, **agents)

    assert {player(body) for body in played.calls} == {BUYER, *SELLERS}
    for body in played.calls:
        name = player(body)
        secret = hidden_from_buyer() if name == BUYER else hidden_from(name)
        assert not numbers(json.dumps(body)) & secret, name


async def test_a_seat_does_hold_its_own(run_market: RunMarket, vendor: FakeOpenAI) -> None:
    """Or the test above would prove nothing."""
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor)

    for body in played.calls:
        name = player(body)
        own = {LOW, HIGH} if name == BUYER else HIDDEN[name]
        assert numbers(prompt(body)) >= own, name


async def test_no_prompt_of_the_buyer_holds_a_profile(
    run_market: RunMarket, vendor: FakeOpenAI
) -> None:
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor)

    for body in played.calls:
        if player(body) == BUYER:
            for word in (*STYLES, *PRIORITIES, "Rude", "Very sweet"):
                assert word not in prompt(body)


async def test_sellers_hear_only_what_is_said_to_them(
    run_market: RunMarket, vendor: FakeOpenAI
) -> None:
    vendor.reply = playing(buyer=addressing, seller=marked)
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor, min_rounds=5)

    heard = {0: {"Anna"}, 1: {"Chen Ltd", "Dora & Sons"}, 2: {"Boris"}}
    asked = dict.fromkeys(SELLERS, "")
    for body in played.calls:
        if player(body) in asked:
            asked[player(body)] += prompt(body)
    for name, text in asked.items():
        for mark, audience in heard.items():
            assert (f"MARK-{mark}" in text) == (name in audience), (name, mark)
        speakers = set(re.findall(r"FROM-([\w&-]+?):", text.replace("Dora-&-Sons", "Dora")))
        assert speakers == {name.replace(" ", "-").replace("Dora-&-Sons", "Dora")}
        for other in SELLERS:
            if other != name and not any({name, other} <= both for both in heard.values()):
                assert other not in text


async def test_sellers_are_shown_no_other_sellers_offer(
    run_market: RunMarket, vendor: FakeOpenAI
) -> None:
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor, min_rounds=4)

    offers: dict[str, set[float]] = {name: set() for name in SELLERS}
    for offer in named(played.events, "offer"):
        offers[offer["seller_name"]].add(offer["price_per_unit"])
    for body in played.calls:
        if (name := player(body)) != BUYER:
            others = set().union(*(prices for other, prices in offers.items() if other != name))
            assert not numbers(prompt(body)) & (others - offers[name])


@pytest.mark.parametrize("offline", [True, False])
async def test_state_views_hold_no_more(
    run_market: RunMarket, vendor: FakeOpenAI, offline: bool
) -> None:
    agents = {"buyer": "offline", "sellers": "offline"} if offline else {}
    vendor.reply = playing(buyer=addressing, seller=marked)
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor, agents=agents, min_rounds=5)
        ids = dict(zip(SELLERS, played.made["seller_ids"], strict=True))
        whole = await market.state(played.room_id)
        views = {name: await market.state(played.room_id, agent_id=ids[name]) for name in SELLERS}
        buyers = await market.state(played.room_id, agent_type="buyer")

    assert not numbers(json.dumps(buyers)) & hidden_from_buyer()
    lines = {line["message_id"]: line for line in whole["conversation_history"]}
    for name, view in views.items():
        assert not numbers(json.dumps(view)) & hidden_from(name)
        for line in view["conversation_history"]:
            said = lines[line["message_id"]]
            if said["sender_type"] == "seller":
                assert said["sender_id"] == ids[name]
            else:
                assert ids[name] in (said["mentioned_agents"] or ids.values())


@pytest.mark.parametrize("seed", range(3))
async def test_offline_agents_never_say_a_secret(market: Market, seed: int) -> None:
    made = await market.initialize(canaries(seed=seed, min_rounds=6))
    events = await market.play(made["negotiation_rooms"][0]["room_id"])

    for event in events:
        if event.name == "buyer_message":
            assert not numbers(event.data["message"]) & {LOW, HIGH}
        elif event.name == "seller_response":
            secrets = HIDDEN[event.data["sender_name"]]
            assert not numbers(event.data["message"]) & (secrets - {NEEDED})


async def test_what_clients_are_told_holds_no_sellers_secret(
    run_market: RunMarket, vendor: FakeOpenAI
) -> None:
    """All but the log, which is the operator's."""
    async with run_market(**openrouter(vendor)) as market:
        played = await play(market, vendor)
        session_id = played.made["session_id"]
        told = [
            played.made,
            [event.data for event in played.events],
            await market.session(session_id),
            await market.summary(session_id),
            await market.state(played.room_id),
        ]

    assert not numbers(json.dumps(told)) & hidden_from_buyer()
