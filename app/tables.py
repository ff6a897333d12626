"""Gathers every slice's tables, for the migrations."""

from app.accounts import models as accounts
from app.db import Model
from app.gateway.budgets import models as budgets
from app.gateway.cache import models as cache
from app.gateway.calls import models as calls
from app.gateway.catalogue import models as catalogue
from app.gateway.profiles import models as profiles
from app.negotiation import models as negotiation

metadata = Model.metadata

__all__ = [
    "accounts",
    "budgets",
    "cache",
    "calls",
    "catalogue",
    "metadata",
    "negotiation",
    "profiles",
]
