"""Who uses a data folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.db.holders import Holders


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "holders.json"


def test_the_only_one_leaves_nobody(file: Path) -> None:
    holders = Holders(file)
    holders.join()
    holders.join()

    assert holders.leave()


def test_somebody_else_stays_until_it_is_dead(file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        began = psutil.Process(other.pid).create_time()
        file.write_text(json.dumps([[other.pid, began]]))
        holders = Holders(file)
        holders.join()
        assert not holders.leave()

        other.kill()
        other.wait()
        holders.join()
        assert holders.leave()


def test_a_number_that_was_given_out_again_is_nobody(file: Path) -> None:
    file.write_text(json.dumps([[os.getppid(), 1.0]]))
    holders = Holders(file)
    holders.join()

    assert holders.leave()


def test_a_list_that_was_cut_off_is_empty(file: Path) -> None:
    file.write_text("[[12, 3")
    holders = Holders(file)
    holders.join()

    assert holders.leave()
