"""What a setting may hold: types of fields, each with its check."""

import re
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

PROVIDERS = (
    "openrouter",
    "lm_studio",
    "ollama",
    "openai",
    "anthropic",
    "gemini",
    "groq",
    "mistral",
    "deepseek",
    "together",
    "fireworks",
    "cerebras",
    "xai",
    "cohere",
    "perplexity",
    "nvidia",
    "deepinfra",
    "sambanova",
    "huggingface",
)
OFFLINE = "offline"

PROVIDER_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
EXAMPLE_CHAIN = "openrouter:openai/gpt-5-mini,ollama:llama3.2:3b"


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part for part in map(str.strip, value.split(",")) if part]


def _level(value: object) -> object:
    """In capitals; what is no level stays as it was written, to be told so."""
    known = isinstance(value, str) and value.upper() in _LEVELS
    return str(value).upper() if known else value


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError("should be an IP address or a host name")
    return text


def _is_address(text: str, schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(re.fullmatch(schemes, parts.scheme)) and parts.port != 0
    except ValueError:  # its text may quote a piece of a password
        return False


def _web_address(text: str) -> str:
    if not (_is_address(text, "https?") and re.fullmatch(r"\w+://[^\s/?#][^\s?#]*", text)):
        raise ValueError("should be an http:// or https:// address without query or fragment")
    return text.rstrip("/")


def _origin(text: str) -> str:
    origin = text if text == "*" else _web_address(text)
    if origin.count("/") > 2 or "@" in origin:
        raise ValueError("should be only scheme, host and port of a page's address")
    return origin


def _database_url(secret: SecretStr) -> SecretStr:
    scheme, _, rest = secret.get_secret_value().partition("://")
    if not (_is_address(f"{scheme}://{rest}", r"postgres(ql)?(\+\w+)?") and rest.split() == [rest]):
        raise ValueError("should be a PostgreSQL address, or empty for the embedded server")
    return SecretStr(f"postgresql+psycopg://{rest}")


def _api_key(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError("should be one word of printable ASCII, as the vendor gave it")
    return secret


def _data_dir(path: Path) -> Path:
    full = path.expanduser().resolve()
    if full.exists() and not full.is_dir():
        raise ValueError("should be a folder, and is a file")
    return full


def _provider(text: str) -> str:
    if not PROVIDER_NAME.fullmatch(text):
        raise ValueError(f"should be one of {', '.join((*PROVIDERS, OFFLINE))}")
    return text


def _link(text: str) -> str:
    provider, _, model = text.partition(":")
    if not (PROVIDER_NAME.fullmatch(provider) and model):
        raise ValueError(f"should be provider:model, with a provider of {', '.join(PROVIDERS)}")
    return text


def _dsn(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"https?://[^\s/@:]+(:[^\s/@]*)?@[^\s/]+/\S+", secret.get_secret_value()):
        raise ValueError("should be a DSN as Sentry gives it")
    return secret


def _headers(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\w-]+=[!-+\--~]+(,[\w-]+=[!-+\--~]+)*", secret.get_secret_value()):
        raise ValueError("should be name=value, comma-separated")
    return secret


def _bucket(text: str) -> str:
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?", text):
        raise ValueError("should be s3://bucket or s3://bucket/folder")
    return text.rstrip("/")


def _scorer(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", text):
        raise ValueError("should be names in small letters, such as context_adherence")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,100}", text, re.ASCII):
        raise ValueError("should be one word of letters, digits, '_', '-' and '.'")
    return text


def _no_accounts(required: object) -> object:
    if required:
        raise ValueError("should be false: this release has no accounts to sign in with")
    return required


Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)]
Link = Annotated[str, AfterValidator(_link)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
Word = Annotated[str, AfterValidator(_word)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
ScorerName = Annotated[str, AfterValidator(_scorer)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""Of 1."""
Chain = Annotated[tuple[Link, ...], NoDecode, BeforeValidator(_split)]
"""Models in the order they are tried, each written `provider:model`."""
_Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
_LEVELS = get_args(_Level)
LogLevel = Annotated[_Level, BeforeValidator(_level)]
LogFormat = Literal["console", "json"]
Host = Annotated[str, AfterValidator(_host)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
DataDir = Annotated[Path, AfterValidator(_data_dir)]
ProviderName = Annotated[str, AfterValidator(_provider)]
Dsn = Annotated[SecretStr, AfterValidator(_dsn)]
Headers = Annotated[SecretStr, AfterValidator(_headers)]
Bucket = Annotated[str, AfterValidator(_bucket)]
Scorers = Annotated[tuple[ScorerName, ...], NoDecode, BeforeValidator(_split)]
NoAccounts = Annotated[bool, AfterValidator(_no_accounts)]
