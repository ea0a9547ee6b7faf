"""Real small programs on texts that are in no file: what they see, what they inherit, their end."""

import asyncio
import os
import shlex
import sys
import time
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters.project_commands import MOST_OUTPUT, LocalCommands
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.project_checks import NotRun, Ran, command_of
from spark_desktop.domain.secret import Secret
from tests.interface_fakes import until

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")
ECHO = "import sys; print(sys.stdin.read(), end='')"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text("old\n")
    return folder


def python(code: str, *more: str) -> str:
    """Return a command that runs the code."""
    return " ".join([shlex.quote(sys.executable), "-c", shlex.quote(code), *more])


def run(root: Path, text: str, proposed: str = "new\n", seconds: float = 20, **more):
    commands = LocalCommands(root, more.get("environment"))
    path = more.get("path", "src/a.py")
    return asyncio.run(commands.run(command_of(text), path, proposed, seconds))


def everything_in(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_the_text_is_the_standard_input_and_the_file_is_not_touched(root):
    assert run(root, python(ECHO)) == Ran(0, "new\n")
    assert (root / "src" / "a.py").read_text() == "old\n"


def test_a_text_of_megabytes_that_nobody_reads_holds_up_nothing(root):
    assert run(root, python("print('done')"), "x\n" * 2_000_000) == Ran(0, "done\n")


def test_a_copy_lies_beside_the_file_with_its_ending_and_is_gone_afterwards(root):
    code = "import sys; print(*sys.argv[1:]); print(open(sys.argv[1]).read(), end='')"
    outcome = run(root, python(code, "{file}", "{path}"), "a\r\nb\n")
    assert outcome == Ran(0, "src/a.py src/a.py\na\nb\n"), "the copy's name is not shown"
    code = "import os, sys; f = sys.argv[1]; print(os.path.dirname(f), f[-7:], f[4:10])"
    outcome = run(root, python(code, "{file}"))
    assert outcome == Ran(0, "src .tmp.py .spark\n")
    assert everything_in(root) == ["src", "src/a.py"]


def test_a_copy_has_every_byte_of_the_text(root):
    code = "import sys; sys.stdout.write(repr(open(sys.argv[1], 'rb').read()))"
    text = "é\r\nb\n\x00\ud800"
    outcome = run(root, python(code, "{file}"), text)
    assert outcome == Ran(0, repr(text.encode("utf-8", "surrogatepass")))


def test_the_copy_of_a_file_in_a_new_folder_lies_in_the_nearest_one_that_is_there(root):
    code = "import os, sys; print(os.path.dirname(sys.argv[1]))"
    outcome = run(root, python(code, "{file}"), path="src/new/deep/b.py")
    assert outcome == Ran(0, "src\n")
    assert everything_in(root) == ["src", "src/a.py"]


@posix
def test_no_copy_is_made_where_a_link_leads_out_of_the_folder(root, tmp_path):
    (tmp_path / "other").mkdir()
    (root / "out").symlink_to(tmp_path / "other")
    outcome = run(root, python("1", "{file}"), path="out/a.py")
    assert outcome == NotRun("not run: out/a.py leads out of the folder")


@posix
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_note(root):
    (root / "src").chmod(0o500)
    try:
        assert run(root, python("1", "{file}")) == NotRun("not run: Permission denied")
    finally:
        (root / "src").chmod(0o700)


def test_a_copy_that_a_killed_program_left_is_removed(root):
    left = root / "src" / ".spark-check-99999999-ab12.tmp.py"
    left.write_text("left over")
    run(root, python("1", "{file}"))
    assert everything_in(root) == ["src", "src/a.py"]


def test_it_starts_in_the_workspace(root):
    outcome = run(root, python("import os; print(os.getcwd())"))
    assert outcome == Ran(0, f"{root.resolve()}\n")


def test_exit_code_and_what_is_written_to_standard_error_are_the_result(root):
    code = "import sys; print('odd', file=sys.stderr); sys.exit(3)"
    assert run(root, python(code)) == Ran(3, "odd\n")


def test_a_program_that_is_not_there_is_a_note(root):
    assert run(root, "no-such-linter {file}") == NotRun(
        "not run: there is no program no-such-linter"
    )
    assert run(root, "./no/lint").reason == "not run: there is no program ./no/lint"


@posix
def test_a_file_that_is_no_program_is_a_note(root):
    (root / "lint").write_text("text")
    assert run(root, "./lint") == NotRun("not run: Permission denied")


@posix
def test_a_name_alone_is_looked_up_in_the_folders_that_path_names_in_full(root):
    tool = root / "lint"
    tool.write_text("#!/bin/sh\necho mine\n")
    tool.chmod(0o755)
    everywhere = {"PATH": os.pathsep.join([".", "", "./", os.environ["PATH"]])}
    assert run(root, "lint", environment=everywhere).reason == "not run: there is no program lint"
    assert run(root, "./lint", environment=everywhere) == Ran(0, "mine\n"), "the user named it so"
    named = {"PATH": os.pathsep.join([str(root), os.environ["PATH"]])}
    assert run(root, "lint", environment=named) == Ran(0, "mine\n"), "an environment in the project"


def test_a_word_that_no_system_takes_is_a_note(root):
    assert run(root, python("1", "a\0b")) == NotRun("not run: embedded null byte")


@posix
def test_a_crash_is_a_note(root):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    assert run(root, python(code)) == NotRun("not run to its end: it was ended by SIGSEGV")


def test_output_without_end_is_cut_off(root):
    code = f"print('x' * {MOST_OUTPUT + 10})\nwhile True: print('more')"
    assert run(root, python(code)) == NotRun("not compared: it wrote more than 256 KB")


def test_keys_are_not_passed_on(root):
    key = Secret("k-0123456789-secret")
    REDACTION.learn(key)
    given = dict(os.environ) | {
        "OPENAI_API_KEY": "sk-abcdefghijklmnop",
        "SPARK_CORE_API_KEY": "another-key-of-ours",
        "XDG_CONFIG_HOME": f"/x/{key.reveal()}",
        "LC_TIME": "C",
    }
    code = "import os; print(*sorted(os.environ), *os.environ.values())"
    outcome = run(root, python(code), environment=given)
    assert isinstance(outcome, Ran)
    assert "LC_TIME" in outcome.output
    assert "NO_COLOR" in outcome.output
    for word in ("KEY", "sk-abc", "another-key", key.reveal(), "XDG_CONFIG_HOME"):
        assert word not in outcome.output


# A program with a child, both of which wait; a shell starts sooner than Python.
WAITS = "sh -c 'sleep 600 & echo $! > pids; wait' sh {file}"


def ended(pid: int) -> bool:
    """Return whether the process is gone; its new parent may not have asked for its end yet."""
    for _ in range(500):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def child_of(root: Path) -> int:
    """Return the id of the child that WAITS has started."""
    return int((root / "pids").read_text())


async def started(root: Path) -> None:
    """Wait for WAITS to have a child."""
    await until(lambda: (root / "pids").exists() and (root / "pids").read_text().endswith("\n"))


@posix
def test_a_program_that_takes_too_long_is_killed_with_its_children(root):
    outcome = run(root, WAITS, seconds=2)
    assert outcome == NotRun("not run to its end: it took more than 2 seconds")
    assert ended(child_of(root))
    assert everything_in(root) == ["pids", "src", "src/a.py"]


@posix
def test_cancelling_kills_the_program_with_its_children(root):
    async def cancelled() -> None:
        commands = LocalCommands(root)
        command = command_of(WAITS)
        task = asyncio.create_task(commands.run(command, "src/a.py", "new\n", 60))
        await started(root)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert ended(child_of(root))
    assert everything_in(root) == ["pids", "src", "src/a.py"]


@posix
def test_a_child_that_stays_behind_with_the_pipe_holds_up_nothing(root):
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c',"
        " 'import time; time.sleep(600)'], start_new_session=True); print(p.pid)"
    )
    outcome = run(root, python(code))
    assert isinstance(outcome, Ran)
    psutil.Process(int(outcome.output)).kill()
