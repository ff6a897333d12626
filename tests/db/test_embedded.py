"""The embedded server: any folder, any neighbour, whatever a dead process left behind."""

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from app.db import Address, EmbeddedServer
from app.db.embedded import EmbeddedServerFailed, _is_server_of, _plain


def _data_directory(address: Address) -> str:
    with psycopg.connect(address.libpq, connect_timeout=10) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return os.path.realpath(str(row[0]))


@contextmanager
def started(data_dir: Path) -> Iterator[Address]:
    server = EmbeddedServer(data_dir)
    try:
        yield server.start()
    finally:
        server.stop()


def _pid_file(data_dir: Path) -> Path:
    return data_dir / "postgres" / "postmaster.pid"


@pytest.mark.parametrize(
    "name", ["my data", "数据", "100% 'quoted' & \"more\"", "deep/" + "long-" * 30]
)
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / name
    with started(data_dir) as address:
        assert _data_directory(address) == str(data_dir / "postgres")
        assert address.public == "postgresql://embedded"
    assert not _pid_file(data_dir).exists()


def test_what_another_process_left_in_its_pid_file(tmp_path: Path, postgres: Address) -> None:
    """A killed server's number may by now be anybody's, even another server's."""
    with started(tmp_path):
        text = _pid_file(tmp_path).read_text()
        first = psutil.Process(int(text.partition("\n")[0]))
        os.kill(first.pid, signal.SIGKILL)
        first.wait(30)
    other_server = Path(_data_directory(postgres)) / "postmaster.pid"
    strangers = [str(os.getpid()), other_server.read_text().partition("\n")[0]]
    for stranger in strangers:
        _pid_file(tmp_path).write_text(text.replace(str(first.pid), stranger, 1))
        with started(tmp_path) as address:
            assert _data_directory(address) == str(tmp_path / "postgres")


def _end(data_dir: Path, how: signal.Signals) -> psutil.Process:
    """Ends the server, and returns what it was."""
    process = psutil.Process(int(_pid_file(data_dir).read_text().partition("\n")[0]))
    os.kill(process.pid, how)
    process.wait(30)
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_one_that_died_is_started_again_at_the_same_address(
    tmp_path: Path, how: signal.Signals
) -> None:
    server = EmbeddedServer(tmp_path / "my data")
    address = server.start()
    try:
        assert not server.revive(), "it runs"
        _end(tmp_path / "my data", how)

        assert server.revive()
        assert _data_directory(address) == str(tmp_path / "my data" / "postgres")
        assert not server.revive()
    finally:
        server.stop()
    assert not _pid_file(tmp_path / "my data").exists()


def test_one_that_was_stopped_stays_so(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    server.start()
    server.stop()
    assert not server.revive()
    assert not _pid_file(tmp_path).exists()


def test_one_whose_files_are_gone_is_not_begun_anew(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    server.start()
    try:
        _end(tmp_path, signal.SIGINT)
        (tmp_path / "postgres").rename(tmp_path / "elsewhere")

        with pytest.raises(EmbeddedServerFailed, match="its files are gone"):
            server.revive()
        assert not (tmp_path / "postgres").exists()
    finally:
        server.stop()


def test_the_last_to_leave_stops_one_that_another_has_started_again(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    server.start()
    _end(tmp_path, signal.SIGINT)
    address = EmbeddedServer(tmp_path).start()
    assert _data_directory(address) == str(tmp_path / "postgres")

    server.stop()

    assert not _pid_file(tmp_path).exists()


@pytest.mark.parametrize("text", ["", "rubbish", "1\n2", "-1\n" * 8])
def test_a_broken_pid_file_is_nobodys(tmp_path: Path, text: str) -> None:
    assert not _is_server_of(tmp_path, text)


def test_a_folder_that_cannot_be_made() -> None:
    with pytest.raises(EmbeddedServerFailed, match=r"'/proc/parley/postgres'.*Set DATA_DIR"):
        EmbeddedServer(Path("/proc/parley")).start()


def test_what_the_server_itself_complains_of_is_told(tmp_path: Path) -> None:
    with started(tmp_path):
        pass
    settings = tmp_path / "postgres" / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nshared_buffers = nonsense\n")
    with pytest.raises(EmbeddedServerFailed, match=r"(?s)nonsense.*log"):
        EmbeddedServer(tmp_path).start()


def test_stopping_what_was_never_started_does_nothing(tmp_path: Path) -> None:
    EmbeddedServer(tmp_path).stop()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where links to awkward folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    return tmp_path / "t" / f"parley-{os.geteuid()}"


def test_a_plain_folder_is_used_as_it_is(links: Path) -> None:
    assert _plain(Path("/srv/parley/postgres")) == Path("/srv/parley/postgres")
    assert not links.exists()


def test_an_awkward_one_by_a_short_link_that_is_always_the_same(
    links: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my data"
    folder.mkdir()
    link = _plain(folder)
    assert link.parent == links
    assert link.readlink() == folder
    link.unlink()
    link.symlink_to(tmp_path)
    assert _plain(folder) == link
    assert link.readlink() == folder
    assert not stat.S_IMODE(links.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH)


def test_links_that_somebody_else_could_change_are_refused(links: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    links.symlink_to(tmp_path / "theirs")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        _plain(tmp_path / "my data")
