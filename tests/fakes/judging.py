"""A judge that says only what stands in its prompt, so that its judgements hold.

FakeGemini(reply=judge, models=JUDGES)
"""

import json
import re
from typing import Any

from tests.fakes.gemini import MODELS

_SELLER = re.compile(r"^- seller ([0-9a-f-]{36})", re.MULTILINE)
_FIGURE = re.compile(r"^- ([a-z_]+(?:\.[a-z_]+)*): \"", re.MULTILINE)

Json = dict[str, Any]

JUDGES = [*MODELS, MODELS[0] | {"name": "models/gemini-3.5-flash", "displayName": "Gemini 3.5"}]
"""With the model that the profile `analysis` names: one that isn't listed is retired when models
are looked for, which a test can't know the hour of."""


def prompt(body: Json) -> str:
    """All that was said to the judge, the system's part too."""
    told = body.get("systemInstruction", {}).get("parts", [])
    parts = [*told, *(part for content in body["contents"] for part in content["parts"])]
    return "\n".join(part.get("text", "") for part in parts)


def record(body: Json) -> list[Json]:
    """The lines of the record, as objects."""
    lines = prompt(body).splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"event"')]


def of_session(body: Json) -> bool:
    schema = body.get("generationConfig", {}).get("responseJsonSchema", {})
    return "performance_insights" in schema.get("properties", {})


def judge(body: Json) -> Json:
    return overall() if of_session(body) else judgement(body)


def overall() -> Json:
    return {
        "performance_insights": "The buyer let sellers compete.",
        "cross_item_comparison": "There is little to tell apart.",
        "recommendations": ["Open lower."],
    }


def judgement(body: Json) -> Json:
    events = record(body)
    offers = [event for event in events if event["is"] == "offer"]
    spoken = next((event for event in events if event.get("by") == "buyer"), None)
    dealt = any(event.get("verdict") == "accept" for event in events)
    return {
        "quality_score": 71,
        "buyer": _side(),
        "sellers": [{"seller_id": seller, **_side()} for seller in _sellers(body)],
        "turning_points": [_told(offers[-1], "The last offer.")] if offers else [],
        "tactics": [{"name": "Asking all", "by": "buyer", **_told(spoken, "It asked all.")}]
        if spoken
        else [],
        "recommendations": [{"text": "Open lower.", "figure": _FIGURE.findall(prompt(body))[0]}],
        "narrative": "They bargained, and the judge watched.",
        "best_offer": _best(offers),
        "deal_winner": "balanced" if dealt else "none",
    }


def _sellers(body: Json) -> list[str]:
    return _SELLER.findall(prompt(body))


def _side() -> Json:
    return {
        "strategy": "Patience.",
        "effectiveness": 60,
        "what_went_well": ["It waited."],
        "what_to_improve": [],
    }


def _told(event: Json, text: str) -> Json:
    return {"event_ids": [event["event"]], "text": text}


def _best(offers: list[Json]) -> Json | None:
    if not offers:
        return None
    best = min(offers, key=lambda offer: float(offer["price"].split()[0]))
    return {"event_id": best["event"], "text": f"It asked ${best['price'].split()[0]}."}
