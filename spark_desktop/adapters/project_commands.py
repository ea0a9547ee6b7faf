"""Runs a command of the user on a text that is not in its file yet. A ProjectCommands.

The program starts in the workspace's folder, without a shell, in a process group of its own. The
text is its standard input. Where the command wants a file, a copy lies beside the real one for as
long as it runs: tools look for their configuration from there upwards, and find none for a file
in the system's temporary folder. The copy's name is one that the watch and others ignore.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.project_checks import NotRun, Outcome, ProjectCommand, Ran
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, say

# Bytes; thousands of findings. More is not a linter's, or of no use to anybody.
MOST_OUTPUT = 256 * 1024
# After the program's end, for what it has written: a child of it may hold the pipe for longer.
_REST_S = 1.0
_COPY = regex(r"\.spark-check-(\d+)-[0-9a-f]+\.tmp\.?.*")
# What a tool needs to work as it does in a terminal. All else stays here: keys are often kept in
# variables, and no tool needs ours.
_PASSED_ON = """
    PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC
    PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES
    PROGRAMFILES(X86) PROGRAMW6432 NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE VIRTUAL_ENV
    CONDA_PREFIX PYENV_ROOT PYENV_VERSION NVM_DIR NODE_PATH GOPATH GOROOT GOCACHE CARGO_HOME
    RUSTUP_HOME RUSTUP_TOOLCHAIN JAVA_HOME GEM_HOME GEM_PATH RBENV_ROOT DOTNET_ROOT
    NIX_PATH NIX_PROFILES
"""
_PASSED_ON_BEGINNINGS = ("LC_", "XDG_")


class LocalCommands:
    """For one workspace; ``environment`` is what the programs inherit a part of."""

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._environment = passed_on(os.environ if environment is None else environment)

    async def run(self, command: ProjectCommand, path: str, text: str, seconds: float) -> Outcome:
        """Run it for at most ``seconds``; cancelling kills it and all that it has started.

        NotRun says why there is no result: no such program, no room for the copy, a crash, too
        slow, too much output.
        """
        program = self._program(command.words[0])
        if program is None:
            name = command.words[0]
            return NotRun(say("not run: there is no program {name}", name=name))
        run = _Run(program, self._root, self._environment)
        work = asyncio.get_running_loop().run_in_executor(
            None, self._on_copy, run, command, path, text, seconds
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            run.stop(say("not run: stopped"))
            # Killed, it ends at once; its copy must be gone before the next one comes.
            await asyncio.wait({work})
            raise

    def _program(self, name: str) -> str | None:
        """Return where the program is.

        A name is looked for in PATH, in folders that it names in full: "." would be the project's.
        """
        if "/" in name or os.sep in name:
            given = self._root / Path(name).expanduser()
            return str(given) if given.is_file() else None
        folders = self._environment.get("PATH", os.defpath).split(os.pathsep)
        for folder in filter(os.path.isabs, folders):
            found = shutil.which(str(Path(folder) / name))
            if found is not None:
                return found
        return None

    def _on_copy(
        self, run: "_Run", command: ProjectCommand, path: str, text: str, seconds: float
    ) -> Outcome:
        data = text.encode("utf-8", "surrogatepass")
        try:
            with self._copy(path, data) if command.wants_copy else _no_copy() as copy:
                outcome = run.result(command.filled(copy, path)[1:], data, seconds)
        except (OSError, ValueError) as error:
            # A word with a NUL in it is a ValueError.
            reason = getattr(error, "strerror", None) or error
            return NotRun(say("not run: {reason}", reason=reason))
        if isinstance(outcome, NotRun) or not copy:
            return outcome
        return Ran(outcome.code, _with_name(outcome.output, copy, path, self._root))

    @contextlib.contextmanager
    def _copy(self, path: str, data: bytes) -> Iterator[str]:
        """Give the path of a copy in the workspace; it is gone afterwards. Raises OSError."""
        folder = (self._root / path).parent
        while not folder.is_dir() and folder != self._root:
            folder = folder.parent
        if not folder.resolve().is_relative_to(self._root.resolve()):
            raise OSError(None, say("{path} leads out of the folder", path=path))
        _sweep(folder)
        ending = "".join(Path(path).suffixes[-1:])
        name = f".spark-check-{os.getpid()}-{secrets.token_hex(4)}.tmp{ending}"
        copy = folder / name
        handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            yield copy.relative_to(self._root).as_posix()
        finally:
            with contextlib.suppress(OSError):
                copy.unlink()


class _Run:
    """One program's run: ``result`` in an OS thread of its own, ``stop`` from any."""

    def __init__(self, program: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._program, self._folder, self._environment = program, folder, environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: NotRun | None = None
        self._output = bytearray()

    def result(self, words: tuple[str, ...], data: bytes, seconds: float) -> Outcome:
        """Run to the end. Raises OSError where the program cannot be started."""
        with tempfile.TemporaryFile() as given:
            given.write(data)
            given.seek(0)
            with self._lock:
                if (stopped := self._stopped) is not None:
                    return stopped
                process = self._process = self._started(words, given.fileno())
        # A daemon: what a program leaves behind may hold the pipe open for good.
        reader = threading.Thread(target=self._read, args=(process,), name="check", daemon=True)
        reader.start()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop(say("not run to its end: it took more than %n second(s)", "", int(seconds)))
            process.wait()
        reader.join(_REST_S)
        return self._given_up() or _outcome(
            process.returncode, bytes(self._output).decode("utf-8", "replace")
        )

    def stop(self, reason: Said) -> None:
        """Kill the program and what it has started; ``reason`` is then its result."""
        with self._lock:
            self._stopped = self._stopped or NotRun(reason)
            if self._process is not None and self._process.poll() is None:
                _kill(self._process)

    def _given_up(self) -> NotRun | None:
        return self._stopped

    def _started(self, words: tuple[str, ...], given: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            (self._program, *words),
            cwd=self._folder,
            env=dict(self._environment),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=sys.platform != "win32",
            creationflags=_creation_flags(),
        )

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        output = process.stdout
        if output is None:
            return
        with output:
            while piece := os.read(output.fileno(), 65536):
                self._output += piece
                if len(self._output) > MOST_OUTPUT:
                    self.stop(say("not compared: it wrote more than 256 KB"))
                    return


def _outcome(code: int, output: str) -> Outcome:
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return NotRun(say("not run to its end: it was ended by {signal}", signal=name))
    return Ran(code, output)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def _no_copy() -> Iterator[str]:
    yield ""


def _with_name(output: str, copy: str, path: str, root: Path) -> str:
    """Return the output with the file's own path in the place of its copy's."""
    name = copy.rsplit("/", 1)[-1]
    for shown in (str(root.resolve() / copy), str(root / copy), copy, str(Path(copy))):
        output = output.replace(shown, path)
    return output.replace(name, path.rsplit("/", 1)[-1])


def _sweep(folder: Path) -> None:
    """Remove copies of programs that ended before they could."""
    for entry in folder.glob(".spark-check-*"):
        found = _COPY.fullmatch(entry.name)
        if found is not None and not psutil.pid_exists(int(found[1])):
            with contextlib.suppress(OSError):
                entry.unlink()


def passed_on(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is passed on, none of it with a key that is known here."""
    passed_on = frozenset(_PASSED_ON.split())
    kept = {
        name: value
        for name, value in given.items()
        if (name.upper() in passed_on or name.upper().startswith(_PASSED_ON_BEGINNINGS))
        and REDACTION.redacted(value) == value
    }
    # Findings are compared as plain text.
    return kept | {"NO_COLOR": "1", "TERM": "dumb"}


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
