"""Runs a command that the user typed, in their terminal and their tree, and keeps its output's end.

The command has our standard input and our process group, so that Ctrl+C and Ctrl+Z reach it as
they would without us. Where our output is a terminal the command writes to one too (a pseudo
terminal that changes nothing on the way), so that it keeps its colours; elsewhere to a pipe. What
goes to one place for us goes to one for the command: the order of its lines stays.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.run_report import RunReport, Tail
from spark_desktop.domain.words import say

# Seconds for the rest after the command's end: what it left running may hold the pipe for good.
_REST_S = 1.0
_PIECE = 65536
# Bytes of a script's first line that the system looks at.
_FIRST_LINE = 256
# As shells say it.
NOT_FOUND, NOT_RUNNABLE = 127, 126
_SIGNALLED = 128


class CommandNotRunError(SparkError):
    """The command could not be started; ``code`` is what a shell would return."""

    def __init__(self, message: str, next_step: str, code: int) -> None:
        super().__init__(message, next_step)
        self.code = code


def run_in_terminal(words: Sequence[str], folder: Path, out: BinaryIO, err: BinaryIO) -> RunReport:
    """Run a command to its end; call it in the main OS thread, which gets the signals.

    Raises CommandNotRunError.
    """
    streams = _Streams(out, err)
    tail = Tail()
    with streams, _following_signals(streams) as following:
        process = _started(words, folder, streams)
        following.processes.append(process)
        streams.begin(tail)
        code = process.wait()
        streams.finish()
    # Runners of tests end in ways of their own: pytest with 2, Go's with 1.
    is_stopped = code != 0 and following.is_interrupted
    is_stopped = is_stopped or code in (-signal.SIGINT, _SIGNALLED + signal.SIGINT)
    return RunReport(_SIGNALLED - code if code < 0 else code, tail.text, is_stopped)


def _started(words: Sequence[str], folder: Path, streams: "_Streams") -> "subprocess.Popen[bytes]":
    program = words[0]
    # On Windows a script such as npm.cmd is only found with its ending.
    found = shutil.which(program) if sys.platform == "win32" else None
    try:
        return subprocess.Popen(
            [found or program, *words[1:]], cwd=folder, stdout=streams.out, stderr=streams.err
        )
    except FileNotFoundError as error:
        raise _not_found(program, folder, error) from error
    except (OSError, ValueError) as error:
        raise _not_runnable(program, error, NOT_RUNNABLE) from error


def _not_found(program: str, folder: Path, error: OSError) -> CommandNotRunError:
    """Return what is missing: the program, or what runs it, of which the system says the same."""
    # A name with a folder counts from where the command would run; others are looked up.
    found = str(folder / program) if os.sep in program else shutil.which(program)
    if sys.platform == "win32" or found is None or not os.path.isfile(found):  # noqa: PTH113
        return CommandNotRunError(
            say("There is no program {name}.", name=program),
            say("Check its name. Pipes and variables need a shell: spark run sh -c '…'"),
            NOT_FOUND,
        )
    interpreter = _interpreter(Path(found))
    if not interpreter:
        return _not_runnable(program, error, NOT_FOUND)
    return CommandNotRunError(
        say(
            "{interpreter} is missing, which the first line of {name} names to run it.",
            interpreter=interpreter,
            name=program,
        ),
        say("Install it, or correct that line; its end may also be that of Windows."),
        NOT_FOUND,
    )


def _interpreter(script: Path) -> str:
    """Return what a script's first line names to run it; "" where it names nothing."""
    try:
        with script.open("rb") as file:
            line = file.readline(_FIRST_LINE)
    except OSError:
        return ""
    words = line.removeprefix(b"#!").decode(errors="replace").split()
    return words[0] if line.startswith(b"#!") and words else ""


def _not_runnable(program: str, error: Exception, code: int) -> CommandNotRunError:
    reason = getattr(error, "strerror", None) or error
    return CommandNotRunError(
        say("{name} cannot be started: {reason}.", name=program, reason=reason),
        say("Check that it is a program and may be executed."),
        code,
    )


class _Streams:
    """What the command writes to, and where that goes; ``out`` and ``err`` are for its start."""

    def __init__(self, out: BinaryIO, err: BinaryIO) -> None:
        self._opened: list[int] = []
        self._channels: list[_Channel] = []
        self._readers: list[threading.Thread] = []
        self.out = self._channel(out)
        self.err = self.out if _is_same(out, err) else self._channel(err)

    def __enter__(self) -> "_Streams":
        return self

    def __exit__(self, *_error: object) -> None:
        self._close_ends()
        # A reader closes its own; without one nobody else does.
        if not self._readers:
            for channel in self._channels:
                channel.close()

    def begin(self, tail: Tail) -> None:
        """Copy what the command writes, and keep its end."""
        self._close_ends()
        for channel in self._channels:
            reader = threading.Thread(target=channel.copy, args=(tail,), daemon=True)
            reader.start()
            self._readers.append(reader)

    def finish(self) -> None:
        """Wait until all is copied that the command has written."""
        for reader in self._readers:
            reader.join(_REST_S)

    def fit(self) -> bool:
        """Give the command's terminals the size of ours; return whether one had another."""
        fitted = [channel.fit() for channel in self._channels]
        return any(fitted)

    def _channel(self, target: BinaryIO) -> int:
        source, end = _terminal(target) or os.pipe()
        self._channels.append(_Channel(source, target))
        self._opened.append(end)
        return end

    def _close_ends(self) -> None:
        for end in self._opened:
            os.close(end)
        self._opened.clear()


class _Channel:
    """Our end of a pipe or pseudo terminal, and where what comes out of it goes."""

    def __init__(self, source: int, target: BinaryIO) -> None:
        self._source, self._target = source, target
        self._is_open = True
        # A signal may come while its handler holds it.
        self._closing = threading.RLock()

    def copy(self, tail: Tail) -> None:
        """Copy until there is no more, and keep the end of it."""
        try:
            # A pseudo terminal whose other end is closed fails instead of ending.
            with contextlib.suppress(OSError):
                while piece := os.read(self._source, _PIECE):
                    tail.add(piece)
                    self._target.write(piece)
                    self._target.flush()
        finally:
            # Closed also where our own reader went away: then the command's next line ends it.
            self.close()

    def fit(self) -> bool:
        """Give a pseudo terminal the size of ours; return whether it had another."""
        # The number of a closed one may be that of another file by now.
        with self._closing, contextlib.suppress(OSError, ValueError):
            wanted = os.get_terminal_size(self._target.fileno())
            if self._is_open and os.get_terminal_size(self._source) != wanted:
                _resize(self._source, wanted)
                return True
        return False

    def close(self) -> None:
        """Close our end; nobody reads it any more."""
        with self._closing:
            self._is_open = False
            os.close(self._source)


def _is_same(out: BinaryIO, err: BinaryIO) -> bool:
    try:
        first, second = os.fstat(out.fileno()), os.fstat(err.fileno())
    except (OSError, ValueError):
        return False
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _terminal(target: BinaryIO) -> tuple[int, int] | None:
    """Return both ends of a pseudo terminal like the one behind ``target``; None without one."""
    if sys.platform == "win32" or not target.isatty():
        return None
    import pty
    import termios

    source, end = pty.openpty()
    with contextlib.suppress(termios.error, OSError):
        modes = termios.tcgetattr(end)
        # Our own terminal makes carriage returns of line feeds; twice would be a change.
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(end, termios.TCSANOW, modes)
        _resize(end, os.get_terminal_size(target.fileno()))
    return source, end


def _resize(descriptor: int, size: os.terminal_size) -> None:
    if sys.platform != "win32":
        import termios

        with contextlib.suppress(termios.error):
            termios.tcsetwinsize(descriptor, (size.lines, size.columns))


@dataclass
class _Following:
    """The commands that get our signals, and whether one of these was Ctrl+C."""

    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    is_interrupted: bool = False


@contextlib.contextmanager
def _following_signals(streams: _Streams) -> Iterator[_Following]:
    """Leave signals to the command: it gets Ctrl+C from the terminal, the others from us.

    Those that are ignored, as nohup has it, stay so: the command inherits that, but no handler.
    """
    following = _Following()
    has_terminal = _has_terminal()

    def pass_on(number: int, _frame: FrameType | None) -> None:
        following.is_interrupted |= number == signal.SIGINT
        # The terminal has told the command already: it is in our process group.
        if number == signal.SIGINT and has_terminal:
            return
        for process in following.processes:
            with contextlib.suppress(OSError):
                process.send_signal(number)

    handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
        signal.SIGINT: pass_on,
        signal.SIGTERM: pass_on,
    }
    if sys.platform != "win32":

        def resize(number: int, _frame: FrameType | None) -> None:
            # Our terminal told all of our group, while the command's had its old size.
            if streams.fit():
                os.kill(0, number)

        handlers |= {signal.SIGHUP: pass_on, signal.SIGQUIT: pass_on, signal.SIGWINCH: resize}
    before = {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield following
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_terminal() -> bool:
    if sys.platform == "win32":
        return True
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True
