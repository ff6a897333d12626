"""aiohttp, without the certificates that it reads when it is loaded: 2 MB, for connections that
bring none of their own. Ours do, and any other trusts nobody."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _trusting_nobody() -> Iterator[None]:
    usual = ssl.create_default_context
    ssl.create_default_context = lambda *_, **__: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        yield
    finally:
        ssl.create_default_context = usual


with _trusting_nobody():
    import aiohttp

__all__ = ["aiohttp"]
