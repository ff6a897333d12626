"""How providers and models are, told at once."""

from app.gateway.health.status import ModelStatus

__all__ = ["ModelStatus"]
