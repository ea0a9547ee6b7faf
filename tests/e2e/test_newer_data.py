"""The program itself, started on the data of a newer one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.old_folders import newer_folder

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("hidden", [[], ["--hidden"]], ids=["shown", "at log-in"])
def test_the_desktop_says_so_until_it_is_ended_and_changes_no_byte(
    tmp_path: Path, hidden: list[str]
) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    places = {"SPARK_DATA_DIR": str(folder.data), "SPARK_CONFIG_DIR": str(tmp_path / "config")}
    command = [sys.executable, "-P", "-m", "spark_desktop.app", str(folder.project), *hidden]
    with subprocess.Popen(
        command, env={**os.environ, **places}, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stderr is not None
        assert "of a newer Spark" in program.stderr.readline()
        # It may come before Qt listens: the signal's own way then ends the program.
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) in (1, -signal.SIGTERM)
    assert folder.digests() == before
