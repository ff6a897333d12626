"""What the profiles' endpoints ask for, as types."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from app.gateway.profiles.service import ProfileBook, Scope


async def _profiles(request: Request) -> ProfileBook:
    found: ProfileBook = request.state.profiles
    return found


InProfiles = Annotated[ProfileBook, Depends(_profiles)]
ProfileName = Annotated[
    str,
    Path(
        description="Small letters, digits, - and _; begins with a letter or digit.",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        examples=["coding_agent"],
    ),
]
ForWhom = Annotated[
    Scope, Query(description="Whether the change is the tenant's own, or everyone's.")
]
