"""Agent profiles in this service: shipped, and changed by people for a tenant or for everyone."""

from app.gateway.profiles.live import ProfileFeed
from app.gateway.profiles.service import ProfileBook

__all__ = ["ProfileBook", "ProfileFeed"]
