"""The arguments of a tool call, as the object that some wires want back."""

from typing import Any

from app.kit import json
from app.llm.messages import ToolCall


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """What the model wrote; where that is no object, it is kept as one's only argument."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = call.arguments
    return arguments if isinstance(arguments, dict) else {"arguments": arguments}
