"""How providers and models are, told at once."""

from app.gateway.health.accounts import Accounts
from app.gateway.health.probing import Prober
from app.gateway.health.service import Overview
from app.gateway.health.status import ModelStatus

__all__ = ["Accounts", "ModelStatus", "Overview", "Prober"]
