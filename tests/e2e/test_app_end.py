"""The program as a process of its own, ended in order and by force: no core stays behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters.core_lookup import CoreAddress
from tests.e2e.sessions import core_of, engine_of, polls, runs, slot_of, write_replay

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send"),
]

SAVED = "def add(a, b):\n    # add both AI!\n    return 0\n"
# The program's own two seconds, and some for a busy machine.
LINGER_S = 2.0 + 10.0
# An answer that lasts longer than any test.
LONG = {"match": "", "text": "word " * 1000, "delay_ms": 200}


class Program:
    """The desktop with one folder open, and the core that it started."""

    def __init__(self, folder: Path, data_dir: Path, model: str) -> None:
        self._folder, self._data_dir, self._model = folder, data_dir, model
        self.process = subprocess.Popen(
            [sys.executable, "-W", "default", "-m", "spark_desktop.app", folder, "--model", model],
            env=os.environ
            | {
                "SPARK_DATA_DIR": str(data_dir),
                "SPARK_CONFIG_DIR": str(data_dir),
                "QT_QPA_PLATFORM": "offscreen",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def core(self) -> CoreAddress:
        """The core, once it answers."""
        for _ in polls():
            address = core_of(self._data_dir, self._model)
            if address is not None:
                return address
            assert self.process.poll() is None, self.process.communicate()[1]
        raise AssertionError

    def streams(self) -> CoreAddress:
        """The core, once it writes an answer to a file that was saved."""
        core = self.core()
        for _ in polls():
            # Until the folder is watched, a save is not seen; the same text again is no change.
            self._save()
            if slot_of(core)["state"] == "decode":
                return core
        raise AssertionError

    def _save(self) -> None:
        saved = self._data_dir / "saved"
        saved.write_text(SAVED, encoding="utf-8")
        saved.replace(self._folder / "sum.py")


def _gone(*processes: int) -> None:
    for _ in polls(LINGER_S):
        if not any(map(runs, processes)):
            return


@pytest.fixture
def program(folder: Path, data_dir: Path, script: Path) -> Iterator[Program]:
    model = write_replay(script, LONG)
    made = Program(folder, data_dir, model)
    with made.process:
        yield made
        made.process.kill()


def test_the_core_ends_when_the_program_is_killed_while_an_answer_streams(
    program: Program,
) -> None:
    core = program.streams()
    assert psutil.Process(core.pid).ppid() == program.process.pid
    program.process.kill()
    assert program.process.wait(60) == -signal.SIGKILL
    _gone(core.pid)
    assert not runs(core.pid)


def test_the_program_ends_in_order_while_an_answer_streams(
    program: Program, data_dir: Path
) -> None:
    core = program.streams()
    program.process.terminate()
    _out, errors = program.process.communicate(timeout=60)
    assert program.process.returncode == 0
    assert errors == ""
    _gone(core.pid)
    assert not runs(core.pid)
    assert list((data_dir / "run").glob("*.json")) == []


@pytest.mark.model
@pytest.mark.timeout(300)
@pytest.mark.parametrize("order", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to end"])
def test_neither_core_nor_engine_outlives_the_program(
    order: signal.Signals, folder: Path, data_dir: Path, model_path: Path
) -> None:
    made = Program(folder, data_dir, str(model_path))
    with made.process:
        core = made.core()
        engine = engine_of(core)
        made.process.send_signal(order)
        made.process.communicate(timeout=60)
    _gone(core.pid, engine)


@pytest.mark.model
@pytest.mark.timeout(300)
def test_an_engine_does_not_outlive_its_killed_core(
    folder: Path, data_dir: Path, model_path: Path
) -> None:
    made = Program(folder, data_dir, str(model_path))
    with made.process:
        core = made.core()
        engine = engine_of(core)
        made.process.kill()
        os.kill(core.pid, signal.SIGKILL)
        _gone(core.pid, engine)
        made.process.communicate(timeout=60)
