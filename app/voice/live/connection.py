"""The websocket itself. To be imported when one is opened: `websockets` costs memory."""

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from app.voice.errors import VoiceTimeout, VoiceUnavailable
from app.voice.live.failures import not_opened

_CLOSE_SECONDS = 0.5
_MOST_BYTES = 2 * 1024 * 1024
"""In one message: half a minute of uncompressed sound, in base64."""
_MOST_MESSAGES = 16
"""Held for a listener who is behind; the vendor waits with the rest."""
_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})
_IN_ORDER = 1000

_quiet = logging.getLogger("parley.voice.websocket")
_quiet.setLevel(logging.WARNING)  # below that the library logs headers, and the key is in one


class _Direct(connect):
    """Follows no redirects, which would take the key elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Socket:
    """Raises `VoiceUnavailable` where the connection is lost."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: str) -> bool:
        """False when it is closed, which `receive` tells the reason of."""
        try:
            await self._connection.send(message)
        except ConnectionClosed:
            return False
        return True

    async def receive(self) -> str | bytes | None:
        """None when it was closed in order."""
        try:
            return await self._connection.recv()
        except ConnectionClosed as error:
            if error.rcvd is not None and error.rcvd.code == _IN_ORDER:
                return None
            raise VoiceUnavailable("hung up before it was done") from error


@asynccontextmanager
async def opened(
    address: str,
    headers: dict[str, str],
    *,
    voice_id: str,
    tls: ssl.SSLContext | None,
    seconds: float,
) -> AsyncIterator[Socket]:
    """Within so many seconds. The end of the block closes it at once.

    Raises `VoiceUnavailable`, `UnknownVoice`.
    """
    connection = await _connected(address, headers, voice_id, tls, seconds)
    try:
        yield Socket(connection)
    finally:
        await connection.close()


async def _connected(
    address: str,
    headers: dict[str, str],
    voice_id: str,
    tls: ssl.SSLContext | None,
    seconds: float,
) -> ClientConnection:
    try:
        return await _Direct(
            address, **_options(address, tls), additional_headers=headers, open_timeout=seconds
        )
    except InvalidStatus as error:
        answer = error.response
        retry_after = answer.headers.get("retry-after", "")
        raise not_opened(answer.status_code, retry_after, voice_id) from None
    except TimeoutError as error:
        raise VoiceTimeout(f"opened no websocket within {seconds:g} s") from error
    except (OSError, WebSocketException, ImportError) as error:  # the last for a SOCKS proxy
        raise VoiceUnavailable("can't be reached: no websocket") from error


def _options(address: str, tls: ssl.SSLContext | None) -> dict[str, Any]:
    """Without pings of ours: while a listener is behind, nobody would read the answer."""
    return {
        "compression": None,  # sound is compressed already, or in a hurry
        "close_timeout": _CLOSE_SECONDS,
        "logger": _quiet,
        "max_size": _MOST_BYTES,
        "max_queue": _MOST_MESSAGES,
        "ping_interval": None,
        "proxy": None if urlsplit(address).hostname in _NEAR else True,
        "user_agent_header": None,
        **({"ssl": tls} if address.startswith("wss:") else {}),
    }
