"""What the vendors' models say in the guides."""

from typing import Any


def seen_by_openai(body: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's body in the words that the negotiating model knows."""
    system = [{"role": "system", "content": block["text"]} for block in body.get("system", [])]
    said = [
        {
            "role": turn["role"],
            "content": " ".join(part.get("text", "") for part in turn["content"]),
        }
        for turn in body["messages"]
    ]
    return {
        "messages": [*system, *said],
        "response_format": body.get("output_config"),
        "tools": body.get("tools"),
    }
