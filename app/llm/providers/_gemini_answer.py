"""Reads Gemini's answers: the SDK's chunks in, neutral events out. No network in here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.kit import json
from app.kit.ids import new_id
from app.llm.errors import LLMError
from app.llm.events import End, ModelEvent, TextDelta, ThinkingDelta, ToolCallDelta, UsageReport
from app.llm.messages import ModelRef, Usage
from app.llm.providers._gemini_signatures import Signatures
from app.llm.providers._sdk_failures import SdkFailures

if TYPE_CHECKING:
    from google.genai.types import (
        FunctionCall,
        GenerateContentResponse,
        GenerateContentResponsePromptFeedback,
        GenerateContentResponseUsageMetadata,
        Part,
    )

_FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"}
"""Any other reason, those that are still to come too, is a filter's: not all was said."""

_BROKEN = frozenset(
    {
        "MALFORMED_FUNCTION_CALL",
        "MALFORMED_RESPONSE",
        "MISSING_THOUGHT_SIGNATURE",
        "TOO_MANY_TOOL_CALLS",
        "UNEXPECTED_TOOL_CALL",
    }
)
"""Reasons of answers that can't be used, whatever was said before."""

_NONE_GIVEN = "FINISH_REASON_UNSPECIFIED"


class ContentReader:
    """`output_tool` is the tool that was only made up to be answered with: what the model says to
    it is the answer's text, and what it says besides is thinking aloud."""

    def __init__(
        self,
        ref: ModelRef,
        failures: SdkFailures,
        signatures: Signatures,
        *,
        output_tool: str | None = None,
    ) -> None:
        self._ref = ref
        self._failures = failures
        self._signatures = signatures
        self._output_tool = output_tool
        self._usage: GenerateContentResponseUsageMetadata | None = None
        self._finish = ""
        self._calls = 0
        self._spoke = False
        self.done = False

    @property
    def complete(self) -> bool:
        return bool(self._finish)

    def feed(self, item: "GenerateContentResponse") -> Iterator[ModelEvent]:
        if item.usage_metadata is not None:
            self._usage = item.usage_metadata
        if item.prompt_feedback is not None and not item.candidates:
            self._blocked(item.prompt_feedback)
        for candidate in (item.candidates or ())[:1]:
            parts = candidate.content.parts if candidate.content else None
            for part in parts or ():
                yield from self._part(part)
            if candidate.finish_reason is not None:
                self._finish = str(candidate.finish_reason.value).upper()
        # Counts come with every chunk; those at the end are of all.
        self.done = self.complete and item.usage_metadata is not None

    def close(self) -> Iterator[ModelEvent]:
        if not self._finish:
            raise self._failures.unusable("broke off in mid-answer")
        if self._finish in _BROKEN:
            raise self._failures.unusable(f"broke off with {self._finish}")
        if not self._spoke:
            raise self._silent()
        if self._usage is not None:
            yield UsageReport(_usage_of(self._usage))
        yield End(self._finish_reason(), self._ref)

    def _part(self, part: "Part") -> Iterator[ModelEvent]:
        if part.function_call is not None:
            yield self._call(part.function_call, part.thought_signature)
        elif part.text:
            thinking = part.thought or self._output_tool is not None
            self._spoke = self._spoke or not thinking
            yield ThinkingDelta(part.text) if thinking else TextDelta(part.text)

    def _call(self, function: "FunctionCall", signature: bytes | None) -> ModelEvent:
        """Gemini tells calls whole, and not always with an id."""
        self._spoke = True
        arguments = json.dumps(function.args or {}).decode()
        if function.name == self._output_tool:
            return TextDelta(arguments)
        call_id = function.id or f"call_{new_id().hex}"
        if signature is not None:
            self._signatures.keep(call_id, signature)
        self._calls += 1
        return ToolCallDelta(self._calls - 1, function.name or "", arguments, call_id)

    def _blocked(self, feedback: "GenerateContentResponsePromptFeedback") -> None:
        if feedback.block_reason is not None:
            reason = str(feedback.block_reason.value)
            why = feedback.block_reason_message or f"the prompt was blocked ({reason})"
            raise self._failures.declined(why)

    def _finish_reason(self) -> str:
        if self._finish == "STOP" and self._calls:
            return "tool_calls"
        return (
            "stop" if self._finish == _NONE_GIVEN else _FINISH.get(self._finish, "content_filter")
        )

    def _silent(self) -> LLMError:
        if self._finish == "MAX_TOKENS":
            return self._failures.unusable("spent all of max_tokens before it said anything")
        if self._finish in (*_FINISH, _NONE_GIVEN):
            return self._failures.unusable("answered with nothing")
        return self._failures.declined(f"it was stopped ({self._finish})")


def _usage_of(usage: "GenerateContentResponseUsageMetadata") -> Usage:
    """Gemini counts its thoughts apart from the answer; they are billed alike."""
    thoughts = usage.thoughts_token_count or 0
    return Usage(
        prompt_tokens=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
        completion_tokens=(usage.candidates_token_count or 0) + thoughts,
        cached_tokens=usage.cached_content_token_count or 0,
        reasoning_tokens=thoughts,
    )
