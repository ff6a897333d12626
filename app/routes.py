"""Every path of the service: a table of routers, which carry their own prefixes."""

from fastapi import APIRouter

from app.analysis.endpoints import router as analysis
from app.chat.context.endpoints import router as contexts
from app.chat.conversations.endpoints import router as conversations
from app.chat.feedback.endpoints import router as feedback
from app.chat.generations.endpoints import router as generations
from app.chat.memory.endpoints import router as memories
from app.chat.speech.endpoints import router as chat_speech
from app.chat.templates.endpoints import router as templates
from app.chat.turns.endpoints import router as turns
from app.compat.ai_sdk.endpoints import router as ai_sdk
from app.compat.openai.endpoints import router as openai
from app.console.endpoints import router as console
from app.gateway.budgets.endpoints import router as budgets
from app.gateway.calls.endpoints import router as calls
from app.gateway.catalogue.endpoints import router as catalogue
from app.gateway.health.endpoints import router as health
from app.gateway.profiles.endpoints import router as profiles
from app.gateway.traces.endpoints import router as telemetry
from app.insights.performance.endpoints import router as performance
from app.negotiation.endpoints import router as negotiation
from app.voice.endpoints import router as voice
from app.voice.transcription.endpoints import router as transcription
from app.web.endpoints import router as web

ROUTERS: tuple[APIRouter, ...] = (
    console,
    web,
    openai,
    ai_sdk,
    health,
    calls,
    budgets,
    catalogue,
    profiles,
    negotiation,
    analysis,
    conversations,
    feedback,
    memories,
    generations,
    chat_speech,
    performance,
    telemetry,
    templates,
    contexts,
    turns,
    voice,
    transcription,
)
