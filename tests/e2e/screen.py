"""A screen of its own for the program: X server, session bus, window manager, tray, and hands.

Only what a user has is used: keys, the pointer, and what is seen. The tools are Debian's; where
they are missing the tests are skipped with the names of the packages, and fail where
SPARK_REQUIRE_SCREEN is set, as CI does.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.sessions import polls

PACKAGES = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "trayer": "trayer",
    "import": "imagemagick",
    "xclip": "xclip",
    "dbus-daemon": "dbus",
}
_KEY_PAUSE_MS = "12"


def require_tools() -> None:
    """Skip the test, or fail it in CI, where a tool is missing."""
    missing = [package for tool, package in PACKAGES.items() if shutil.which(tool) is None]
    if not missing:
        return
    said = f"for a screen of its own install: {' '.join(missing)}"
    if os.environ.get("SPARK_REQUIRE_SCREEN"):
        pytest.fail(said)
    pytest.skip(said)


@dataclass
class Screen:
    """A display with its programs, and the hands and eyes of a user before it."""

    environment: dict[str, str]
    size: tuple[int, int]
    pictures: Path
    _number: int = field(default=0)

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Start a program on this screen."""
        return subprocess.Popen(
            list(map(str, command)),
            env=self.environment | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, check: bool = True) -> str:
        """Return what a tool prints on this screen."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert not check or done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def windows(self, name: str) -> list[str]:
        """Return the ids of the visible windows with this in their title (an expression)."""
        return self.run("xdotool", "search", "--onlyvisible", "--name", name, check=False).split()

    def wait_window(self, name: str) -> str:
        """Return the id of a window, once it is seen; AssertionError after a minute."""
        for _ in polls():
            found = self.windows(name)
            if found:
                return found[-1]
        raise AssertionError

    def wait_gone(self, name: str) -> None:
        """Return when no such window is seen any more; AssertionError after a minute."""
        for _ in polls():
            if not self.windows(name):
                return

    def focus(self, window: str) -> None:
        """Bring a window to the front, as a click on its title bar does."""
        self.run("xdotool", "windowactivate", "--sync", window)

    def key(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self.run("xdotool", "key", "--delay", _KEY_PAUSE_MS, *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self.run("xdotool", "type", "--delay", _KEY_PAUSE_MS, text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the screen."""
        self.run("xdotool", "mousemove", "--sync", str(x), str(y), "click", str(button))

    def geometry(self, window: str) -> tuple[int, int, int, int]:
        """Return a window's left, top, width and height."""
        told = dict(
            line.split("=")
            for line in self.run("xdotool", "getwindowgeometry", "--shell", window).splitlines()
            if "=" in line
        )
        return int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"])

    def clipboard(self) -> str:
        """Return the text that was copied."""
        return self.run("xclip", "-selection", "clipboard", "-o", check=False)

    def shot(self, name: str) -> Path:
        """Take a picture of the whole screen, once it has settled; return its file."""
        self._number += 1
        path = self.pictures / f"{self._number:02d}-{name}.png"
        self.run("import", "-window", "root", str(path))
        return path

    def settled_shot(self, name: str, seconds: float = 3.0) -> Path:
        """Take a picture when two in a row are the same, or after ``seconds``."""
        end = time.monotonic() + seconds
        path = self.pictures / f"{self._number + 1:02d}-{name}.png"
        before = b""
        while True:
            self.run("import", "-window", "root", str(path))
            # A cursor that blinks may keep two from being the same.
            now = path.read_bytes()
            if now == before or time.monotonic() > end:
                self._number += 1
                return path
            before = now
            time.sleep(0.15)


@contextmanager
def screen(pictures: Path, home: Path, size: tuple[int, int] = (1280, 800)) -> Iterator[Screen]:
    """Give a screen with a window manager, a tray and a session bus; all end with it."""
    require_tools()
    pictures.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    base = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "QT_", "DBUS_", "WAYLAND_"))
    }
    base |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(_runtime(home)), "QT_QPA_PLATFORM": "xcb"}
    started: list[subprocess.Popen[str]] = []
    try:
        base["DISPLAY"] = _x_server(started, size)
        base["DBUS_SESSION_BUS_ADDRESS"] = _bus(started, base)
        made = Screen(base, size, pictures)
        started.append(made.start("openbox", "--sm-disable"))
        # The tray stands at the lower right, 24 px high.
        tray = ("--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "24")
        started.append(made.start("trayer", *tray, "--SetDockType", "true", "--expand", "true"))
        yield made
    finally:
        for process in reversed(started):
            _end(process)


def _runtime(home: Path) -> Path:
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return runtime


def _x_server(started: list[subprocess.Popen[str]], size: tuple[int, int]) -> str:
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size[0]}x{size[1]}x24"]
    process = subprocess.Popen(
        [*command, "-nolisten", "tcp", "-noreset"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    started.append(process)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    assert number.isdigit(), "the X server did not start"
    return f":{number}"


def _bus(started: list[subprocess.Popen[str]], environment: dict[str, str]) -> str:
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    started.append(process)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert re.match(r"unix:", address), "the session bus did not start"
    return address


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
