"""A command that the user typed, run in their place, with its output's end kept."""

import os
import signal
import struct
import subprocess
import sys
import textwrap
from io import BytesIO
from pathlib import Path

import pytest

from spark_desktop.adapters.terminal_run import CommandNotRunError, run_in_terminal
from spark_desktop.domain.run_report import RunReport, Tail

PYTHON = sys.executable


class Sink(BytesIO):
    """A stream that is no file of the system."""

    def fileno(self) -> int:
        raise OSError("no file")


def ran(folder: Path, code: str) -> tuple[RunReport, bytes, bytes]:
    out, err = Sink(), Sink()
    report = run_in_terminal([PYTHON, "-c", textwrap.dedent(code)], folder, out, err)
    return report, out.getvalue(), err.getvalue()


def test_output_passes_through_byte_for_byte_and_its_end_is_kept(tmp_path):
    report, out, err = ran(
        tmp_path,
        r"""
        import os, sys
        os.write(1, b"a\x00\xff\r\n\x1b[31mred\x1b[0m")
        os.write(2, b"oops\n")
        sys.exit(7)
        """,
    )
    assert (out, err) == (b"a\x00\xff\r\n\x1b[31mred\x1b[0m", b"oops\n")
    assert (report.code, report.interrupted) == (7, False)
    assert "oops" in report.output
    assert "red" in report.output


def test_it_runs_in_the_folder_with_the_users_own_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OF_THE_USER", "kept")
    _report, out, _err = ran(tmp_path, "import os; print(os.getcwd(), os.environ['OF_THE_USER'])")
    assert out.decode().split() == [str(tmp_path.resolve()), "kept"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no signals")
def test_a_signal_that_ended_it_is_told_as_shells_do(tmp_path):
    report, _out, _err = ran(tmp_path, "import os; os.kill(os.getpid(), 9)")
    assert report.code == 128 + 9
    report, _out, _err = ran(
        tmp_path,
        "import os, signal; signal.signal(2, signal.SIG_DFL); os.kill(os.getpid(), 2)",
    )
    assert (report.code, report.interrupted) == (130, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no signals")
@pytest.mark.parametrize(("code", "interrupted"), [(2, True), (0, False)])
def test_what_ends_in_its_own_way_at_ctrl_c_was_broken_off(tmp_path, code, interrupted):
    report, _out, _err = ran(
        tmp_path,
        "import os, signal, sys, time\n"
        "signal.signal(2, lambda *_: None)\n"
        f"os.kill(os.getppid(), 2); time.sleep(0.3); sys.exit({code})",
    )
    assert (report.code, report.interrupted) == (code, interrupted)


def test_what_it_leaves_running_does_not_hold_us(tmp_path):
    code = """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        print(child.pid, flush=True)
        import os
        os._exit(3)
        """
    report, out, _err = ran(tmp_path, code)
    assert report.code == 3
    assert out.strip().isdigit()


@pytest.mark.parametrize("name", ["no-such-program-of-ours", "./no-such-file"])
def test_a_program_that_is_not_there_is_named_with_a_shells_code(tmp_path, name):
    with pytest.raises(CommandNotRunError, match=name) as refused:
        run_in_terminal([name], tmp_path, Sink(), Sink())
    assert refused.value.code == 127
    assert refused.value.next_step


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode for it")
def test_a_file_that_may_not_be_executed_is_told(tmp_path):
    (tmp_path / "script").write_text("echo hello\n")
    with pytest.raises(CommandNotRunError, match="cannot be started") as refused:
        run_in_terminal(["./script"], tmp_path, Sink(), Sink())
    assert refused.value.code == 126


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals for us")
def test_in_a_terminal_it_sees_a_terminal_of_the_same_size_and_nothing_is_changed(tmp_path):
    import pty
    import termios

    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (31, 97))
    modes = termios.tcgetattr(slave)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    code = "import os; print(os.isatty(1), os.isatty(2), *os.get_terminal_size(1))"
    with os.fdopen(slave, "wb", buffering=0) as screen:
        report = run_in_terminal([PYTHON, "-c", code], tmp_path, screen, screen)
    seen = os.read(master, 1000)
    os.close(master)
    assert seen == b"True True 97 31\n"
    assert report.output == "True True 97 31\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals for it")
def test_without_a_terminal_a_signal_to_us_ends_the_command(tmp_path):
    program = (
        "import sys; from pathlib import Path;"
        "from spark_desktop.adapters.terminal_run import run_in_terminal;"
        "r = run_in_terminal([sys.executable, '-c',"
        " 'import time; print(1, flush=True); time.sleep(60)'],"
        " Path('.'), sys.stdout.buffer, sys.stderr.buffer); sys.exit(r.code)"
    )
    process = subprocess.Popen(
        [PYTHON, "-c", program],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM


IGNORING = (
    "import signal, sys; from pathlib import Path;"
    "from spark_desktop.adapters.terminal_run import run_in_terminal;"
    "signal.signal(int(sys.argv[1]), signal.SIG_IGN);"
    "r = run_in_terminal([sys.executable, '-c',"
    " 'import os, signal, time; number = int(os.environ[\"NUMBER\"]);'"
    " 'print(signal.getsignal(number) is signal.SIG_IGN, flush=True);'"
    " 'os.kill(os.getppid(), number); time.sleep(0.5); print(\"alive\"); raise SystemExit(3)'],"
    " Path('.'), sys.stdout.buffer, sys.stderr.buffer); sys.exit(r.code)"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals for it")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"])
def test_a_signal_that_is_ignored_as_nohup_has_it_stays_so_for_the_command(tmp_path, name):
    number = str(int(getattr(signal, name)))
    done = subprocess.run(
        [PYTHON, "-c", IGNORING, number],
        cwd=tmp_path,
        capture_output=True,
        timeout=30,
        check=False,
        start_new_session=True,
        env={
            **os.environ,
            "NUMBER": number,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
    )
    assert (done.stdout, done.returncode) == (b"True\nalive\n", 3), done.stderr


RESIZED = """
import os, signal, time
sizes = []
signal.signal(signal.SIGWINCH, lambda *_: sizes.append(os.get_terminal_size(1)))
print("ready", flush=True)
end = time.monotonic() + 20
while (90, 40) not in [tuple(one) for one in sizes] and time.monotonic() < end:
    time.sleep(0.02)
print(*sizes[-1], flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals for us")
def test_a_terminal_that_is_resized_resizes_that_of_the_command(tmp_path):
    import pty
    import termios

    program = (
        "import fcntl, os, sys, termios; from pathlib import Path;"
        "fcntl.ioctl(1, termios.TIOCSCTTY, 0);"
        "from spark_desktop.adapters.terminal_run import run_in_terminal;"
        "r = run_in_terminal([sys.executable, '-c', os.environ['CODE']],"
        " Path('.'), sys.stdout.buffer, sys.stderr.buffer); sys.exit(r.code)"
    )
    environment = {
        **os.environ,
        "CODE": RESIZED,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PYTHON, "-c", program],
        cwd=tmp_path,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env=environment,
    )
    os.close(slave)
    with os.fdopen(master, "rb") as screen:
        assert screen.readline() == b"ready\r\n"
        termios.tcsetwinsize(master, (40, 90))
        assert screen.readline() == b"90 40\r\n"
        assert process.wait(30) == 0


def test_a_reader_that_goes_away_ends_a_command_that_writes_on(tmp_path):
    class Gone(Sink):
        def write(self, _data: object) -> int:
            raise BrokenPipeError

    report = run_in_terminal(
        [PYTHON, "-c", "import sys\nwhile True: print('y' * 1000)"], tmp_path, Gone(), Sink()
    )
    assert report.code != 0


def test_the_tail_is_the_end_of_what_was_written():
    tail = Tail(10)
    for number in range(100):
        tail.add(b"%04d" % number)
    assert tail.text == "9700980099"


NO_SCRIPTS = pytest.mark.skipif(sys.platform == "win32", reason="Windows reads no first line")


def script(folder: Path, content: bytes) -> None:
    file = folder / "s.sh"
    file.write_bytes(content)
    file.chmod(0o755)


@NO_SCRIPTS
@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (b"#!/no/such/shell -e\necho\n", "/no/such/shell"),
        (b"#! /no/such/shell\n", "/no/such/shell"),
        (b"#!/bin/sh\r\necho\r\n", "/bin/sh"),
    ],
)
@pytest.mark.parametrize("name", ["./s.sh", "s.sh"])
def test_a_script_whose_interpreter_is_missing_is_not_said_to_be_missing(
    tmp_path, monkeypatch, content, missing, name
):
    script(tmp_path, content)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(CommandNotRunError) as raised:
        run_in_terminal([name], tmp_path, Sink(), Sink())
    assert raised.value.code == 127
    assert f"{missing} is missing, which the first line of {name} names" in raised.value.message
    assert "that of Windows" in raised.value.next_step


@NO_SCRIPTS
def test_a_program_that_is_there_and_not_runnable_is_not_said_to_be_missing(tmp_path):
    # An ELF program for a loader that is not here.
    loader = b"/no/such/loader\0"
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    head += struct.pack("<IIQQQQQQ", 3, 4, 120, 0x400078, 0x400078, len(loader), len(loader), 1)
    script(tmp_path, head + loader)
    with pytest.raises(CommandNotRunError) as raised:
        run_in_terminal(["./s.sh"], tmp_path, Sink(), Sink())
    assert "There is no program" not in raised.value.message
    assert "./s.sh cannot be started" in raised.value.message


@pytest.mark.parametrize("name", ["./s.sh", "no-such-program-of-ours"])
def test_a_program_that_is_not_there_is_said_to_be_missing(tmp_path, name):
    with pytest.raises(CommandNotRunError) as raised:
        run_in_terminal([name], tmp_path, Sink(), Sink())
    assert (raised.value.code, raised.value.message) == (127, f"There is no program {name}.")
