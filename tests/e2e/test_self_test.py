"""``spark-desktop --self-test`` as it is run: nothing fails, nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.secret_service import in_session, require_keyring
from tests.e2e.sessions import polls, write_replay

pytestmark = pytest.mark.e2e

ANSWER = {"match": "", "text": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"}
PROGRAM = (sys.executable, "-P", "-m", "spark_desktop.app", "--self-test")
# What this machine may lack: a display with a tray, a keyring, certificates.
MAY_BE_NOTED = {"keyring", "TLS", "screen", "tray"}


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    made = tmp_path / "tmp"
    made.mkdir()
    return made


@pytest.fixture
def environment(data_dir: Path, temporary: Path) -> dict[str, str]:
    """The user's own, in which a Spark runs: its folders must not change."""
    (data_dir / "run").mkdir(parents=True)
    (data_dir / "spark.db").write_bytes(b"the user's")
    return os.environ | {
        "SPARK_DATA_DIR": str(data_dir),
        "TMPDIR": str(temporary),
        "QT_QPA_PLATFORM": "offscreen",
    }


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def still_run(temporary: Path) -> list[psutil.Process]:
    """The processes that know of a self-test's folder."""
    found = []
    for process in psutil.process_iter(["environ"]):
        named = (process.info["environ"] or {}).get("SPARK_DATA_DIR", "")
        if named.startswith(str(temporary)) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def told(environment: dict[str, str], *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [*PROGRAM, "--json", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_fails_and_nothing_is_left_behind(
    environment: dict[str, str], data_dir: Path, temporary: Path, script: Path
) -> None:
    before = files_of(data_dir)
    model = write_replay(script, ANSWER)
    found = told(environment, "--model", model)
    assert (found["ok"], found["failed"]) == (True, [])
    noted = {row["name"] for row in found["rows"] if row["verdict"] == "note"}
    assert noted <= MAY_BE_NOTED | {"model"}
    seen = {row["key"]: row["seen"] for row in found["rows"]}
    assert seen["tokens"].startswith("10 tokens, pieces: 10,")
    # Two processes of checks, and the core.
    assert seen["tidy"].startswith("3 processes ended")
    assert list(temporary.iterdir()) == []
    assert still_run(temporary) == []
    assert files_of(data_dir) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to end it with")
def test_one_that_is_ended_leaves_nothing_behind_either(
    environment: dict[str, str], temporary: Path, script: Path
) -> None:
    words = [*PROGRAM, "--json-lines", "--model", write_replay(script, ANSWER)]
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "begun"
        assert process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait() == 130
    assert list(temporary.iterdir()) == []
    for _ in polls():
        if not still_run(temporary):
            break


def test_a_secret_goes_through_a_real_keyring_and_a_locked_one_asks_nobody(tmp_path: Path) -> None:
    require_keyring()
    script = """
import asyncio, secretstorage
from spark_desktop.adapters.storage_checks import keyring_works
def tell():
    seen = asyncio.run(keyring_works())
    print(seen.outcome.value, seen.text)
tell()
connection = secretstorage.dbus_init()
collection = secretstorage.get_default_collection(connection)
print([item.get_label() for item in collection.get_all_items()])
collection.lock()
tell()
"""
    fine, left, locked = in_session(tmp_path / "home", script).splitlines()
    assert fine == "ok SecretService Keyring: kept, read and removed a secret"
    assert left == "[]"
    assert locked.startswith("note keys last for the session: the keyring (")
    assert locked.endswith(") is locked")


@pytest.mark.model
def test_the_real_model_writes_ten_tokens(
    environment: dict[str, str], temporary: Path, model_path: Path
) -> None:
    found = told(environment, "--model", str(model_path))
    seen = {row["key"]: row["seen"] for row in found["rows"]}
    assert str(model_path) in seen["model"]
    assert seen["tokens"].startswith("10 tokens, pieces: ")
    assert list(temporary.iterdir()) == []
