"""One run of the user's own pip that downloads one file into a scratch folder.

pip knows what Spark should not have to: the user's index, mirrors, proxies, certificates and
credentials. Nothing of the file is built, imported or run.
"""

import errno
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from inference_core.models.errors import SourceFailedError
from inference_core.models.redaction import redacted
from inference_core.models.sources.port import ANSWER_WITHIN_S

# pip itself must be running within this time: half a second is usual, a busy machine takes longer.
_START_WITHIN_S = 30.0
# A source that has answered may pause: a mirror first fetches the file from its own source.
_STALL_S = 30.0
# How often the child is looked at, and with it the stop button.
_POLL_S = 0.05
# What pip says before any index has answered.
_BEFORE_ANSWER = ("looking in ", "collecting ", "warning: ")
# What pip says when it has a source archive, compared its hash and unpacked it.
_HAS_ARCHIVE = ("installing build dependencies", "getting requirements", "preparing metadata")
# What pip quotes of the system where the disk is full, or its user's share of it.
_FULL_DISK = re.compile(r"^ERROR: .*\[(Errno (28|122)|WinError (39|112))\]", re.MULTILINE)
_ONLY_WHEELS = ("--only-binary", ":all:", "--ignore-requires-python")
_ONLY_SOURCES = ("--no-binary", ":all:")

# The child ends with its parent, however that ends: its standard input is a pipe that closes then.
# os.read, since a thread inside sys.stdin's buffer makes the interpreter abort when pip is done.
_CHILD = """
import os, runpy, threading
def watch():
    os.read(0, 1)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


class PipDownload:
    """Downloads a requirement with pip; ``each_poll`` hears the bytes that are on the disk.

    ``each_poll`` runs many times a second, and what it raises ends the download.
    """

    def __init__(
        self,
        scratch: Path,
        each_poll: Callable[[int], None],
        answer_within_s: float = ANSWER_WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scratch = scratch
        self._each_poll = each_poll
        self._answer_within_s = answer_within_s
        self._clock = clock

    def wheel(self, requirement: str, answered: bool = False) -> Path:
        """Return the wheel, which lies in the scratch folder.

        ``answered`` says that this index has answered before, so that it may take longer now.
        Raises SourceFailedError, OSError where the folder cannot be written, and whatever
        ``each_poll`` raises; pip is dead then.
        """
        self._download(requirement, _ONLY_WHEELS, answered)
        wheels = sorted(self._target.glob("*.whl"))
        if len(wheels) != 1:
            raise SourceFailedError(f"pip delivered no wheel for {requirement}")
        return wheels[0]

    def source(self, requirement: str) -> Path:
        """Return the source archive, which lies in the scratch folder; raises as ``wheel`` does.

        pip has compared it with the index's hash. It would go on by running the package's set-up,
        for its metadata; since nobody asked for that, it is ended before.
        """
        self._download(requirement, _ONLY_SOURCES, answered=False)
        archives = sorted(self._scratch.glob("pip-unpack-*/*.tar.gz"))
        archives += sorted(self._target.glob("*.tar.gz"))
        if not archives:
            raise SourceFailedError(f"pip delivered no source archive for {requirement}")
        return archives[0]

    @property
    def _target(self) -> Path:
        return self._scratch / "wheels"

    def _download(self, requirement: str, kind: tuple[str, ...], answered: bool) -> None:
        """Run pip in an empty scratch folder until it has ended, or has an archive."""
        refuse_without_pip()
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._target.mkdir(parents=True)
        log = self._scratch / "pip.log"
        with log.open("wb") as stream, self._running(requirement, kind, stream) as child:
            has_archive = self._wait(child, log, answered)
        if child.returncode != 0 and not has_archive:
            text = _text(log)
            if _FULL_DISK.search(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise SourceFailedError(_complaint(text, child.returncode))

    @contextmanager
    def _running(
        self, requirement: str, kind: tuple[str, ...], log: IO[bytes]
    ) -> Iterator[subprocess.Popen[bytes]]:
        # -P: a file pip.py in the current folder, the user's project perhaps, must not be run.
        # No cache: half a gigabyte would stay there, of no use once the file is in the store.
        command = [sys.executable, "-P", "-c", _CHILD, "download", "--no-deps", "--no-cache-dir"]
        command += [*kind, "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        command += ["--dest", str(self._target), requirement]
        # The temporary folder lies in the scratch folder, where growing files can be seen.
        folder = str(self._scratch)
        places = {"TMPDIR": folder, "TEMP": folder, "TMP": folder, "PYTHONUNBUFFERED": "1"}
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self._scratch,
            env=os.environ | places,
        )
        try:
            yield child
        finally:
            _kill_all(child)
            child.wait()
            if child.stdin is not None:
                child.stdin.close()

    def _wait(self, child: subprocess.Popen[bytes], log: Path, answered: bool) -> bool:
        """Return False when pip has ended by itself, True when it has a source archive."""
        state, since = (0, ""), self._clock()
        while True:
            try:
                child.wait(_POLL_S)
                return False
            except subprocess.TimeoutExpired:
                text = _text(log)
            if _has_line(text, _HAS_ARCHIVE):
                return True
            done = _largest_file(self._scratch)
            self._each_poll(done)
            now = self._clock()
            answered = answered or done > 0 or _has_answered(text)
            # Before the answer pip's own retries and warnings are no sign of life of the index.
            new = (done, text) if answered else (0, "started" if text else "")
            if new != state:
                state, since = new, now
            if now - since > self._patience_s(bool(text), answered):
                raise SourceFailedError(f"did not answer within {now - since:.0f} s")

    def _patience_s(self, started: bool, answered: bool) -> float:
        if not started:
            return _START_WITHIN_S
        return _STALL_S if answered else self._answer_within_s


def _kill_all(child: subprocess.Popen[bytes]) -> None:
    """Kill pip and what it started, which is pip again where a package wants to be set up."""
    try:
        processes = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        processes = []
    child.kill()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def refuse_without_pip() -> None:
    """Raise SourceFailedError where this Python cannot run pip."""
    if getattr(sys, "frozen", False):
        raise SourceFailedError("needs pip, which is not part of the packaged app")
    if importlib.util.find_spec("pip") is None:
        raise SourceFailedError("needs pip, which is not installed (python -m ensurepip adds it)")


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def _has_answered(text: str) -> bool:
    lines = (line.strip().lower() for line in text.splitlines())
    return any(line and not line.startswith(_BEFORE_ANSWER) for line in lines)


def _has_line(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(line.strip().lower().startswith(beginnings) for line in text.splitlines())


def _largest_file(folder: Path) -> int:
    """Return the bytes of the largest file: pip copies the wheel at the end, so no sum."""
    largest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name == "pip.log":
                continue
            try:
                largest = max(largest, (Path(parent) / name).stat().st_size)
            except FileNotFoundError:
                continue  # pip has just moved it
    return largest


def _complaint(text: str, code: int) -> str:
    """Return pip's last error in one line, without credentials."""
    errors = [line for line in text.splitlines() if line.startswith("ERROR: ")]
    if not errors:
        return f"pip ended with code {code}"
    return f"pip says: {redacted(errors[-1].removeprefix('ERROR: ').strip())}"
