"""Galileo's API over HTTP: logged in, bounded in time and size, every status looked at."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from app.kit import json
from app.kit.deadline import within
from app.telemetry.exporters.galileo.trouble import GalileoError, Trouble, from_status

if TYPE_CHECKING:
    import httpx2

_MOST_BYTES = 16 * 1024 * 1024
_LOGIN = "/login/api_key"
_NEAR = ("all://localhost", "all://127.0.0.1", "all://[::1]")
"""What runs on this machine is asked directly, past any proxy."""


class GalileoApi:
    """Redirects aren't followed: they would carry the key to wherever they lead. A login lasts
    until Galileo refuses it. `timeout` is for a whole request, in seconds."""

    def __init__(self, url: str, key: SecretStr, *, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._http: httpx2.AsyncClient | None = None
        self._token: str | None = None
        self._logging_in = asyncio.Lock()

    async def get(self, path: str, params: Mapping[str, str | int]) -> Any:
        """The JSON at `path`. Raises `GalileoError`."""
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Like `get`."""
        return await self._ask("POST", path, body=body)

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def _ask(self, method: str, path: str, **sent: Any) -> Any:
        token = await self._login(None)
        try:
            return await self._send(method, path, token=token, **sent)
        except GalileoError as error:
            if error.status != 401:
                raise
        token = await self._login(token)
        return await self._send(method, path, token=token, **sent)

    async def _login(self, refused: str | None) -> str:
        """The token; a new one in place of the one that was refused."""
        async with self._logging_in:
            if self._token is None or self._token == refused:
                self._token = None
                told = await self._send(
                    "POST", _LOGIN, body={"api_key": self._key.get_secret_value()}
                )
                self._token = text_in(told, "access_token", _LOGIN)
            return self._token

    async def _send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        client = self._opened()
        request = client.build_request(
            method,
            self._url + path,
            params=params,
            content=None if body is None else json.dumps(body),
            headers=_headers(token),
        )
        try:
            return await within(self._timeout, self._answer(client, request, path))
        except TimeoutError:
            late = f"Galileo didn't answer in time at {path}"
            raise GalileoError(Trouble.TIMEOUT, late) from None

    async def _answer(
        self, client: "httpx2.AsyncClient", request: "httpx2.Request", path: str
    ) -> Any:
        import httpx2  # noqa: PLC0415  # loaded where an SDK is, or Galileo is on

        try:
            response = await client.send(request, stream=True)
            try:
                content = await _read(response, path)
            finally:
                await response.aclose()
        except httpx2.TimeoutException:
            raise TimeoutError from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            why = type(error).__name__
            raise GalileoError(
                Trouble.UNREACHABLE, f"Galileo can't be reached at {path} ({why})"
            ) from None
        if not 200 <= response.status_code < 300:
            raise from_status(response.status_code, path)
        return _parsed(content, path)

    def _opened(self) -> "httpx2.AsyncClient":
        if self._http is None:
            import httpx2  # noqa: PLC0415  # loaded where an SDK is, or Galileo is on

            self._http = httpx2.AsyncClient(
                timeout=self._timeout, follow_redirects=False, mounts=dict.fromkeys(_NEAR)
            )
        return self._http


def text_in(told: Any, name: str, path: str) -> str:
    """Raises `GalileoError` where there is no such text."""
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, str) or not found:
        raise unusable(path)
    return found


def rows_in(told: Any, name: str | None, path: str) -> list[dict[str, Any]]:
    """The objects listed under `name`, or in the answer itself. Raises `GalileoError`."""
    rows = told if name is None else told.get(name) if isinstance(told, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unusable(path)
    return rows


def unusable(path: str) -> GalileoError:
    return GalileoError(Trouble.UNUSABLE, f"Galileo sent nothing usable at {path}")


def _headers(token: str | None) -> dict[str, str]:
    headers = {"content-type": "application/json", "accept": "application/json"}
    return headers if token is None else {**headers, "authorization": f"Bearer {token}"}


async def _read(response: "httpx2.Response", path: str) -> bytes:
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > _MOST_BYTES:
            raise unusable(path)
    return bytes(content)


def _parsed(content: bytes, path: str) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError:
        raise unusable(path) from None
