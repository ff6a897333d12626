"""Talks to language models: one front door, whatever the vendor.

`build_client` makes an `LLMClient`; its `complete` and `stream` take a `ModelRequest`.
"""

from app.llm.cache.answers import AnswerCache, CacheStore
from app.llm.cache.recording import Recording
from app.llm.call import CacheUse, Call, CallStatus, Saving
from app.llm.catalogue.benchmark.exercises import Exercise, exercises
from app.llm.catalogue.capabilities import EVIDENCE, Capability, capabilities, chats
from app.llm.catalogue.catalogue import Catalogue, LiveCatalogue
from app.llm.catalogue.facts import ModelFacts, Prices
from app.llm.catalogue.listings.offer import Listing, Offer
from app.llm.catalogue.seed import completed, seed
from app.llm.client import Embedding, LLMClient
from app.llm.compression import LOSSLESS, STRATEGIES
from app.llm.compression.lossless import shortened
from app.llm.cost import USUAL_CALL, Amount
from app.llm.errors import (
    BadGateway,
    BudgetExceeded,
    BudgetUnavailable,
    ChainExhausted,
    ContextOverflow,
    FreeModelsExhausted,
    LLMError,
    ModelTimeout,
    NoAccount,
    NoModelAtHand,
    NoModelFits,
    PromptTooLong,
    ProviderDisabled,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    TokensSpent,
    UnknownModel,
)
from app.llm.events import (
    End,
    Failed,
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReport,
    Vectors,
    WireChunk,
)
from app.llm.layers.budget import Budgets, Limits
from app.llm.layers.fitting import CONTEXT, foreseen
from app.llm.layers.retry import RetryPolicy
from app.llm.ledger import Ledger, LedgerEntry, NullLedger
from app.llm.messages import (
    Attempt,
    CallContext,
    Completion,
    Complexity,
    Elastic,
    Finding,
    ImagePart,
    Message,
    ModelRef,
    ModelRequest,
    Order,
    OutputSchema,
    Role,
    Task,
    TextPart,
    Tokens,
    Tool,
    ToolCall,
    ToolChoice,
    Turn,
    Usage,
    Wishes,
)
from app.llm.open_call import OpenCall, record
from app.llm.providers.billing import Account
from app.llm.providers.connected import OFFLINE
from app.llm.providers.connection import Connection
from app.llm.providers.factory import build_client
from app.llm.providers.local import answering, find_local
from app.llm.providers.registry import PROVIDERS, ProviderRow
from app.llm.routing.breaker import Breaker, BreakerPolicy
from app.llm.routing.chain import Chains, parse_chain
from app.llm.routing.health import Health, HealthState
from app.llm.routing.names import AUTO, PROFILE_PREFIX
from app.llm.routing.plan import Candidate, Plan, Source
from app.llm.routing.planner import Find
from app.llm.routing.profile import SHIPPED, TASK_PROFILES, LiveProfiles, Profile, Profiles
from app.llm.routing.samples import Figures, Percentiles
from app.llm.timeouts import Timeouts
from app.llm.tokens import TokenCounts, estimate_tokens, message_tokens, text_tokens
from app.llm.tracing import Said, TracedCall, Tracer, Tracers

__all__ = [
    "AUTO",
    "CONTEXT",
    "EVIDENCE",
    "LOSSLESS",
    "OFFLINE",
    "PROFILE_PREFIX",
    "PROVIDERS",
    "SHIPPED",
    "STRATEGIES",
    "TASK_PROFILES",
    "USUAL_CALL",
    "Account",
    "Amount",
    "AnswerCache",
    "Attempt",
    "BadGateway",
    "Breaker",
    "BreakerPolicy",
    "BudgetExceeded",
    "BudgetUnavailable",
    "Budgets",
    "CacheStore",
    "CacheUse",
    "Call",
    "CallContext",
    "CallStatus",
    "Candidate",
    "Capability",
    "Catalogue",
    "ChainExhausted",
    "Chains",
    "Completion",
    "Complexity",
    "Connection",
    "ContextOverflow",
    "Elastic",
    "Embedding",
    "End",
    "Exercise",
    "Failed",
    "Figures",
    "Find",
    "Finding",
    "FreeModelsExhausted",
    "Health",
    "HealthState",
    "ImagePart",
    "LLMClient",
    "LLMError",
    "Ledger",
    "LedgerEntry",
    "Limits",
    "Listing",
    "LiveCatalogue",
    "LiveProfiles",
    "Message",
    "ModelEvent",
    "ModelFacts",
    "ModelRef",
    "ModelRequest",
    "ModelTimeout",
    "NoAccount",
    "NoModelAtHand",
    "NoModelFits",
    "NullLedger",
    "Offer",
    "OpenCall",
    "Order",
    "OutputSchema",
    "Percentiles",
    "Plan",
    "Prices",
    "Profile",
    "Profiles",
    "PromptTooLong",
    "ProviderDisabled",
    "ProviderRow",
    "ProviderUnavailable",
    "RateLimited",
    "Recording",
    "RequestRefused",
    "RetryPolicy",
    "Role",
    "Said",
    "Saving",
    "Source",
    "Task",
    "TextDelta",
    "TextPart",
    "ThinkingDelta",
    "Timeouts",
    "TokenCounts",
    "Tokens",
    "TokensSpent",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "ToolChoice",
    "TracedCall",
    "Tracer",
    "Tracers",
    "Turn",
    "UnknownModel",
    "Usage",
    "UsageReport",
    "Vectors",
    "WireChunk",
    "Wishes",
    "answering",
    "build_client",
    "capabilities",
    "chats",
    "completed",
    "estimate_tokens",
    "exercises",
    "find_local",
    "foreseen",
    "message_tokens",
    "parse_chain",
    "record",
    "seed",
    "shortened",
    "text_tokens",
]
