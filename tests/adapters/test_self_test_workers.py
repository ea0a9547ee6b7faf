"""The self-test's processes, with small programs in the place of the window."""

import json
import os
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters import self_test_workers
from spark_desktop.adapters.self_test_workers import ChildWorkers
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import PLAN, Check, End, Outcome, Row, Seen, full_document

SEEN = Row("program", "program", Seen(Outcome.OK, "fine"), 0.1)
CHECKS = PLAN[:2]
ON_SCREEN = (Check("screen", "screen", on_screen=True),)
# Waits as the worker does: until nobody holds the other end of its input.
WAIT = "import os\nwhile os.read(0, 1): pass\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the self-test makes its own."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def workers(program: str, *arguments: str, on_screen: bool = False) -> ChildWorkers:
    return ChildWorkers((sys.executable, "-I", "-S", "-c", program), arguments, on_screen, False)


def prints(*lines: str) -> str:
    return "".join(f"print({line!r}, flush=True)\n" for line in lines)


async def test_rows_are_read_between_whatever_else_is_printed(temporary: Path) -> None:
    told = full_document(SEEN) | {"event": "row"}
    made = workers(prints("QFont: no such thing", json.dumps(told), "[1]") + WAIT)
    worker = made.start(CHECKS)
    assert await worker.row() == SEEN
    assert await worker.end() == End("exit code 0")
    assert (await made.tidy()).outcome is Outcome.OK
    assert os.listdir(temporary) == []  # noqa: PTH208


async def test_how_a_process_ended_is_told_with_its_last_words() -> None:
    made = workers("import sys; print('no plugin xcb', file=sys.stderr); sys.exit(3)")
    worker = made.start(CHECKS)
    assert await worker.row() is None
    assert await worker.end() == End("exit code 3; its last words: no plugin xcb", in_order=False)
    await made.tidy()


async def test_one_that_hangs_is_ended_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(self_test_workers, "_STOP_S", 0.0)
    program = (
        "import json, subprocess, sys, time\n"
        "sleep = [sys.executable, '-I', '-S', '-c', 'import time; time.sleep(99)']\n"
        "child = subprocess.Popen(sleep)\n"
        "print(json.dumps({'event': 'process', 'pid': child.pid}), flush=True)\n"
        f"{prints(json.dumps(full_document(SEEN) | {'event': 'row'}))}time.sleep(99)\n"
    )
    made = workers(program)
    worker = made.start(CHECKS)
    await worker.row()
    assert await worker.end() == End("killed by signal 9", in_order=False)
    seen = await made.tidy()
    assert (seen.outcome, seen.text.split(",")[0]) == (Outcome.OK, "2 processes ended")


async def test_a_process_that_stays_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test_workers, "_LEAVE_S", 0.0)
    made = workers("import time; time.sleep(99)")
    worker = made.start(CHECKS)
    seen = await made.tidy()
    await worker.end()
    assert seen.outcome is Outcome.FAILED
    (pid,) = [int(word) for word in seen.text.split() if word.isdigit()]
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def environment(made: ChildWorkers, checks: tuple[Check, ...]) -> dict[str, str]:
    worker = made.start(checks)
    assert await worker.row() is None
    await worker.end()
    assert made.folder is not None
    return dict(json.loads((made.folder / "said").read_text(encoding="utf-8")))


SAYS = (
    "import json, os, sys\n"
    "with open(sys.argv[2] + '/said', 'w') as file: json.dump(dict(os.environ), file)\n"
)


async def test_data_and_settings_are_its_own_and_the_window_is_not_seen() -> None:
    made = workers(SAYS)
    told = await environment(made, CHECKS)
    assert told["SPARK_DATA_DIR"] == str(made.folder / "data")
    assert told["SPARK_CONFIG_DIR"] == str(made.folder / "config")
    assert told["QT_QPA_PLATFORM"] == "offscreen"
    assert told.get("SPARK_MODELS_DIR") == os.environ.get("SPARK_MODELS_DIR")
    await made.tidy()


@pytest.mark.parametrize("is_asked", [True, False])
async def test_the_screen_is_asked_only_where_that_is_the_check_or_wanted(
    monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    made = workers(SAYS, on_screen=is_asked)
    told = await environment(made, CHECKS if is_asked else ON_SCREEN)
    assert "QT_QPA_PLATFORM" not in told
    await made.tidy()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
async def test_without_a_display_the_screen_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    made = workers(SAYS)
    assert (await environment(made, ON_SCREEN))["QT_QPA_PLATFORM"] == "offscreen"
    await made.tidy()


@pytest.mark.parametrize(("arguments", "is_own"), [((), True), (("--model", "other"), False)])
async def test_what_is_noted_of_a_model_that_came_with_spark_is_not_left_behind(
    arguments: tuple[str, ...], is_own: bool
) -> None:
    made = ChildWorkers((sys.executable, "-I", "-S", "-c", SAYS), arguments, False, True)
    told = await environment(made, CHECKS)
    assert (told.get("SPARK_MODELS_DIR") == str(made.folder / "models")) is is_own
    await made.tidy()


async def test_a_missing_program_is_named(tmp_path: Path) -> None:
    made = ChildWorkers((str(tmp_path / "spark-desktop"),))
    with pytest.raises(DesktopError, match=r"cannot be started: No such file"):
        made.start(CHECKS)
    await made.tidy()


async def test_a_folder_that_cannot_be_removed_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(self_test_workers.shutil, "rmtree", lambda *_args, **_words: None)
    monkeypatch.setattr(self_test_workers, "_AGAIN_S", 0.0)
    made = workers("")
    await made.start(CHECKS).end()
    seen = await made.tidy()
    assert seen.outcome is Outcome.FAILED
    assert str(made.folder) in seen.text


async def test_what_a_killed_self_test_left_is_removed_by_the_next(temporary: Path) -> None:
    gone = psutil.Popen([sys.executable, "-I", "-S", "-c", ""])
    gone.wait()
    left = temporary / f"spark-self-test-{gone.pid}-abc"
    mine = temporary / f"spark-self-test-{os.getpid()}-abc"
    for folder in (left, mine):
        (folder / "data").mkdir(parents=True)
    made = workers("")
    await made.start(CHECKS).end()
    assert not left.exists()
    assert mine.exists()
    await made.tidy()
