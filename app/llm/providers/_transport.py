"""The one seam to the network: aiohttp, with one pool of connections per provider."""

import io
import os
import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from urllib.request import getproxies, proxy_bypass

import certifi
from yarl import URL

from app.llm.providers._aiohttp import aiohttp
from app.llm.timeouts import Timeouts

TRANSPORT_ERRORS = (aiohttp.ClientError, OSError, UnicodeError)
"""Everything that can come out of the seam: no connection, or one that broke off. The last is for
a host whose name is too long to be looked up."""

_ACCEPT = {"Accept": "text/event-stream, application/json"}
_JSON = {"Content-Type": "application/json"}
_HEADER = 32 * 1024  # bytes of one header: some vendors send policies longer than aiohttp's 8 KB
_LARGE = 512 * 1024  # bytes of a body that is better written in pieces


class Network:
    """A provider's connections, for the life of the process. Opened by the first request, since a
    session belongs to the event loop that runs then.

    Redirects aren't followed: they would carry the key to wherever they lead.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str], timeouts: Timeouts) -> None:
        address = URL(base_url.rstrip("/"))
        self._base = address.with_user(None) if address.user else address
        self._headers = {**_ACCEPT, **_credentials(address), **headers}
        self._proxy = _proxy_for(base_url)
        secure = "https" in (address.scheme, URL(self._proxy or "").scheme)
        self._tls = _tls() if secure else True
        self._connect = aiohttp.ClientTimeout(connect=timeouts.connect)
        self._session: aiohttp.ClientSession | None = None
        self._url = lru_cache(maxsize=64)(self._address)  # a few paths, asked again and again

    async def get(self, path: str) -> aiohttp.ClientResponse:
        """The response with its body still to come. `path` continues the base address, or with a
        slash in front, starts at its host. Raises what is in `TRANSPORT_ERRORS`."""
        return await self._opened().get(self._url(path), allow_redirects=False)

    async def post(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        """Like `get`. `body` is JSON."""
        return await self._opened().post(
            self._url(path),
            data=body if len(body) < _LARGE else io.BytesIO(body),
            headers=_JSON,
            allow_redirects=False,
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                proxy=self._proxy,
                timeout=self._connect,
                max_line_size=_HEADER,
                max_field_size=_HEADER,
            )
        return self._session

    def _address(self, path: str) -> URL:
        return self._base.join(URL(path)) if path.startswith("/") else URL(f"{self._base}/{path}")


def succeeded(response: aiohttp.ClientResponse) -> bool:
    return 200 <= response.status < 300


def hang_up(response: aiohttp.ClientResponse) -> None:
    """Closes the connection at once: over TLS, taking leave could last as long as the other side
    likes. Does nothing to one that is back in the pool."""
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
    response.close()


def timed_out(error: Exception) -> bool:
    """Whether a connection was waited for in vain."""
    return isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError)


def _credentials(address: URL) -> dict[str, str]:
    """Those in the address itself. A key, where there is one, takes their place."""
    if not address.user:
        return {}
    return {"Authorization": aiohttp.encode_basic_auth(address.user, address.password or "")}


@cache
def _tls() -> ssl.SSLContext:
    """The certificates that the environment names, else those that certifi brings. One for all:
    reading them takes longer than all the rest of a client."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    return ssl.create_default_context(cafile=certifi.where())


def _proxy_for(base_url: str) -> str | None:
    """The HTTP proxy that the environment names for this address, settled once: aiohttp itself
    would look it up in a thread on every request. What runs on this machine needs none."""
    url = URL(base_url)
    host = url.host or ""
    proxy = getproxies().get(url.scheme, "")
    near = host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host)
    return None if near or not proxy.startswith("http") else proxy
