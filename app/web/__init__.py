"""What every endpoint shares: middleware, errors, strict JSON, event streams, health."""

from app.web.openapi import Api, problems
from app.web.route import Router

__all__ = ["Api", "Router", "problems"]
