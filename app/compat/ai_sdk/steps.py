"""Tools that the page runs: what it found, as a model reads it and as the page gets it back, and
the steps of an answer that were taken before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.kit import json
from app.kit.frozen import frozen

Chunk = dict[str, Any]
_ERROR = "error"


def as_read(output: object) -> str:
    """A tool's output for the model: a text as it is, anything else as JSON; a text that could be
    taken for JSON is one too."""
    if isinstance(output, str) and not _is_json(output):
        return output
    return json.dumps(output).decode()


def failure_as_read(text: str) -> str:
    """What a tool says that failed, for the model."""
    return json.dumps({_ERROR: text}).decode()


def output_chunk(call_id: str, content: str) -> Chunk:
    """What `as_read` and `failure_as_read` made, on the wire."""
    output = json.loads(content) if _is_json(content) else content
    match output:
        case {"error": str(text)} if len(output) == 1:
            return {"type": "tool-output-error", "toolCallId": call_id, "errorText": text}
        case _:
            return {"type": "tool-output-available", "toolCallId": call_id, "output": output}


def call_chunk(call_id: str, name: str, arguments: str, *, dynamic: bool) -> Chunk:
    """A call of a tool. Models write arguments that aren't JSON, too: the page is told so, and
    may send the error back as the tool's answer."""
    chunk: Chunk = {"type": "tool-input-available", "toolCallId": call_id, "toolName": name}
    try:
        chunk["input"] = json.loads(arguments or "{}")
    except ValueError as error:
        chunk |= {
            "type": "tool-input-error",
            "input": arguments,
            "errorText": f"the arguments of {name} aren't JSON: {error}",
        }
    return chunk | {"dynamic": True} if dynamic else chunk


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@frozen
class Step:
    """What was said up to a call of tools, the calls, `{id, name, arguments}` each, and what the
    tools found, by the ids of their calls."""

    reasoning: str
    text: str
    calls: Sequence[Mapping[str, str]]
    results: Mapping[str, str]

    def chunks(self) -> Iterator[Chunk]:
        yield {"type": "start-step"}
        for kind, said in (("reasoning", self.reasoning), ("text", self.text)):
            if said:
                part = f"{kind}-{self.calls[0]['id']}"
                yield {"type": f"{kind}-start", "id": part}
                yield {"type": f"{kind}-delta", "id": part, "delta": said}
                yield {"type": f"{kind}-end", "id": part}
        for call in self.calls:
            yield call_chunk(call["id"], call["name"], call["arguments"], dynamic=False)
        for call in self.calls:
            if call["id"] in self.results:
                yield output_chunk(call["id"], self.results[call["id"]])
        yield {"type": "finish-step"}
