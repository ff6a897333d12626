"""The errors of a model that is asked through its vendor's own SDK."""

from app.llm.errors import RequestRefused
from app.llm.messages import ModelRequest
from app.llm.providers._failures import Failures


class SdkFailures(Failures):
    def declined(self, why: str) -> RequestRefused:
        """The model, or a filter before it, won't answer this, and said nothing."""
        return RequestRefused(
            f"{self._who} declined to answer{self._quoted(why)}; say it another way, or ask "
            "another model",
            upstream_status=400,
        )

    def unsuitable(self, what: str, advice: str) -> RequestRefused:
        """The request asks for something that this model, or its wire, has not."""
        return RequestRefused(f"{self._who} {what}; {advice}", upstream_status=400)

    def refused(self, status: int, said: str, advice: str, *, meant: int) -> RequestRefused:
        """`status` is what the vendor answered; what it stands for on other wires is `meant`."""
        return RequestRefused(
            f"{self._who} answered {status}{self._quoted(said)}; {advice}", upstream_status=meant
        )


def require_conversation(request: ModelRequest, failures: SdkFailures) -> None:
    """Raises `RequestRefused` for a request that wants vectors."""
    if request.inputs:
        raise failures.unsuitable(
            "makes no embeddings", "ask a model that does, as in gemini:gemini-embedding-001"
        )
