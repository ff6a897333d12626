"""What the profiles refuse, and why."""

from app.errors import Conflict, NotFound


class ProfileNotFound(NotFound):
    """There is no such profile, or nothing to take back."""

    code = "PROFILE_NOT_FOUND"


class TooManyProfiles(Conflict):
    """There are as many profiles as there may be; delete one first."""

    code = "TOO_MANY_PROFILES"
