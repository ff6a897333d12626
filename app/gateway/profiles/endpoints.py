"""Agent profiles over HTTP."""

from typing import Annotated

from fastapi import Query

from app.accounts import TenantId
from app.gateway.profiles.dependencies import ForWhom, InProfiles, ProfileName
from app.gateway.profiles.errors import ProfileNotFound, TooManyProfiles
from app.gateway.profiles.schemas import ProfileFields, ProfileRemoval, ProfilesPage, ProfileView
from app.gateway.profiles.service import Scope
from app.web import Router, problems

router = Router(prefix="/api/v1/profiles", tags=["Profiles"])


@router.get("", response_model=ProfilesPage)
async def list_profiles(
    profiles: InProfiles,
    tenant_id: TenantId,
    limit: Annotated[int, Query(ge=1, le=500, description="Profiles on a page.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Profiles before it.")] = 0,
) -> ProfilesPage:
    """The profiles that count for the tenant, by name."""
    seen = profiles.all(tenant_id)
    page = [ProfileView.of(each) for each in seen[offset : offset + limit]]
    return ProfilesPage(profiles=page, total=len(seen), limit=limit, offset=offset)


@router.get("/{name}", response_model=ProfileView, responses=problems(ProfileNotFound))
async def get_profile(profiles: InProfiles, tenant_id: TenantId, name: ProfileName) -> ProfileView:
    """One profile."""
    return ProfileView.of(profiles.show(tenant_id, name))


@router.put("/{name}", response_model=ProfileView, responses=problems(TooManyProfiles))
async def put_profile(
    profiles: InProfiles,
    tenant_id: TenantId,
    name: ProfileName,
    body: ProfileFields,
    scope: ForWhom = Scope.TENANT,
) -> ProfileView:
    """Put a profile in the place of the one of that name, or make a new one.

    What is left out of the body is as it is without a profile. It counts for the next call, in
    every process.
    """
    fields = body.model_dump(mode="json")
    return ProfileView.of(await profiles.put(tenant_id, name, fields, scope))


@router.delete("/{name}", response_model=ProfileRemoval, responses=problems(ProfileNotFound))
async def delete_profile(
    profiles: InProfiles,
    tenant_id: TenantId,
    name: ProfileName,
    scope: ForWhom = Scope.TENANT,
) -> ProfileRemoval:
    """Take a change back: the shipped profile counts again, where there is one of that name."""
    now = await profiles.remove(tenant_id, name, scope)
    return ProfileRemoval(name=name, now=ProfileView.of(now) if now else None)
