"""How a provider is reached."""

from pydantic import SecretStr

from app.kit.frozen import frozen
from app.llm.providers.registry import ProviderRow


@frozen
class Connection:
    """What is set for a provider. Without a `base_url`, one with a key is at its usual address."""

    api_key: SecretStr | None = None
    base_url: str | None = None

    def reaches(self, row: ProviderRow) -> bool:
        """With a key where one is needed, with an address where none is."""
        return bool(self.api_key if row.needs_key else self.base_url)
