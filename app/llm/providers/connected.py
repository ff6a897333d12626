"""The providers that can be asked, and what to say about those that can't."""

import re
from collections.abc import Mapping

from app.llm.errors import ProviderDisabled
from app.llm.model import Provider
from app.llm.providers.registry import PROVIDERS, ProviderRow

_CUSTOM = "custom_"
_OWN = re.compile(rf"{_CUSTOM}[a-z0-9_]{{1,40}}")

OFFLINE = "offline"
"""The provider that is built in. A negotiation whose provider it is has no model at all: its agents
are the built-in negotiators."""


class ConnectedProviders:
    """By name, in the registry's order. `default` may name one that isn't configured: asking for
    it then says so, where silently taking another would hide a typing error. `built_in` is there
    too, and none of those configured."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        default: str | None = None,
        *,
        built_in: Provider | None = None,
    ) -> None:
        self._providers = providers
        self._built_in = built_in
        self.default = default or next(iter(providers), OFFLINE)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._providers)

    def require(self, name: str) -> Provider:
        """`custom_acme` is a spelling of `acme`, a provider of one's own.

        Raises `ProviderDisabled`, saying what to set and what there is instead.
        """
        found = self._built_in if name == OFFLINE else None
        found = found or self._providers.get(name) or self._custom(name)
        if found is None:
            raise ProviderDisabled(f"{_why(name)}. {self._instead()}")
        return found

    async def aclose(self) -> None:
        for provider in self._providers.values():
            await provider.aclose()

    def _custom(self, name: str) -> Provider | None:
        own = name.removeprefix(_CUSTOM)
        return None if own == name or own in PROVIDERS else self._providers.get(own)

    def _instead(self) -> str:
        return f"Configured: {', '.join((*self.names, OFFLINE))}"


def _why(name: str) -> str:
    row = PROVIDERS.get(name)
    if row is None and _OWN.fullmatch(name):
        return f"Provider '{name}' is not configured: set {name.upper()}_BASE_URL and restart"
    if row is None:
        return f"There is no provider '{name[:50]}'; known are {', '.join(PROVIDERS)}"
    return f"Provider '{name}' is not configured: {_remedy(row)}"


def _remedy(row: ProviderRow) -> str:
    if row.needs_key:
        return f"set {row.key_variable} and restart"
    return f"{row.remedy} and restart, or set {row.url_variable}={row.base_url}"
