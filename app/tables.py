"""Gathers every slice's tables, for the migrations."""

from app.accounts import models as accounts
from app.analysis import models as analysis
from app.chat.conversations import models as conversations
from app.chat.feedback import models as feedback
from app.chat.generations import models as generations
from app.chat.memory import models as memory
from app.chat.speech import models as speech
from app.db import Model
from app.gateway.budgets import models as budgets
from app.gateway.cache import models as cache
from app.gateway.calls import models as calls
from app.gateway.catalogue import models as catalogue
from app.gateway.profiles import models as profiles
from app.gateway.traces import models as traces
from app.negotiation import models as negotiation
from app.voice import models as voice

metadata = Model.metadata

__all__ = [
    "accounts",
    "analysis",
    "budgets",
    "cache",
    "calls",
    "catalogue",
    "conversations",
    "feedback",
    "generations",
    "memory",
    "metadata",
    "negotiation",
    "profiles",
    "speech",
    "traces",
    "voice",
]
