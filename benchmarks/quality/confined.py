"""Runs commands on code that a model wrote: in a copy, with limits, where possible without network.

With bubblewrap (Linux) all but the copy is read-only and there is no network. Without it the limits
are all there is.
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.quality.toolchains import Ran, Toolchains, environment

SECONDS = 120.0
# Kilobytes of memory a process may write to, and half-kilobyte blocks of a file.
_MEMORY = 4_000_000
_BLOCKS = 400_000
_LIMITS = f'ulimit -d {_MEMORY} -f {_BLOCKS} -c 0 2>/dev/null; exec "$@"'
_LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", "node_modules", "target")
# Characters of what a command wrote, its end, which says what failed.
_OUTPUT = 4000


@contextmanager
def copy_of(folder: Path, more: Mapping[str, str]) -> Iterator[Path]:
    """A copy of a project with further files, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="spark-judge-", ignore_cleanup_errors=True) as named:
        copy = Path(named) / "copy"
        shutil.copytree(folder, copy, ignore=_LEFT_OUT, symlinks=True)
        for path, text in more.items():
            place = copy / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        yield copy


def run_confined(command: str, copy: Path, tools: Toolchains, seconds: float = SECONDS) -> Ran:
    """Run a task's command in a copy of a project; 124 where it took longer than ``seconds``.

    Whatever it started ends with it.
    """
    return run_words(tools.one(command), copy, {}, seconds)


def run_words(
    words: Sequence[str], copy: Path, more: Mapping[str, str], seconds: float = SECONDS
) -> Ran:
    """Run a program as ``run_confined`` does, with ``more`` in its environment.

    What it writes beside the copy goes into the folder that the copy lies in.
    """
    scratch = copy.parent
    caches = Path(tempfile.gettempdir()) / "spark-quality-caches"
    for place in (scratch / "tmp", caches):
        place.mkdir(parents=True, exist_ok=True)
    own = {"TMPDIR": str(scratch / "tmp"), "GOCACHE": str(caches / "go"), "NO_COLOR": "1"}
    walled = [*_walls(scratch, caches), *_limits(), *words]
    return _ran(walled, copy, {**environment(), **own, **more}, seconds)


def _ran(words: Sequence[str], folder: Path, env: Mapping[str, str], seconds: float) -> Ran:
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name != "nt",
        )
    except OSError as error:
        return Ran(127, f"{words[0]}: {error}\n")
    with process:
        try:
            output, _ = process.communicate(timeout=seconds)
            return Ran(process.returncode, output[-_OUTPUT:])
        except subprocess.TimeoutExpired:
            return Ran(124, f"it took longer than {seconds:g} s\n")
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    if os.name == "nt":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _limits() -> list[str]:
    return [] if os.name == "nt" else ["sh", "-c", _LIMITS, "sh"]


def _walls(*writable: Path) -> list[str]:
    if not can_wall():
        return []
    walls = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-pid", "--unshare-ipc"]
    walls += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for place in writable:
        walls += ["--bind", str(place), str(place)]
    return walls


@functools.cache
def can_wall() -> bool:
    """Return whether bubblewrap works here; it is there on some machines and may not be used."""
    if shutil.which("bwrap") is None:
        return False
    words = ["bwrap", "--unshare-net", "--unshare-pid", "--ro-bind", "/", "/"]
    words += ["--dev", "/dev", "--proc", "/proc", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
