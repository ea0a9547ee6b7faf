"""The core found, started, shared and supervised; the core is a script that keeps its contract."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import filelock
import psutil
import pytest

from spark_desktop.adapters.core_events import said_in
from spark_desktop.adapters.core_lookup import CoreAddress, CoreFiles
from spark_desktop.adapters.core_process import CoreOptions, CoreProcess, core_command
from spark_desktop.adapters.self_test_program import program_command
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    Message,
    ModelInfo,
    Priority,
    Role,
)
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.errors import CoreError, EngineDownError
from spark_desktop.domain.events import CoreStateChanged
from spark_desktop.self_test.installed import spark_command
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock
from spark_desktop.services.tasks import TaskScope
from tests.fakes import FakeClock

FAKE_CORE = """
import http.server, json, os, sys, threading, time
from pathlib import Path

options = dict(zip(sys.argv[2::1], sys.argv[3::1]))
mode, ready, linger = options["--model"], Path(options["--ready-file"]), float(options["--linger"])
with open(ready.parent / "starts", "a") as starts:
    starts.write(f"{os.getpid()} {' '.join(sys.argv[1:])}\\n")
def say(**event):
    print(json.dumps(event), flush=True)
def fail(code):
    print("some line\\nout of memory", file=sys.stderr, flush=True)
    os._exit(code)
if mode == "refusing":
    fail(2)
if mode == "crashing":
    fail(3)
say(event="downloading", source="here", done=1, total=4, rate=2.0, left_s=1.5)
if mode == "failing":
    say(event="failed", message="The disk is full.", next_step="Free 1 GB.")
    sys.exit(1)
if mode == "hanging":
    time.sleep(60)
say(event="loading")
# The first lease is waited for longer: on a busy machine the program that wants it is slow.
leases, asked, seen = set(), [], [time.monotonic() + 10]

class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def do_POST(self):
        asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        down = mode == "lost" or (mode == "losing" and len(asked) == 1)
        self.send_response(503 if down else 200)
        self.send_header("Retry-After", "60" if mode == "lost" else "1")
        self.end_headers()
        error = {"message": "The engine died.", "code": "engine_down", "next_step": "Wait."}
        said = json.dumps({"error": error}) if down else "data: [DONE]\\n\\n"
        self.wfile.write(said.encode())
    def do_GET(self):
        known = self.headers["Authorization"] == "Bearer secret"
        self.send_response(200 if known and mode != "mute" else 401)
        self.end_headers()
        if not known or mode == "mute":
            return
        if self.path == "/v1/models":
            spark = {"context": 4096, "formats": ["region", "fim"], "fim": True}
            spark["priorities"] = ["question", "suggestion", "warmup", "another"]
            self.wfile.write(json.dumps({"data": [{"id": "fake", "spark": spark}]}).encode())
        if self.path == "/lease":
            leases.add(self)
            try:
                while True:
                    self.wfile.write(b"lease\\n")
                    time.sleep(0.05)
            except OSError:
                leases.discard(self)
                seen[0] = time.monotonic()

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}"
address = {"url": url, "token": "secret", "pid": os.getpid(), "model": "fake"}
ready.write_text(json.dumps(address))
say(**address)
while leases or time.monotonic() - seen[0] < linger:
    time.sleep(0.02)
ready.unlink()
os._exit(0)
"""
LINGER = 0.3
WAIT_S = 20.0
INFO = ModelInfo("fake", 4096, True, ("region", "fim"), priorities=frozenset(Priority))


async def ticks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(0.01)


class Program:
    """One program that uses a core, with the states that it was told."""

    def __init__(self, options: CoreOptions, clock: Clock) -> None:
        self.bus = Bus()
        self.states: list[CoreState] = []
        self.bus.subscribe(CoreStateChanged, lambda event: self.states.append(event.state))
        self.scope = TaskScope("test")
        self.core = CoreProcess(options, self.bus, self.scope, clock)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            async for _ in ticks():
                if condition():
                    return

    async def until_state(self, kind: type) -> CoreState:
        await self.until(lambda: isinstance(self.core.state, kind))
        return self.core.state


class Place:
    """A run folder with a fake core."""

    def __init__(self, folder: Path) -> None:
        self.run_dir = folder / "run"
        self.script = folder / "fake_core.py"
        self.script.write_text(FAKE_CORE)
        self.programs: list[Program] = []

    def options(self, model: str = "good", owner: bool = False) -> CoreOptions:
        command = (sys.executable, str(self.script))
        return CoreOptions(model, command, self.run_dir, LINGER, owner)

    def program(self, options: CoreOptions | None = None, clock: Clock | None = None) -> Program:
        self.programs.append(Program(options or self.options(), clock or SystemClock()))
        return self.programs[-1]

    def files(self, model: str = "good") -> CoreFiles:
        return CoreFiles(self.run_dir, model)

    def starts(self) -> list[list[str]]:
        log = self.run_dir / "starts"
        return [line.split() for line in log.read_text().splitlines()] if log.exists() else []

    async def until_another_core_has_ended(self) -> None:
        """Wait as long as a core that nobody uses stays."""
        other = self.program(self.options("another"))
        other.core.start()
        await other.core.endpoint()
        await other.core.close()
        await other.until(lambda: not self.files("another").ready.exists())

    def pids(self) -> list[int]:
        return [int(start[0]) for start in self.starts()]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    made = Place(tmp_path)
    yield made
    for program in made.programs:
        await program.core.close()
        await program.scope.close()
    for pid in made.pids():
        await made.programs[0].until(lambda pid=pid: not alive(pid))


def is_restarting(state: CoreState) -> bool:
    return isinstance(state, CoreRestarting)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_it_tells_each_state_on_the_way_to_ready(place: Place) -> None:
    program = place.program()
    assert program.core.state == CoreStopped()
    program.core.start()
    endpoint = await program.core.endpoint()
    assert endpoint.model == INFO
    assert program.states == [
        CoreStarting(),
        CoreDownloading("here", 1, 4, 2.0, 1.5),
        CoreLoading(),
        CoreReady(INFO),
    ]


async def test_the_core_is_started_with_the_agreed_arguments(place: Place) -> None:
    program = place.program(place.options(owner=True))
    program.core.start()
    await program.core.endpoint()
    (start,) = place.starts()
    ready = str(place.files().ready)
    assert start[1:] == [
        *("serve", "--model", "good", "--events"),
        *("--ready-file", ready, "--linger", "0.3", "--owner", str(os.getpid())),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="modes and process groups are POSIX's")
async def test_the_folder_is_the_users_alone_and_the_core_has_its_own_group(place: Place) -> None:
    program = place.program()
    program.core.start()
    await program.core.endpoint()
    assert place.run_dir.stat().st_mode & 0o777 == 0o700
    assert place.files().log.stat().st_mode & 0o777 == 0o600
    assert os.getpgid(place.pids()[0]) == place.pids()[0]


async def test_programs_that_start_at_once_share_one_core(place: Place) -> None:
    programs = [place.program() for _ in range(3)]
    for program in programs:
        program.core.start()
    await asyncio.gather(*(program.core.endpoint() for program in programs))
    assert len(place.starts()) == 1
    assert not any(isinstance(state, CoreRestarting) for p in programs for state in p.states)


async def test_the_core_stays_for_the_other_program_and_ends_after_the_last(place: Place) -> None:
    first, second = place.program(), place.program()
    first.core.start()
    await first.core.endpoint()
    second.core.start()
    await second.core.endpoint()
    await first.core.close()
    assert first.core.state == CoreStopped()
    await place.until_another_core_has_ended()
    assert alive(place.pids()[0])
    await second.core.close()
    await second.until(lambda: not alive(place.pids()[0]))
    assert second.states == [CoreStarting(), CoreReady(INFO), CoreStopped()]


async def test_other_models_have_other_cores(place: Place) -> None:
    first, second = place.program(), place.program(place.options("other"))
    first.core.start()
    second.core.start()
    await asyncio.gather(first.core.endpoint(), second.core.endpoint())
    assert len(set(place.pids())) == 2


async def test_a_killed_core_is_said_and_started_again(place: Place) -> None:
    program = place.program()
    program.core.start()
    before = await program.core.endpoint()
    psutil.Process(place.pids()[0]).kill()
    restarting = await program.until_state(CoreRestarting)
    assert isinstance(restarting, CoreRestarting)
    assert (restarting.attempt, restarting.delay) == (1, 0.5)
    if sys.platform != "win32":
        assert f"signal {int(signal.SIGKILL)}" in restarting.reason
    after = await program.core.endpoint()
    assert after is not before
    assert program.core.state == CoreReady(INFO)
    assert len(place.starts()) == 2


async def test_a_dead_core_is_never_handed_out(place: Place) -> None:
    program = place.program()
    program.core.start()
    dead = await program.core.endpoint()
    process = psutil.Process(place.pids()[0])
    process.kill()
    process.wait(WAIT_S)
    assert await program.core.endpoint() is not dead
    assert len(place.starts()) == 2


async def test_a_shared_core_that_is_killed_is_replaced_by_one(place: Place) -> None:
    first, second = place.program(), place.program()
    for program in (first, second):
        program.core.start()
        await program.core.endpoint()
    psutil.Process(place.pids()[0]).kill()
    for program in (first, second):
        await program.until(lambda p=program: any(map(is_restarting, p.states)))
        await program.core.endpoint()
    assert len(place.starts()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP is POSIX's")
async def test_a_core_that_is_stuck_is_killed_and_started_again(place: Place) -> None:
    program = place.program(replace(place.options(), silence=0.5))
    program.core.start()
    await program.core.endpoint()
    psutil.Process(place.pids()[0]).suspend()
    restarting = await program.until_state(CoreRestarting)
    assert isinstance(restarting, CoreRestarting)
    assert "said nothing for 0.5 s" in restarting.reason
    await program.core.endpoint()
    assert not alive(place.pids()[0])


CHAT = ChatRequest((Message(Role.USER, "Hi"),))


async def ask(program: Program) -> list[Chunk]:
    endpoint = await program.core.endpoint()
    async with endpoint.stream(CHAT) as chunks:
        return [chunk async for chunk in chunks]


async def test_a_core_that_starts_its_engine_again_is_shown_so_and_asked_again(
    place: Place,
) -> None:
    program = place.program(place.options("losing"), FakeClock())
    program.core.start()
    assert [type(chunk) for chunk in await ask(program)] == [Finished]
    assert program.states[-3:] == [
        CoreReady(INFO),
        CoreRestarting("The engine died.", 1, 1.0),
        CoreReady(INFO),
    ]
    assert len(place.starts()) == 1


async def test_a_core_that_lost_its_engine_for_good_is_replaced(place: Place) -> None:
    program = place.program(place.options("lost"))
    program.core.start()
    with pytest.raises(EngineDownError, match="Another core is being started"):
        await ask(program)
    await program.until(lambda: any(map(is_restarting, program.states)))
    await program.core.endpoint()
    assert len(place.starts()) == 2


async def test_another_programs_core_that_lost_its_engine_is_left_to_it(place: Place) -> None:
    owner, guest = place.program(place.options("lost")), place.program(place.options("lost"))
    for program in (owner, guest):
        program.core.start()
        await program.core.endpoint()
    with pytest.raises(EngineDownError, match="Wait"):
        await ask(guest)
    assert owner.core.state == guest.core.state == CoreReady(INFO)


async def test_five_deaths_are_enough(place: Place) -> None:
    program = place.program(place.options("crashing"), FakeClock())
    program.core.start()
    with pytest.raises(CoreError, match=r"ended 5 times within 60 s.*exit code 3.*out of memory"):
        await program.core.endpoint()
    delays = [state.delay for state in program.states if isinstance(state, CoreRestarting)]
    assert delays == [0.5, 1.0, 2.0, 4.0]
    assert len(place.starts()) == 5
    assert isinstance(program.core.state, CoreFailed)
    assert str(place.files("crashing").log) in program.core.state.next_step


class SlowClock(FakeClock):
    """A clock by which every wait takes half a minute longer."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + 31.0)


async def test_deaths_long_apart_do_not_add_up(place: Place) -> None:
    program = place.program(place.options("crashing"), SlowClock())
    program.core.start()
    await program.until(lambda: len(place.starts()) > 6)
    delays = {state.delay for state in program.states if isinstance(state, CoreRestarting)}
    assert delays == {0.5, 1.0}


async def test_a_failure_that_the_core_explains_is_final(place: Place) -> None:
    program = place.program(place.options("failing"))
    program.core.start()
    assert await program.until_state(CoreFailed) == CoreFailed("The disk is full.", "Free 1 GB.")
    with pytest.raises(CoreError, match=r"The disk is full\. Free 1 GB\."):
        await program.core.endpoint()
    assert len(place.starts()) == 1


async def test_a_refused_command_line_is_final(place: Place) -> None:
    program = place.program(place.options("refusing"))
    program.core.start()
    with pytest.raises(CoreError, match="refused its command line: out of memory"):
        await program.core.endpoint()
    assert len(place.starts()) == 1


async def test_after_a_failure_it_can_be_started_again(place: Place) -> None:
    program = place.program(place.options("failing"))
    for _ in range(2):
        program.core.start()
        with pytest.raises(CoreError, match="disk is full"):
            await program.core.endpoint()
    assert len(place.starts()) == 2


async def test_starting_twice_starts_one(place: Place) -> None:
    program = place.program()
    program.core.start()
    program.core.start()
    await program.core.endpoint()
    program.core.start()
    assert len(place.starts()) == 1
    assert program.core.state == CoreReady(INFO)


async def test_a_command_that_is_not_there_is_named(place: Place, tmp_path: Path) -> None:
    missing = str(tmp_path / "no-core")
    program = place.program(CoreOptions("good", (missing,), place.run_dir))
    program.core.start()
    with pytest.raises(CoreError, match=r"no-core: .*spark doctor"):
        await program.core.endpoint()


async def test_a_run_folder_that_cannot_be_made_is_named(place: Place) -> None:
    place.run_dir.write_text("a file")
    program = place.program()
    program.core.start()
    with pytest.raises(CoreError, match="cannot be used"):
        await program.core.endpoint()
    place.run_dir.unlink()


async def test_a_lock_file_that_cannot_be_opened_is_named(place: Place) -> None:
    place.files().lock.mkdir(parents=True)
    program = place.program()
    program.core.start()
    with pytest.raises(CoreError, match="cannot be locked"):
        await program.core.endpoint()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"url": 1}',
        '{"url": "http://127.0.0.1:1", "token": "secret", "pid": 2147483000, "model": "m"}',
        '{"url": "http://127.0.0.1:1", "token": "secret", "pid": PID, "model": "m"}',
    ],
)
async def test_a_stale_ready_file_is_passed_over(place: Place, content: str) -> None:
    place.run_dir.mkdir()
    place.files().ready.write_text(content.replace("PID", str(os.getpid())))
    program = place.program()
    program.core.start()
    assert (await program.core.endpoint()).model == INFO
    assert len(place.starts()) == 1


async def test_a_core_that_refuses_the_token_is_passed_over(place: Place) -> None:
    first, second = place.program(), place.program()
    first.core.start()
    await first.core.endpoint()
    ready = place.files().ready
    ready.write_text(ready.read_text().replace("secret", "other"))
    second.core.start()
    await second.core.endpoint()
    assert len(place.starts()) == 2


async def test_a_core_that_never_answers_is_ended_and_counted_as_dead(place: Place) -> None:
    program = place.program(place.options("mute"), FakeClock())
    program.core.start()
    with pytest.raises(CoreError, match="it did not answer"):
        await program.core.endpoint()
    assert not any(alive(pid) for pid in place.pids())


async def test_closing_on_the_way_ends_the_child(place: Place) -> None:
    program = place.program(place.options("hanging"))
    program.core.start()
    await program.until_state(CoreDownloading)
    await program.core.close()
    assert program.core.state == CoreStopped()
    assert not alive(place.pids()[0])


class CountingClock(SystemClock):
    """Counts how often it is waited for."""

    sleeps = 0

    async def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        await super().sleep(seconds)


async def test_a_program_waits_while_another_starts_the_core(place: Place) -> None:
    place.run_dir.mkdir()
    clock = CountingClock()
    program = place.program(clock=clock)
    with filelock.FileLock(place.files().lock):
        program.core.start()
        await program.until(lambda: clock.sleeps > 1)
        assert program.core.state == CoreStarting()
        assert place.starts() == []
    assert (await program.core.endpoint()).model == INFO


async def test_without_a_start_there_is_no_endpoint(place: Place) -> None:
    with pytest.raises(CoreError, match="not running"):
        await place.program().core.endpoint()


async def test_a_waiter_hears_of_the_close(place: Place) -> None:
    program = place.program(place.options("hanging"))
    program.core.start()
    waiting = asyncio.ensure_future(program.core.endpoint())
    await program.until_state(CoreDownloading)
    await program.core.close()
    with pytest.raises(CoreError, match="not running"):
        await waiting


PROGRAM = """
import asyncio, sys
from pathlib import Path
from spark_desktop.adapters.core_process import CoreOptions, CoreProcess
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope

async def main():
    options = CoreOptions("good", (sys.executable, sys.argv[1]), Path(sys.argv[2]), 0.3)
    core = CoreProcess(options, Bus(), TaskScope("program"), SystemClock())
    core.start()
    await core.endpoint()
    print("ready", flush=True)
    await asyncio.sleep(float(sys.argv[3]))

asyncio.run(main())
"""


async def start_program(place: Place, seconds: str) -> asyncio.subprocess.Process:
    arguments = (sys.executable, "-c", PROGRAM, place.script, place.run_dir, seconds)
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(WAIT_S):
        assert await process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.e2e
async def test_a_killed_program_leaves_no_core(place: Place) -> None:
    process = await start_program(place, "60")
    process.kill()
    await process.wait()
    waiting = place.program()
    await waiting.until(lambda: not alive(place.pids()[0]))
    assert not place.files().ready.exists()


@pytest.mark.e2e
async def test_a_core_outlives_the_program_that_started_it_while_it_is_shared(place: Place) -> None:
    process = await start_program(place, "0.5")
    program = place.program()
    program.core.start()
    await program.core.endpoint()
    async with asyncio.timeout(WAIT_S):
        assert await process.wait() == 0
    await place.until_another_core_has_ended()
    assert program.states == [CoreStarting(), CoreReady(INFO)]


def test_the_cores_command_is_this_pythons_module_or_the_file_beside_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert core_command() == (sys.executable, "-P", "-m", "inference_core")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "spark-desktop"))
    (command,) = core_command()
    assert Path(command).parent == tmp_path
    assert Path(command).stem == "spark-core"


@pytest.mark.parametrize("command", [core_command(), program_command(), spark_command()[:-1]])
def test_no_module_of_the_folder_it_is_started_in_is_run(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("queue.py", "uvicorn.py", "platformdirs.py"):
        (tmp_path / name).write_text("open('it_ran', 'w')", encoding="utf-8")
    told = subprocess.run(
        [*command, "--help"], cwd=tmp_path, capture_output=True, timeout=WAIT_S, check=True
    )
    assert told.stdout
    assert not (tmp_path / "it_ran").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", None),
        ("not json", None),
        ("[1]", None),
        ('{"event": "source_skipped", "source": "a", "reason": "b"}', CoreStarting("a: b")),
        ('{"event": "checking"}', CoreLoading()),
        ('{"event": "verifying"}', CoreLoading()),
        ('{"event": "loading"}', CoreLoading()),
        ('{"event": "downloading"}', CoreDownloading("", 0, 0, 0.0, None)),
        ('{"event": "failed"}', CoreFailed("The core cannot start.", "")),
        ('{"url": "u", "token": "t", "pid": 1}', CoreAddress("u", "t", 1, "")),
        ('{"url": "u", "token": "t", "pid": 0}', None),
        (json.dumps({"url": "u"}), None),
    ],
)
def test_lines_of_the_core_are_read(line: str, said: object) -> None:
    assert said_in(line) == said
