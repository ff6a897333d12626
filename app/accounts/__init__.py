"""To whom things belong. Until accounts exist there is one tenant, and everything is its."""

from app.accounts.models import DEFAULT_TENANT, Tenant

__all__ = ["DEFAULT_TENANT", "Tenant"]
