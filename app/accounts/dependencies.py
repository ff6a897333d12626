"""What every slice's endpoints ask about the caller, as types."""

from typing import Annotated

from fastapi import Depends, Header, Request

from app.accounts.service import Tenants


async def _tenant(
    request: Request,
    x_tenant_id: Annotated[
        str | None,
        Header(
            description="To whom the request belongs; a new name makes a new tenant. "
            "Without it, to `default`.",
            examples=["team-blue"],
        ),
    ] = None,
) -> str:
    tenants: Tenants = request.state.tenants
    return await tenants.admit(x_tenant_id)


TenantId = Annotated[str, Depends(_tenant)]
