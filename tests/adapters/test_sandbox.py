"""Programs that mean harm, or do it by accident, run as checks: nothing of the user's is touched.

Real programs in the real sandbox where there is one. Where there is none the same programs show
what is promised then, which is less.
"""

import asyncio
import hashlib
import os
import socket
import sys
import threading
from contextlib import nullcontext
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters import limited_process
from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.project_checks import NotRun, Ran
from spark_desktop.domain.sandboxing import Job, Limits
from tests.interface_fakes import until

STATE = Bubblewrap().state()
shut_in = pytest.mark.skipif(not STATE.works, reason=f"there is no sandbox here: {STATE.reason}")
posix = pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")
MB = 1_000_000
LIMITS = Limits(seconds=15.0)
# All of a bomb's processes together fork no more often than there are bytes in the pipe, whatever
# else does or does not end it, and each ends by itself.
MOST_FORKS = 300
BOMB = f"""
import os, time
tokens, given = os.pipe()
os.set_blocking(tokens, False)
os.write(given, b'.' * {MOST_FORKS})
while True:
    try:
        os.read(tokens, 1)
    except BlockingIOError:
        break
    try:
        os.fork()
    except OSError:
        break
time.sleep(20)
"""


class World:
    """A project in a home, and the harm that could be done to both."""

    def __init__(self, folder: Path, *, sandbox: Bubblewrap | None = None) -> None:
        self.home = folder / "home"
        self.root = self.home / "project"
        (self.root / "src").mkdir(parents=True)
        (self.root / "src" / "a.py").write_text("x = 1\n")
        (self.root / ".env").write_text("TOKEN=abc\n")
        (self.home / ".ssh").mkdir()
        (self.home / ".ssh" / "id_ed25519").write_text("key")
        (folder / "outside.txt").write_text("mine\n")
        self.cache = folder / "cache"
        environment = {"HOME": str(self.home), "PATH": os.defpath, "USER": "somebody"}
        self.bench = LocalWorkbench(self.root, self.cache, sandbox or Bubblewrap(), environment)
        self.folder = folder
        self.before = self.tree()

    def tree(self) -> str:
        """Return a digest of everything but our cache: names, kinds, bytes."""
        digest = hashlib.sha256()
        for place in sorted(self.folder.rglob("*")):
            if place.is_relative_to(self.cache):
                continue
            digest.update(str(place).encode())
            digest.update(place.read_bytes() if place.is_file() else b"-")
        return digest.hexdigest()

    def run(self, code: str, limits: Limits = LIMITS, open_allowed: bool = False, texts=None):
        """Run Python code as a check; the user's tree is as it was afterwards."""
        words = (sys.executable, "-c", code)
        job = Job(words, texts or {"src/a.py": "x = 2\n"}, limits)
        outcome = asyncio.run(self.bench.run(job, open_allowed=open_allowed))
        assert self.tree() == self.before
        return outcome


class NoSandbox(Bubblewrap):
    """A system without one."""

    def __init__(self) -> None:
        super().__init__(program="there-is-no-such-program")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def open_world(tmp_path: Path) -> World:
    return World(tmp_path, sandbox=NoSandbox())


@shut_in
def test_a_check_sees_the_proposed_text_at_the_place_of_the_real_file(world):
    code = f"import os; print(os.getcwd() == {str(world.root)!r}, open('src/a.py').read())"
    assert world.run(code) == Ran(0, "True x = 2\n\n")
    assert (world.root / "src" / "a.py").read_text() == "x = 1\n"


@shut_in
def test_keys_secrets_and_the_rest_of_the_home_are_not_there(world):
    code = (
        "import os; print(sorted(os.listdir(os.path.expanduser('~'))), os.path.exists('.env'),"
        f"os.path.exists({str(world.folder / 'outside.txt')!r}), os.listdir('/tmp'))"
    )
    outcome = world.run(code)
    assert isinstance(outcome, Ran)
    assert ".ssh" not in outcome.output
    assert "False False" in outcome.output


@shut_in
@pytest.mark.parametrize(
    "place", ["{home}/new", "{outside}", "/usr/new", "/etc/new", "/new", "/dev/new", "/var/new"]
)
def test_nothing_outside_can_be_written(world, place):
    place = place.format(home=world.home, outside=world.folder / "outside.txt")
    world.run(f"open({place!r}, 'w').write('harm')")
    assert not Path("/usr/new").exists()


@shut_in
def test_a_link_that_leads_out_leads_nowhere(world):
    target = str(world.folder / "outside.txt")
    code = f"import os; os.symlink({target!r}, 'src/l'); open('src/l', 'w').write('harm')"
    world.run(code)  # whatever it wrote there, it was not the real place
    # What it made is gone before the next one.
    assert world.run("import os; print(os.listdir('src'))") == Ran(0, "['a.py']\n")


@shut_in
def test_what_a_test_changes_in_the_shadow_is_undone_before_the_next_one(world):
    (world.root / "keep.txt").write_text("kept\n")
    world.before = world.tree()
    code = (
        "import os, shutil; open('keep.txt', 'r+').write('harm'); shutil.rmtree('src');"
        "os.mkdir('more'); open('more/x', 'w'); os.chmod('more', 0); os.utime('keep.txt', (1, 1))"
    )
    assert world.run(code) == Ran(0, "")
    code = "import os; print(sorted(os.listdir('.')), open('keep.txt').read(), os.listdir('src'))"
    assert world.run(code) == Ran(0, "['keep.txt', 'src'] kept\n ['a.py']\n")


@shut_in
@pytest.mark.parametrize("processes", [40, Limits().processes])
def test_a_bomb_of_forks_ends_and_leaves_nothing(world, processes):
    outcome = world.run(BOMB, Limits(seconds=15.0, processes=processes))
    reason = f"not run to its end: it started more than {processes} processes"
    assert outcome == NotRun(reason, True)
    assert named(world) == []


@shut_in
def test_a_bomb_of_forks_ends_also_where_the_kernel_does_not_bound_it(world, monkeypatch):
    monkeypatch.setattr(limited_process, "bounded_tasks", lambda most: nullcontext())
    outcome = world.run(BOMB, Limits(seconds=15.0))
    assert outcome == NotRun("not run to its end: it started more than 256 processes", True)
    assert named(world) == []


@shut_in
@pytest.mark.skipif(getattr(os, "geteuid", int)() != 0, reason="others are refused them")
def test_roots_bomb_of_threads_ends_also_where_the_kernel_does_not_bound_it(world, monkeypatch):
    monkeypatch.setattr(limited_process, "bounded_tasks", lambda most: nullcontext())
    code = (
        "import threading, time\nfor _ in range(200):\n"
        " threading.Thread(target=time.sleep, args=(20,), daemon=True).start()\ntime.sleep(20)"
    )
    outcome = world.run(code, Limits(seconds=15.0, processes=40))
    assert outcome == NotRun("not run to its end: it started more than 40 processes", True)


@shut_in
def test_a_daemon_does_not_outlive_its_check(world):
    code = (
        "import os, time\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n"
        "  time.sleep(60)\n os._exit(0)\nprint('done')"
    )
    assert world.run(code) == Ran(0, "done\n")
    assert named(world) == []


@shut_in
def test_what_hangs_and_ignores_signals_is_ended(world):
    code = (
        "import signal, time\nfor s in (1, 2, 3, 15):\n signal.signal(s, signal.SIG_IGN)\n"
        "time.sleep(60)"
    )
    outcome = world.run(code, Limits(seconds=0.5))
    assert outcome == NotRun("not run to its end: it took more than 1 second", True)
    assert named(world) == []


@shut_in
@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "~"])
def test_scratch_folders_have_little_room(world, place):
    code = (
        f"import os\nwith open(os.path.expanduser('{place}/big'), 'wb') as f:\n"
        " for _ in range(64): f.write(bytes(1000000)); f.flush()"
    )
    outcome = world.run(code, Limits(seconds=15.0, scratch=8 * MB))
    assert isinstance(outcome, Ran)
    assert outcome.code == 1
    assert "No space left" in outcome.output


@shut_in
def test_the_disk_is_not_filled_by_one_large_file(world):
    code = "with open('big', 'wb') as f:\n for _ in range(64): f.write(bytes(1000000)); f.flush()"
    outcome = world.run(code, Limits(seconds=15.0, file=4 * MB))
    assert isinstance(outcome, Ran)
    assert "File too large" in outcome.output
    assert world.run("import os; print(os.listdir('.'))") == Ran(0, "['src']\n")


@shut_in
def test_the_disk_is_not_filled_by_many_files(world):
    code = (
        "import time\nfor n in range(64): open(f'f{n}', 'wb').write(bytes(1000000))\ntime.sleep(20)"
    )
    outcome = world.run(code, Limits(seconds=15.0, disk=16 * MB))
    assert outcome == NotRun(
        "not run to its end: it wrote more than the disk may hold for it", True
    )
    assert world.run("import os; print(os.listdir('.'))") == Ran(0, "['src']\n")


@shut_in
def test_of_a_flood_of_output_the_end_is_kept_and_no_end_is_an_end(world):
    limits = Limits(seconds=15.0, output=1000, flood=2 * MB)
    outcome = world.run("print('x' * 1000000); print('the end')", limits)
    assert isinstance(outcome, Ran)
    assert outcome.output.endswith("x\nthe end\n")
    assert len(outcome.output) == 1000
    outcome = world.run("for _ in range(600): print('x' * 100000)", limits)
    assert outcome == NotRun("not run to its end: it wrote without an end", True)


@shut_in
def test_memory_is_refused_to_one_process_and_to_many(world):
    limits = Limits(seconds=15.0, memory=200 * MB)
    outcome = world.run("b = bytearray(400000000)", limits)
    assert isinstance(outcome, Ran)
    assert "MemoryError" in outcome.output
    code = (
        "import os, time\nfor _ in range(3):\n if os.fork() == 0:\n"
        "  b = bytes(bytearray(b'x') * 80000000); time.sleep(60)\ntime.sleep(60)"
    )
    outcome = world.run(code, limits)
    assert outcome == NotRun("not run to its end: it needed more than 200 MB of memory", True)


@shut_in
def test_the_network_cannot_be_reached_not_even_this_machine(world):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        port = server.getsockname()[1]

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.getpeername())

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        outcome = world.run(code)
        assert isinstance(outcome, Ran)
        assert "Connection refused" in outcome.output
        assert heard == []
        # The listener does hear who comes from outside the sandbox.
        socket.create_connection(("127.0.0.1", port), 2).close()
        listener.join(10)
    assert len(heard) == 1


@shut_in
def test_sockets_of_the_desktop_are_not_there(world):
    code = (
        "import os; print([n for n in ('DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR',"
        " 'SSH_AUTH_SOCK') if n in os.environ], os.listdir('/run'),"
        " os.path.exists('/tmp/.X11-unix'))"
    )
    assert world.run(code) == Ran(0, "[] [] False\n")


@shut_in
def test_cancelling_ends_the_program_and_waits_for_its_end(world):
    async def cancelled() -> None:
        job = Job((sys.executable, "-c", "import time; time.sleep(60)"), {}, LIMITS)
        task = asyncio.ensure_future(world.bench.run(job))
        await until(lambda: bool(named(world)))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert named(world) == []
    assert world.tree() == world.before


@shut_in
def test_a_program_that_is_not_there_is_a_note(world):
    job = Job(("no-such-tool",), {}, LIMITS)
    outcome = asyncio.run(world.bench.run(job))
    assert outcome == NotRun("not run: there is no program no-such-tool")
    outcome = asyncio.run(world.bench.run(Job(("./no/tool",), {}, LIMITS)))
    assert isinstance(outcome, Ran), "the shell's own word"
    assert outcome.code == 127


def test_a_text_outside_the_workspace_is_laid_nowhere(open_world):
    outcome = open_world.run("print(1)", texts={"../a.py": "x"}, open_allowed=True)
    assert outcome == NotRun("not run: ../a.py leads out of the folder")


def test_without_a_sandbox_nothing_runs_unless_that_was_allowed(open_world):
    outcome = open_world.run("print(1)")
    assert outcome == NotRun("not run: bubblewrap (bwrap) is not installed")


@posix
def test_without_a_sandbox_the_texts_home_and_limits_are_still_others(open_world):
    code = "import os; print(open('src/a.py').read(), os.listdir(os.path.expanduser('~')))"
    assert open_world.run(code, open_allowed=True) == Ran(0, "x = 2\n []\n")
    code = "with open('big', 'wb') as f:\n for _ in range(64): f.write(bytes(1000000)); f.flush()"
    outcome = open_world.run(code, Limits(seconds=15.0, file=4 * MB), open_allowed=True)
    assert isinstance(outcome, Ran)
    assert "File too large" in outcome.output


@posix
def test_without_a_sandbox_a_daemon_is_found_by_its_mark(open_world):
    code = (
        "import os, time\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n"
        "  time.sleep(60)\n os._exit(0)\nprint('done')"
    )
    assert open_world.run(code, open_allowed=True) == Ran(0, "done\n")
    assert named(open_world) == []
    outcome = open_world.run("import time; time.sleep(60)", Limits(seconds=0.5), open_allowed=True)
    assert outcome == NotRun("not run to its end: it took more than 1 second", True)


@posix
def test_without_a_sandbox_a_bomb_of_forks_ends_too(open_world):
    outcome = open_world.run(BOMB, Limits(seconds=15.0, processes=100), open_allowed=True)
    assert outcome == NotRun("not run to its end: it started more than 100 processes", True)
    assert named(open_world) == []


def test_a_sandbox_that_does_not_work_says_why():
    assert Bubblewrap(platform="darwin").state().reason == "there is none on this system yet"
    assert NoSandbox().state().reason == "bubblewrap (bwrap) is not installed"


@posix
@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("0.6.1", "bubblewrap 0.6.1 is too old: 0.8 is the least"),
        ("0.9.0", "the system does not let bubblewrap work: bwrap: no permissions"),
    ],
)
def test_a_sandbox_that_the_system_refuses_says_so(tmp_path, version, reason):
    program = tmp_path / "bwrap"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo bubblewrap {version}; exit; fi\n'
        "echo bwrap: no permissions; exit 1\n"
    )
    program.chmod(0o755)
    state = Bubblewrap(str(program), "linux").state()
    assert (state.works, state.reason, state.version) == (False, reason, version)


def named(world: World) -> list[int]:
    """Return the processes that still work for a check of this world."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("GOCACHE", "").startswith(str(world.cache))
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found
