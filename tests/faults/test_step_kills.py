"""Real processes that write, and end without goodbye."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faults.step_cases import mix, tree_of
from faults.step_runs import Restarted, World, require_told, world
from faults.stopping import Stopping

# Runs the case "mix" in argument 1 as a store of this process; stops for good before the call
# whose number is argument 2, after saying so.
CHILD = """
import asyncio, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from faults.step_cases import mix
from faults.step_runs import World
from faults.stopping import Stopping

def act(number, name):
    if number == int(sys.argv[2]):
        print("stopped", flush=True)
        time.sleep(600)

async def main():
    await World(Path(sys.argv[1]), mix()).store(Stopping(act=act), owner="").commit(mix().operation)

asyncio.run(main())
"""


def child(folder: Path, at: int) -> subprocess.Popen[str]:
    """Return a process that stands before that call."""
    tests = Path(__file__).parents[1]
    arguments = [sys.executable, "-c", CHILD, str(folder), str(at), str(tests)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "stopped\n"
    return process


async def calls(folder: Path) -> list[str]:
    found, counting = await world(folder, mix()), Stopping()
    await found.run(counting)
    await found.close()
    return counting.points


@pytest.mark.parametrize("name", ["write staged-2.tmp", "link moved.py", "replace c.py"])
async def test_a_killed_process_leaves_an_operation_that_the_next_start_ends(
    tmp_path: Path, name: str
) -> None:
    at = (await calls(tmp_path / "whole")).index(name)
    found = await world(tmp_path / "world", mix())
    await found.at_rest()
    with child(found.folder, at) as process:
        process.send_signal(signal.SIGKILL)
    start = Restarted(found)
    told = await start.recover()
    is_new = await start.require_whole()
    assert is_new == (name != "write staged-2.tmp")
    require_told(told, is_new, mix())
    await found.close()


async def test_what_another_process_is_still_at_is_left_to_it(tmp_path: Path) -> None:
    at = (await calls(tmp_path / "whole")).index("link moved.py")
    found = await world(tmp_path / "world", mix())
    await found.at_rest()
    start = Restarted(found)
    with child(found.folder, at) as process:
        half = tree_of(found.root)
        assert await start.recover() == ()
        assert await start.journal_length() == 1
        assert tree_of(found.root) == half
        process.send_signal(signal.SIGKILL)
    # Its number may be another process's by now; its identity is not.
    (told,) = await start.recover()
    assert await start.require_whole()
    require_told((told,), True, mix())
    await found.close()


async def test_two_starts_at_once_recover_once(tmp_path: Path) -> None:
    found: World = await world(tmp_path / "world", mix())
    await found.run(Stopping(24))
    one, other = Restarted(found), Restarted(found)
    told = sum(await asyncio.gather(one.recover(), other.recover()), ())
    assert await one.require_whole()
    require_told(told, True, mix())
    await found.close()
