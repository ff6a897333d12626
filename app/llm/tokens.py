"""How many tokens a text has, guessed without any vendor's vocabulary."""

from app.llm.messages import ModelRequest

_CHARACTERS_PER_TOKEN = 4  # English prose on the common vocabularies; other scripts take more
_MESSAGE_OVERHEAD = 4


def estimate_tokens(characters: int) -> int:
    return -(-characters // _CHARACTERS_PER_TOKEN)


def prompt_tokens(request: ModelRequest) -> int:
    return sum(estimate_tokens(len(m.content)) + _MESSAGE_OVERHEAD for m in request.messages)
