"""An analysis as the service answers it, for the modules that draw one."""

from typing import Any

RUN = "0193f1f0-0000-7000-8000-0000000000aa"
SPOKE = ["m1", "m2", "m3"]


def _zone(seller: str, low: float, high: float) -> dict[str, Any]:
    return {
        "seller_id": seller,
        "seller_name": seller.upper(),
        "exists": low <= high,
        "low": low,
        "high": high,
    }


def _curve(name: str, side: str, *steps: tuple[float, float | None], **more: Any) -> dict[str, Any]:
    points = [{"time": time, "conceded": conceded, "price": 90} for time, conceded in steps]
    return {"agent_id": name, "name": name.upper(), "side": side, "steps": points, **more}


FIGURES = {
    "zones": [_zone("a", 65, 110), _zone("b", 120, 110)],
    "deal": {"seller_id": "a", "price": 84.5},
    "bargain": {"seller_id": "a", "nash": {"price": 87.5}},
    "curves": [
        _curve("buyer", "buyer", (0.5, 0.4), total=0, shape=None),
        _curve("a", "seller", (0, 0), (0.25, 0.2), (0.5, 0.7), total=35.5, shape="boulware"),
        _curve("b", "seller", (0, None), total=0, shape=None),
    ],
    "course": {"max_rounds": 10},
}
SUMMARY = {
    "narrative": "They settled at $84.50.",
    "buyer_analysis": {"what_went_well": ["Waited."], "what_to_improve": ["Ask both."]},
    "seller_analysis": {"what_went_well": [], "what_to_improve": ["Open higher."]},
    "highlights": {"best_offer": "$84.50", "turning_points": ["Round 3"], "tactics_used": []},
    "deal_winner": "The buyer.",
    "source": "figures",
}
JUDGEMENT = {
    "quality_score": 82,
    "buyer": {
        "strategy": "Played the sellers against each other.",
        "effectiveness": 75,
        "what_went_well": ["Named a rival's price."],
        "what_to_improve": ["Opened too high."],
    },
    "sellers": [
        {
            "seller_id": "a",
            "strategy": "Held out <b>long</b>, then gave in.",
            "effectiveness": 60,
            "what_went_well": ["Sold."],
            "what_to_improve": [],
        }
    ],
    "turning_points": [{"event_ids": [3], "text": "A gave in."}],
    "tactics": [{"name": "Anchoring", "by": "a", "event_ids": [3], "text": "High first offer."}],
    "recommendations": [{"text": "Ask earlier.", "figure": "course.rounds"}],
    "narrative": "A calm talk.\nIt ended well.",
    "best_offer": {"event_id": 4, "text": "$84.50 for five."},
    "deal_winner": "buyer",
}


def analysis(**changes: Any) -> dict[str, Any]:
    """Of a run that was judged by its figures alone, but for the `changes`."""
    return {
        "run_id": RUN,
        "status": "figures",
        "source": "figures",
        "figures": FIGURES,
        "sentences": [{"figure": "deal", "text": "Sold for $84.50.", "event_ids": [6]}],
        "judgement": None,
        "ai_summary": SUMMARY,
        "error": None,
        "refusals": 0,
        "scores": {"overall": None, "hallucination": None, "coherence": None, "items": []},
        **changes,
    }


def judged(**changes: Any) -> dict[str, Any]:
    """The same, judged by a model."""
    asked = {"provider": "gemini", "model": "some-model", "prompt_version": "run-1"}
    spent = {"prompt_tokens": 1234, "completion_tokens": 56, "cost_usd": 0.0021}
    told = {"status": "judged", "source": "model", "judgement": JUDGEMENT}
    return analysis(**told, **asked, **spent, **changes)
