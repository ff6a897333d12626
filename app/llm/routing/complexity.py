"""How hard the work is: as the caller says, else estimated from how much there is of it."""

from app.kit.frozen import frozen
from app.llm.messages import Complexity, ModelRequest
from app.llm.tokens import prompt_tokens


@frozen
class ComplexityPolicy:
    """What makes a request complex: any of these numbers of prompt tokens (estimated), tools, or
    messages. Chosen so that a question with a page of context stays simple."""

    tokens: int = 4000
    tools: int = 5
    messages: int = 20

    def judge(self, request: ModelRequest) -> tuple[Complexity, str]:
        """The complexity, and why."""
        if request.wishes.complexity is not None:
            return request.wishes.complexity, "stated"
        if len(request.tools) >= self.tools:
            return Complexity.COMPLEX, f"{len(request.tools)} tools"
        if len(request.messages) >= self.messages:
            return Complexity.COMPLEX, f"{len(request.messages)} messages"
        tokens = prompt_tokens(request)
        if tokens >= self.tokens:
            return Complexity.COMPLEX, f"about {tokens} tokens"
        return Complexity.SIMPLE, "estimated"
