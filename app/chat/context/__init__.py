"""What one call of a model is sent: looked up, made to fit, and explained."""

from app.chat.context.build import Context, ContextTooSmall, ElasticContext, PartTokens, build
from app.chat.context.materials import Dropped, Fact, Materials

__all__ = [
    "Context",
    "ContextTooSmall",
    "Dropped",
    "ElasticContext",
    "Fact",
    "Materials",
    "PartTokens",
    "build",
]
