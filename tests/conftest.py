"""Fixtures for every suite: the real model's file, and cores that run as processes of their own.

``model_path`` wants the mark ``model``, ``start_core`` the mark ``e2e``.
"""

import functools
import gc
import itertools
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import hypothesis
import pytest

from tests import canary

READY_S = 60.0

# A machine that is busy makes no law untrue.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")

# A shell's background jobs ignore Ctrl+C, and so would the commands that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before Qt is loaded: tests need no display, and where there is one they leave it alone.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Nobody's own settings decide on a test, nor are they written by one.
os.environ["SPARK_CONFIG_DIR"] = tempfile.mkdtemp(prefix="spark-config-")
# The key of this run's endpoints; tests/canary.py says where it is looked for.
canary.core()
# Nor does one look into the developer's keyring, or ask for its password.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


# What dev.py asks for, and the mark that each of these tests has then.
_MARK_OF = {"model": "model", "e2e and not model": "e2e"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files that hold no test with the mark that is asked for.

    To import them all for a few hundred tests takes half a minute.
    """
    mark = _MARK_OF.get(config.option.markexpr)
    if mark is None or not collection_path.match("test_*.py") or _names(collection_path, mark):
        return None
    return True


@functools.cache
def _names(path: Path, mark: str) -> bool:
    return f"mark.{mark}" in path.read_text(encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what runs a model or other processes more time: a busy machine breaks no promise."""
    for item in items:
        marks = [mark for mark in ("model", "e2e") if item.get_closest_marker(mark)]
        for mark in marks:
            # Else no suite would run it.
            assert _names(item.path, mark), f"{item.nodeid} has the mark {mark} from elsewhere"
        if marks and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))


# Python collects in whichever OS thread makes the next object. What a test of the window leaves
# behind in cycles would be destroyed by a thread that another test runs; Qt crashes then, later and
# elsewhere. The program has its ``Collector`` for that.
gc.disable()
_collected = itertools.count(1)


def pytest_collection_finish() -> None:
    """Take all modules and tests for what they are, there to the end: half a million objects."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Collect garbage in the thread of the tests: the youngest after each, all now and then.

    First goes what a test of the window asked Qt to delete: no loop of Qt's runs that would do it,
    and every window of the tests before would be drawn in each new theme and language too.
    """
    yield
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    gc.collect(2 if next(_collected) % 100 == 0 else 1)


@pytest.fixture(scope="session", autouse=True)
def the_canary_is_found_nowhere(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Search for the key of this run in all files and log records of this process's tests."""
    listener = canary.Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    roots = (tmp_path_factory.getbasetemp(), Path(os.environ["SPARK_CONFIG_DIR"]))
    found, looked = canary.in_files(*roots)
    assert not found, f"a key of an endpoint was written to {found} (of {looked:,} bytes)"
    assert not listener.found, f"a key of an endpoint was logged by {listener.found}"


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The 0.5B model: the file that SPARK_TEST_MODEL names, else fetched by the product's store."""
    given = os.environ.get("SPARK_TEST_MODEL")
    if given:
        path = Path(given)
        assert path.is_file(), f"SPARK_TEST_MODEL names no file: {path}"
        return path
    from threading import Event

    from inference_core.models.catalogue import Catalogue
    from inference_core.models.store import ModelStore

    return ModelStore.default().ensure(Catalogue.load().default, lambda progress: None, Event())


@dataclass
class CoreProcess:
    """A core as a child process, with what it printed when it was ready."""

    process: subprocess.Popen[str]
    url: str
    token: str
    pid: int
    model: str
    events: list[dict[str, object]]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, timeout_s: float = 60.0) -> httpx.AsyncClient:
        """A client that holds the token; the caller closes it."""
        return httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=timeout_s)

    def wait(self, seconds: float = 20.0) -> int:
        """The exit code, once the process has ended by itself."""
        return self.process.wait(seconds)


StartCore = Callable[..., CoreProcess]


@pytest.fixture
def start_core() -> Iterator[StartCore]:
    """Start ``spark-core serve`` with these flags and wait until it can answer."""
    with _cores() as start:
        yield start


@pytest.fixture(scope="module")
def start_core_for_module() -> Iterator[StartCore]:
    """The same, for a core that a whole module uses: loading a model takes seconds."""
    with _cores() as start:
        yield start


@contextmanager
def _cores() -> Iterator[StartCore]:
    started: list[subprocess.Popen[str]] = []

    def start(*flags: str) -> CoreProcess:
        command = [sys.executable, "-m", "inference_core", "serve", "--events", *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        started.append(process)
        assert process.stdout is not None
        events: list[dict[str, object]] = []
        for line in process.stdout:
            message = json.loads(line)
            if "url" in message:
                return CoreProcess(process, events=events, **message)
            events.append(message)
        raise AssertionError(f"the core ended with {process.wait(READY_S)} after {events}")

    try:
        yield start
    finally:
        for process in started:
            with process:  # closes the pipe, waits
                process.kill()


@pytest.fixture
def replay_script(tmp_path: Path) -> Callable[[list[dict[str, object]]], str]:
    """Write a replay script; returns what ``--model`` takes. docs/core.md describes the entries."""

    def write(entries: list[dict[str, object]]) -> str:
        path = tmp_path / "replay.json"
        path.write_text(json.dumps(entries), encoding="utf-8")
        return f"replay:{path}"

    return write
