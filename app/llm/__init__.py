"""Talks to language models: one front door, whatever the vendor.

`build_client` makes an `LLMClient`; its `complete` and `stream` take a `ModelRequest`.
"""

from app.llm.call import CallStatus
from app.llm.client import LLMClient
from app.llm.errors import (
    BadGateway,
    ChainExhausted,
    LLMError,
    ModelTimeout,
    ProviderDisabled,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)
from app.llm.events import (
    End,
    Failed,
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReport,
)
from app.llm.layers.retry import RetryPolicy
from app.llm.ledger import Ledger, LedgerEntry, NullLedger
from app.llm.messages import (
    Attempt,
    CallContext,
    Completion,
    Message,
    ModelRef,
    ModelRequest,
    OutputSchema,
    Role,
    Task,
    Usage,
)
from app.llm.providers.connected import OFFLINE
from app.llm.providers.connection import Connection
from app.llm.providers.factory import build_client
from app.llm.providers.local import answering, find_local
from app.llm.providers.registry import PROVIDERS, ProviderRow
from app.llm.routing.breaker import BreakerPolicy
from app.llm.routing.chain import Chains, parse_chain
from app.llm.timeouts import Timeouts
from app.llm.tokens import estimate_tokens

__all__ = [
    "OFFLINE",
    "PROVIDERS",
    "Attempt",
    "BadGateway",
    "BreakerPolicy",
    "CallContext",
    "CallStatus",
    "ChainExhausted",
    "Chains",
    "Completion",
    "Connection",
    "End",
    "Failed",
    "LLMClient",
    "LLMError",
    "Ledger",
    "LedgerEntry",
    "Message",
    "ModelEvent",
    "ModelRef",
    "ModelRequest",
    "ModelTimeout",
    "NullLedger",
    "OutputSchema",
    "ProviderDisabled",
    "ProviderRow",
    "ProviderUnavailable",
    "RateLimited",
    "RequestRefused",
    "RetryPolicy",
    "Role",
    "Task",
    "TextDelta",
    "ThinkingDelta",
    "Timeouts",
    "ToolCallDelta",
    "Usage",
    "UsageReport",
    "answering",
    "build_client",
    "estimate_tokens",
    "find_local",
    "parse_chain",
]
