"""To whom things belong. Until people can sign in, a request names its tenant itself, or is the
default one's."""

from app.accounts.dependencies import TenantId
from app.accounts.fields import TenantName
from app.accounts.models import DEFAULT_TENANT, Tenant
from app.accounts.service import Tenants

__all__ = ["DEFAULT_TENANT", "Tenant", "TenantId", "TenantName", "Tenants"]
