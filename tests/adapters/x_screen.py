"""An X server of the tests' own, and what a user does on it."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

needs_x = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
    reason="Xvfb or xdotool is not installed",
)


@contextmanager
def screen() -> Iterator[str]:
    """Start a server on a number that it chooses itself; gives what DISPLAY says."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as told:
        words = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "640x480x24", "-noreset"]
        server = subprocess.Popen(words, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        try:
            number = told.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()
            server.wait()


async def do(display: str, *words: str, may_fail: bool = False) -> str:
    """Run xdotool; return what it says."""
    process = await asyncio.create_subprocess_exec(
        "xdotool",
        *words,
        env=os.environ | {"DISPLAY": display},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL if may_fail else None,
    )
    said, _nothing = await process.communicate()
    assert may_fail or process.returncode == 0, words
    return said.decode().strip()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop work until ``condition`` holds; the test's time limit ends the wait."""
    while not condition():  # noqa: ASYNC110 - what is waited for happens in the X server
        await asyncio.sleep(0.01)
