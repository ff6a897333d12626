"""Contract §4: who is sent what on which connection, and what the bytes look like."""

import asyncio
import re

import pytest

from tests.functional.client import Event, Market, ids, names, stored
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import held, item, marketplace


async def new_room(market: Market) -> str:
    made = await market.initialize(marketplace())
    room_id: str = made["negotiation_rooms"][0]["room_id"]
    return room_id


async def held_room(market: Market) -> tuple[str, str]:
    """The session and its running room, in which nothing happens by itself."""
    made = await market.initialize(held())
    room_id = made["negotiation_rooms"][0]["room_id"]
    await market.start(room_id)
    return made["session_id"], room_id


async def unwatched(market: Market) -> str:
    """A room that was played without anybody watching."""
    room_id = await new_room(market)
    await market.start(room_id)
    while (await market.state(room_id))["status"] != "completed":
        await asyncio.sleep(0.01)
    return room_id


async def delivered(market: Market, room_id: str) -> list[Event]:
    """Plays the room watched."""
    return await market.play(room_id)


class TestBytes:
    async def test_framing(self, market: Market) -> None:
        room_id = await unwatched(market)
        response = await market.http.get(f"/api/v1/negotiation/{room_id}/stream")

        assert response.headers["content-type"].startswith("text/event-stream")
        assert "no-cache" in response.headers["cache-control"]
        assert response.text.endswith("\n\n")
        frames = response.text.removesuffix("\n\n").split("\n\n")
        assert frames[0].endswith("}")
        for frame in frames:
            lines = frame.split("\n")
            fields = [line.partition(": ")[0] for line in lines]
            assert fields.count("event") == 1
            assert fields.count("data") == 1
            assert set(fields) <= {"id", "event", "data", "retry"}
            assert "\r" not in frame
        assert not re.search(r"^event: message$", response.text, re.MULTILINE)

    async def test_text_of_any_kind_stays_on_one_line(self, market: Market) -> None:
        _, room_id = await held_room(market)
        text = "one\ntwo\r\nthree\u2028four\u0085 “five” 🛒 data: x\n\nid: 99"
        async with market.watch(room_id) as subscription:
            await market.say(room_id, text)
            events = await subscription.until("buyer_message")
        assert "🛒 data: x\n\nid: 99" in events[-1].data["message"]
        await market.decide(room_id, decision_type="no_deal")

    async def test_whatever_the_client_accepts(self, market: Market) -> None:
        room_id = await unwatched(market)
        path = f"/api/v1/negotiation/{room_id}/stream"
        response = await market.http.get(path, headers={"accept": "application/json"})

        assert response.status_code == 200


class TestComingBack:
    async def test_at_every_place(self, market: Market) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)
        log = stored(whole)

        for place in range(len(log)):
            events = await market.events(room_id, last_event_id=place)
            assert events[0].name == "connected"
            assert events[1:] == log[place:], place

    async def test_after_the_last_event_there_is_only_connected(self, market: Market) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)

        async with market.watch(room_id, last_event_id=max(ids(whole))) as subscription:
            assert names([event for event in [await subscription.next()] if event]) == ["connected"]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(subscription.next(), 0.3)

    async def test_after_the_last_event_of_a_finished_run_the_next_run_follows(
        self, market: Market
    ) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)

        async with market.watch(room_id, last_event_id=max(ids(whole))) as subscription:
            await market.start(room_id)
            events = await subscription.rest()

        assert min(ids(events)) == max(ids(whole)) + 1
        assert names(events)[-1] == "negotiation_complete"

    async def test_the_address_says_it_too(self, market: Market) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)

        for place in (0, 3, len(ids(whole)) - 1):
            assert (await market.events(room_id, from_=place))[1:] == stored(whole)[place:]
            path = f"/api/v1/negotiation/{room_id}/stream?last_event_id={place}"
            assert (await market.http.get(path)).text.count("\nid: ") == len(ids(whole)) - place

    async def test_the_header_counts_before_the_address(self, market: Market) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)

        events = await market.events(room_id, last_event_id=5, from_=0)

        assert events[1:] == stored(whole)[5:]

    @pytest.mark.parametrize(
        "nonsense",
        ["abc", "-1", "1.5", "999999", "1e3", "", "٣", "0x1", "9" * 40, "9" * 400, "null", "1 2"],
    )
    async def test_a_place_that_makes_no_sense_is_none(self, market: Market, nonsense: str) -> None:
        room_id = await unwatched(market)

        by_header = await market.events(room_id, last_event_id=nonsense.encode())
        assert len(by_header) > 2  # nobody had watched it: the whole run

        by_address = await market.events(room_id, from_=nonsense)
        assert names(by_address) == ["connected", "negotiation_complete"]

    async def test_in_the_middle_of_a_run(self, market: Market) -> None:
        session_id, room_id = await held_room(market)
        async with market.watch(room_id) as subscription:
            await market.say(room_id, "@TechStore, your best price?")
            first = await subscription.until("buyer_message")
        async with market.watch(room_id, last_event_id=first[-1].id) as subscription:
            await market.decide(room_id, decision_type="no_deal")
            rest = await subscription.rest()

        assert ids(first) + ids(rest) == list(range(1, max(ids(rest)) + 1))
        await market.delete(session_id)

    async def test_across_two_runs(self, market: Market) -> None:
        room_id = await new_room(market)
        log = stored(await delivered(market, room_id)) + stored(await delivered(market, room_id))

        for place in (0, 1, len(log) // 2, len(log) - 1):
            assert (await market.events(room_id, last_event_id=place))[1:] == log[place:]
        assert ids(log) == list(range(1, len(log) + 1))


class TestWithoutAPlace:
    async def test_the_first_subscriber_of_a_run_gets_all_of_it(self, market: Market) -> None:
        room_id = await unwatched(market)

        events = await market.events(room_id)

        assert names(events)[:3] == ["connected", "round_start", "buyer_message"]
        assert names(events)[-1] == "negotiation_complete"
        assert ids(events) == list(range(1, len(ids(events)) + 1))

    async def test_a_finished_one_that_was_watched_says_only_its_end(self, market: Market) -> None:
        room_id = await new_room(market)
        whole = await delivered(market, room_id)

        for _ in range(2):
            events = await market.events(room_id)
            assert names(events) == ["connected", "negotiation_complete"]
            assert events[-1] == whole[-1]

    async def test_a_later_one_gets_what_comes_after_the_mark(self, market: Market) -> None:
        session_id, room_id = await held_room(market)
        async with market.watch(room_id) as subscription:
            await market.say(room_id, "Hello")
            first = await subscription.until("buyer_message")
        async with market.watch(room_id) as subscription:
            assert names([e for e in [await subscription.next()] if e]) == ["connected"]
            await market.decide(room_id, decision_type="no_deal")
            later = await subscription.rest()

        assert ids(first) + ids(later) == list(range(1, max(ids(later)) + 1))
        await market.delete(session_id)

    async def test_a_second_run_is_whole_again(self, market: Market) -> None:
        room_id = await new_room(market)
        first = await delivered(market, room_id)
        second = await delivered(market, room_id)

        assert names(second)[:2] == ["connected", "round_start"]
        assert ids(second)[0] == ids(first)[-1] + 1
        assert names(second)[-1] == "negotiation_complete"

    async def test_the_first_unwatched_the_second_watched(self, market: Market) -> None:
        room_id = await unwatched(market)
        last = (await market.state(room_id))["last_event_id"]

        second = await delivered(market, room_id)

        assert ids(second)[0] == last + 1

    async def test_a_pending_room_waits_and_then_gets_the_run(self, market: Market) -> None:
        room_id = await new_room(market)
        async with market.watch(room_id) as subscription:
            assert names([e for e in [await subscription.next()] if e]) == ["connected"]
            await market.start(room_id)
            events = await subscription.rest()

        assert ids(events) == list(range(1, len(events) + 1))
        assert names(events)[-1] == "negotiation_complete"

    async def test_a_room_that_nobody_can_serve(self, market: Market) -> None:
        made = await market.initialize(marketplace([item("Moon")]))
        events = await market.events(made["negotiation_rooms"][0]["room_id"])

        assert names(events) == ["connected", "negotiation_complete"]

    async def test_the_state_says_where_to_go_on(self, market: Market) -> None:
        session_id, room_id = await held_room(market)
        async with market.watch(room_id) as subscription:
            await market.say(room_id, "Hello")
            await subscription.until("buyer_message")
        state = await market.state(room_id)
        await market.decide(room_id, decision_type="no_deal")

        events = await market.events(room_id, last_event_id=state["last_event_id"])

        assert names(events) == ["connected", "decision", "negotiation_complete"]
        await market.delete(session_id)


class TestMany:
    async def test_all_get_the_same(self, market: Market) -> None:
        room_id = await new_room(market)
        ready = asyncio.Barrier(21)

        async def watch() -> list[Event]:
            async with market.watch(room_id, from_=0) as subscription:
                await subscription.until("connected")
                await ready.wait()
                return await subscription.rest()

        watchers = [asyncio.create_task(watch()) for _ in range(20)]
        await ready.wait()
        await market.start(room_id)
        seen = await asyncio.gather(*watchers)

        assert all(events == seen[0] for events in seen)
        assert names(seen[0])[-1] == "negotiation_complete"

    async def test_leaving_makes_no_difference_to_the_run(self, market: Market) -> None:
        room_id = await new_room(market)
        async with market.watch(room_id) as subscription:
            await market.start(room_id)
            await subscription.until("round_start")

        events = await market.events(room_id, from_=0)

        assert names(events)[-1] == "negotiation_complete"
        assert names(events).count("negotiation_complete") == 1


class TestHeartbeats:
    async def test_after_every_stretch_of_silence(self, run_market: RunMarket) -> None:
        async with run_market(SSE_HEARTBEAT_INTERVAL="0.2") as market:
            room_id = await new_room(market)
            async with market.watch(room_id) as subscription:
                await subscription.until("connected")
                first = await subscription.until("heartbeat")
                second = await subscription.until("heartbeat")

        assert names(first) == names(second) == ["heartbeat"]
        assert set(first[0].data) == {"type", "timestamp"}

    async def test_they_move_no_place(self, run_market: RunMarket) -> None:
        async with run_market(SSE_HEARTBEAT_INTERVAL="0.2") as market:
            _, room_id = await held_room(market)
            async with market.watch(room_id) as subscription:
                before = await subscription.until("heartbeat")
            await market.decide(room_id, decision_type="no_deal")
            events = await market.events(room_id, last_event_id=ids(before)[-1])

        assert names(events) == ["connected", "decision", "negotiation_complete"]
