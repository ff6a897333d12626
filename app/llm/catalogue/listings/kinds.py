"""Which models don't chat, where a list has nothing but names: facts about names, as data."""

from fnmatch import fnmatchcase

from app.llm.catalogue.facts import TEXT

EMBEDDINGS = frozenset({"embeddings"})
IMAGE = frozenset({"image"})
AUDIO = frozenset({"audio"})
VIDEO = frozenset({"video"})
SCORES = frozenset({"scores"})

_NAMES: tuple[tuple[str, frozenset[str]], ...] = (
    ("*embed*", EMBEDDINGS),
    ("*bge-*", EMBEDDINGS),
    ("*rerank*", SCORES),
    ("*moderation*", SCORES),
    ("*guard*", SCORES),
    ("*whisper*", TEXT),
    ("*transcribe*", TEXT),
    ("*tts*", AUDIO),
    ("dall-e*", IMAGE),
    ("*gpt-image*", IMAGE),
    ("*imagen*", IMAGE),
    ("*flux*", IMAGE),
    ("*stable-diffusion*", IMAGE),
    ("sora*", VIDEO),
    ("veo*", VIDEO),
)
_HEARS = ("*whisper*", "*transcribe*")

_TYPES = {
    "embedding": EMBEDDINGS,
    "embeddings": EMBEDDINGS,
    "image": IMAGE,
    "audio": AUDIO,
    "video": VIDEO,
    "rerank": SCORES,
    "moderation": SCORES,
}


def outputs(model: str, kind: str = "") -> frozenset[str]:
    """What a model answers in, by the `kind` its vendor gives it, else by its name."""
    if kind.lower() in _TYPES:
        return _TYPES[kind.lower()]
    name = model.lower()
    return next((made for pattern, made in _NAMES if fnmatchcase(name, pattern)), TEXT)


def inputs(model: str) -> frozenset[str]:
    name = model.lower()
    return AUDIO if any(fnmatchcase(name, pattern) for pattern in _HEARS) else TEXT
