"""Where the bytes lie: a folder or an S3 bucket, by one path."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from app.kit import garbage
from app.kit.frozen import frozen

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_CONNECT = timedelta(seconds=2)
_ANSWER = timedelta(seconds=10)
_PAGE = 1000


@frozen
class Bucket:
    """`url` is `s3://bucket/prefix`. Without an `endpoint` it is Amazon's, without keys it takes
    those that the machine offers."""

    url: str
    endpoint: str | None
    region: str
    access_key_id: SecretStr | None
    secret_access_key: SecretStr | None


@frozen
class Found:
    """A file that lies there."""

    key: str
    changed_at: datetime


class ClipLost(Exception):
    """The file isn't there."""


class StorageAway(Exception):
    """It can't be reached, is full, or lets nobody in."""


class ClipStore:
    """Whole files only: each is there with all its bytes, or not at all.

    Raises `ClipLost` and `StorageAway`. How long it may take is for others to bound.
    """

    def __init__(self, place: Path | Bucket) -> None:
        self._place = place
        self._library: tuple[Any, type[Exception]] | None = None
        self._store: ObjectStore | None = None
        self._opening = asyncio.Lock()

    async def put(self, key: str, data: bytes) -> None:
        async with self._opened() as (obstore, store):
            await obstore.put_async(store, _path(key), data)

    async def size(self, key: str) -> int:
        """In bytes."""
        async with self._opened() as (obstore, store):
            return int((await obstore.head_async(store, _path(key)))["size"])

    async def read(self, key: str, start: int, end: int) -> bytes:
        """From byte `start` up to `end`, which isn't in."""
        async with self._opened() as (obstore, store):
            found = await obstore.get_range_async(store, _path(key), start=start, end=end)
            return bytes(found)

    async def delete(self, keys: Iterable[str]) -> None:
        """Those that aren't there don't matter."""
        for key in keys:
            with suppress(ClipLost):
                async with self._opened() as (obstore, store):
                    await obstore.delete_async(store, _path(key))

    async def all(self) -> AsyncGenerator[list[Found]]:
        """Every file, some at a time."""
        async with self._opened() as (obstore, store):
            async for page in obstore.list(store, chunk_size=_PAGE):
                yield [Found(_key(meta["path"]), meta["last_modified"]) for meta in page]

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Any, "ObjectStore"]]:
        """The library and the place; turns what both raise into errors of ours."""
        async with self._opening:
            if self._library is None:
                self._library = await garbage.load(_load)
        obstore, base_error = self._library
        try:
            async with self._opening:
                if self._store is None:
                    self._store = await asyncio.to_thread(_open, self._place)
            yield obstore, self._store
        except FileNotFoundError as error:
            raise ClipLost from error
        except (base_error, OSError, ValueError) as error:
            raise StorageAway(type(error).__name__) from error


def _load() -> tuple[Any, type[Exception]]:
    """The library and the base of its errors."""
    import obstore  # noqa: PLC0415  # 20 MB: when it is needed
    from obstore.exceptions import BaseError  # noqa: PLC0415  # the same

    return obstore, BaseError


def _open(place: Path | Bucket) -> "ObjectStore":
    from obstore.store import LocalStore, S3Store  # noqa: PLC0415  # when it is needed

    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        return LocalStore(place, mkdir=True)
    given = {
        "endpoint": place.endpoint,
        "access_key_id": _secret(place.access_key_id),
        "secret_access_key": _secret(place.secret_access_key),
    }
    return S3Store.from_url(
        place.url,
        region=place.region,
        client_options={"allow_http": True, "connect_timeout": _CONNECT, "timeout": _ANSWER},
        retry_config={"max_retries": 1, "retry_timeout": _ANSWER},
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]  # by name
    )


def _secret(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _path(key: str) -> str:
    """In 256 folders, so that none has too many."""
    return f"{key[:2]}/{key}"


def _key(path: str) -> str:
    return path.rpartition("/")[2]
