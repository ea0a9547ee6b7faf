"""The program and its core start, propose and end without asking any other machine for anything."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.sessions import core_of, polls, runs, slot_of, write_replay

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to end it with"),
]

# Python tells its audit hooks of every connection and every look-up of a name. Both processes read
# this at their start; what they asked for is refused, so that it also shows in what they do.
_WATCHER = """
import os, sys

def watch(event, arguments):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    here = isinstance(host, bytes) or str(host) in ("127.0.0.1", "::1", "localhost", "None")
    is_file = not isinstance(address, tuple) and event != "socket.getaddrinfo"
    with open(os.environ["ASKED_FOR"], "a") as told:
        print("local" if here or is_file else "remote", event, host, file=told)
    if not here and not is_file:
        raise OSError("this machine is alone")

sys.addaudithook(watch)
"""
SAVED = "def add(a, b):\n    # add both AI!\n    return 0\n"
# Long enough to be seen while it is written.
ANSWER = {"match": "", "text": "word " * 1000, "delay_ms": 200}


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """Where the processes' connections are written down."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(_WATCHER, encoding="utf-8")
    return tmp_path / "asked.txt"


@pytest.fixture
def program(
    folder: Path, data_dir: Path, script: Path, watched: Path, tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    paths = [str(tmp_path / "hook"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "SPARK_DATA_DIR": str(data_dir),
        "SPARK_CONFIG_DIR": str(data_dir / "config"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "ASKED_FOR": str(watched),
    }
    model = write_replay(script, ANSWER)
    started = subprocess.Popen(
        [sys.executable, "-m", "spark_desktop.app", folder, "--model", model],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started:
        yield started
        started.kill()


def test_a_start_and_a_proposal_ask_no_other_machine(
    program: subprocess.Popen[str],
    folder: Path,
    data_dir: Path,
    script: Path,
    watched: Path,
) -> None:
    model = f"replay:{script}"
    core = None
    for _ in polls():
        core = core or core_of(data_dir, model)
        assert program.poll() is None, program.communicate()[1]
        # Until the folder is watched, a save is not seen.
        saved = data_dir / "saved"
        if data_dir.is_dir():
            saved.write_text(SAVED, encoding="utf-8")
            saved.replace(folder / "sum.py")
        if core is not None and slot_of(core)["state"] == "decode":
            break
    program.send_signal(signal.SIGTERM)
    errors = program.communicate(timeout=60)[1]
    assert program.returncode == 0, errors
    assert core is not None
    for _ in polls():
        if not runs(core.pid):
            break
    asked = watched.read_text(encoding="utf-8").splitlines()
    assert [line for line in asked if line.startswith("remote")] == []
    assert len(asked) > 3
    assert errors == ""
