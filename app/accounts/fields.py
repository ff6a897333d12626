"""What a tenant can be called, wherever somebody names one."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")

SHOULD = (
    "should be 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends, as in team-blue"
)


def is_tenant_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _checked(name: str) -> str:
    if not is_tenant_name(name):
        raise ValueError(SHOULD)
    return name


TenantName = Annotated[
    str, AfterValidator(_checked), Field(json_schema_extra={"pattern": f"^{_NAME.pattern}$"})
]
"""In a body."""
