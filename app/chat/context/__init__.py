"""What one call of a model is sent: looked up, made to fit, and explained."""

from app.chat.context.build import Context, ContextTooSmall, ElasticContext, PartTokens, build
from app.chat.context.materials import Dropped, Fact, Materials, RecentPolicy
from app.chat.context.optimizer import Optimizer
from app.chat.context.service import Contexts
from app.chat.context.showing import Showing, Shown

__all__ = [
    "Context",
    "ContextTooSmall",
    "Contexts",
    "Dropped",
    "ElasticContext",
    "Fact",
    "Materials",
    "Optimizer",
    "PartTokens",
    "RecentPolicy",
    "Showing",
    "Shown",
    "build",
]
