"""Remembers what Gemini signs its tool calls with, and wants to see again.

Since Gemini 3 a tool call carries a signature of the thoughts behind it. A conversation that comes
back without it is refused, and no other wire has a place for it. So it is kept here by the call's
id; where it isn't known, since another process or another model made the call, Gemini's own word
for that stands in (`ai.google.dev`, "Thought signatures"), with which it thinks a little worse.
"""

_WAIVED = b"skip_thought_signature_validator"


class Signatures:
    """At most `BOUND`; the oldest are forgotten first."""

    BOUND = 4096

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def keep(self, call_id: str, signature: bytes) -> None:
        while len(self._known) >= self.BOUND:
            del self._known[next(iter(self._known))]
        self._known[call_id] = signature

    def of(self, call_id: str, *, or_waived: bool) -> bytes | None:
        """None when it isn't known, and `or_waived` doesn't ask for the word instead."""
        return self._known.get(call_id) or (_WAIVED if or_waived else None)
