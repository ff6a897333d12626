"""The one seam to the network: an httpx client over aiohttp's connection pool.

httpx's own pool looks at every connection on every request, which at a few hundred streams costs
more than all the rest; aiohttp's doesn't.
"""

import ssl
from collections.abc import Mapping
from functools import cache
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from app.llm.timeouts import Timeouts

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError)
"""Everything that can come out of the seam: httpx-aiohttp lets some of aiohttp's own through."""


def open_client(
    base_url: str,
    headers: Mapping[str, str],
    timeouts: Timeouts,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """One per provider, for the life of the process. Redirects aren't followed: they would carry
    the key to wherever they lead."""
    url = httpx.URL(f"{base_url.rstrip('/')}/")
    return httpx.AsyncClient(
        base_url=url.copy_with(userinfo=b""),
        auth=_credentials(url) if "Authorization" not in headers else None,
        headers=headers,
        timeout=httpx.Timeout(timeouts.total, connect=timeouts.connect, pool=timeouts.connect),
        transport=transport or _pooled(base_url),
        follow_redirects=False,
    )


def _credentials(url: httpx.URL) -> tuple[str, str] | None:
    """Those in the address itself: httpx copies them into a header, and aiohttp refuses a request
    that has them in both places."""
    return (url.username, url.password) if url.userinfo else None


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate bundle takes longer than all the rest of a client."""
    return httpx.create_ssl_context()


def _pooled(base_url: str) -> AiohttpTransport:
    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=_tls()),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    return AiohttpTransport(verify=_tls(), client=session, proxy=_proxy_for(base_url))


def _proxy_for(base_url: str) -> httpx.Proxy | None:
    """The HTTP proxy that the environment names for this address, settled once: aiohttp itself
    would look it up in a thread on every request. What runs on this machine needs none."""
    url = httpx.URL(base_url)
    proxy = getproxies().get(url.scheme, "")
    near = url.host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(url.host)
    return None if near or not proxy.startswith("http") else httpx.Proxy(proxy)


def timed_out(error: Exception) -> bool:
    """Whether a connection was waited for in vain.

    httpx-aiohttp 0.2 calls every lost or refused connection a `ConnectTimeout`; which it was shows
    in the error underneath.
    """
    cause = error.__cause__ or error
    return isinstance(cause, TimeoutError | httpx.TimeoutException)
