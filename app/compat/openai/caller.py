"""Who asks, and what its headers wish for."""

from functools import lru_cache
from hashlib import sha256

from starlette.types import Scope

from app.accounts import Tenants
from app.kit.frozen import frozen
from app.llm import CallContext

_FINGERPRINT = 16


@frozen
class Caller:
    context: CallContext
    wants_cache: bool


async def caller_of(scope: Scope, tenants: Tenants) -> Caller:
    """From `X-Tenant-Id`, `Authorization` and `X-Parley-Cache`. Any key is taken; only its
    fingerprint is kept, to tell callers apart. Raises `TenantInvalid`."""
    tenant = key = cache = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            key = value
        elif name == b"x-tenant-id":
            tenant = value
        elif name == b"x-parley-cache":
            cache = value
    context = CallContext(
        tenant_id=await tenants.admit(tenant.decode("latin-1") or None), key_id=fingerprint(key)
    )
    return Caller(context, wants_cache=cache.strip().lower() == b"use")


@lru_cache(maxsize=1024)  # a caller shows the same key again and again
def fingerprint(authorization: bytes) -> str | None:
    scheme, _, key = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not key.strip():
        return None
    return sha256(key.strip()).hexdigest()[:_FINGERPRINT]
