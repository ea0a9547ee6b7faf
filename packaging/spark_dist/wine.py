"""A private Windows of Wine's: where an installer is tried out without a trace on this machine."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = "tester"
# mscms is the test's own where it is brought along; the others ask for downloads or write menus.
_OVERRIDES = "mscms=n;wbemprox=;mshtml=;mscoree=;winemenubuilder.exe="
# Seconds; unpacking the full installer takes half a minute here.
_LONGEST_S = 600
_LAST_WORDS_S = 3
_KEY = re.compile(r"\[(?P<key>.+)\] \d+")
_VALUE = re.compile(r'(?:@|"(?P<name>(?:[^"\\]|\\.)*)")=(?P<value>.*)')
_CODE = re.compile(r"\\x([0-9a-f]{1,4})|\\(.)")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}

# The values of each key of HKEY_CURRENT_USER; the name of a default value is empty.
Registry = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    """How a program ended: its exit code, and what it wrote."""

    code: int
    text: str


class Wine:
    """A prefix with a home of its own, which says that it is Windows 10."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        """``folder`` becomes or is the prefix's."""
        self._home = folder / "home"
        self._prefix = folder / "prefix"
        self._home.mkdir(parents=True, exist_ok=True)
        self._environment = {
            **{name: value for name, value in environment.items() if not name.startswith("SPARK_")},
            "WINEPREFIX": str(self._prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": _OVERRIDES,
            "HOME": str(self._home),
            "USER": USER,
            "LC_ALL": "C.UTF-8",
        }

    @property
    def drive(self) -> Path:
        """The folder of drive C."""
        return self._prefix / "drive_c"

    @property
    def profile(self) -> Path:
        """The user's folder, which Wine names after who runs it."""
        users = self.drive / "users"
        return next(path for path in sorted(users.iterdir()) if path.name != "Public")

    def start(self, shims: Path | None = None) -> None:
        """Make the prefix; ``shims`` is a folder of DLLs that this Wine lacks."""
        self.run(["wineboot", "-i"])
        self.run(["winecfg", "-v", "win10"])
        # Wine links them to the home's own, where they cannot be told apart.
        for name in ("Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos"):
            path = self.profile / name
            if path.is_symlink():
                path.unlink()
            path.mkdir(exist_ok=True)
        for shim in sorted(shims.glob("*.dll")) if shims else ():
            shutil.copy(shim, self.drive / "windows" / "system32" / shim.name)

    def windows_path(self, path: Path) -> str:
        """Return how Windows names a file of this machine."""
        if path.is_relative_to(self.drive):
            return "C:\\" + "\\".join(path.relative_to(self.drive).parts)
        return "Z:" + str(path).replace("/", "\\")

    def run(self, words: Sequence[str | Path], **more: str) -> Outcome:
        """Run a program to its end; ``more`` are variables of its environment."""
        process = subprocess.Popen(
            ["wine", *words],
            env={**self._environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        chunks: list[bytes] = []
        reader = threading.Thread(target=_read, args=(process, chunks), daemon=True)
        reader.start()
        code = process.wait(_LONGEST_S)
        # A core that the program leaves behind may hold the pipe open for minutes.
        reader.join(_LAST_WORDS_S)
        text = b"".join(chunks).decode("utf-8", "replace").replace("\r", "")
        return Outcome(code, text)

    def begin(self, words: Sequence[str | Path]) -> "subprocess.Popen[bytes]":
        """Start a program that goes on running."""
        return subprocess.Popen(
            ["wine", *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def settle(self) -> None:
        """Wait until every program has ended and the registry is on the disk."""
        subprocess.run(["wineserver", "-w"], env=self._environment, check=True, timeout=_LONGEST_S)

    def close(self) -> None:
        """End what still runs in this prefix, and only there."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False)

    def registry(self) -> Registry:
        """Return the user's registry, once everything has settled."""
        self.settle()
        text = (self._prefix / "user.reg").read_text(encoding="utf-8", errors="replace")
        return parse_registry(text)


def _read(process: "subprocess.Popen[bytes]", chunks: list[bytes]) -> None:
    assert process.stdout is not None
    while chunk := os.read(process.stdout.fileno(), 65_536):
        chunks.append(chunk)


def parse_registry(text: str) -> Registry:
    """Return what a registry file of Wine's says: texts unescaped, other kinds as written."""
    found: Registry = {}
    values: dict[str, str] = {}
    for line in _whole_lines(text):
        if key := _KEY.fullmatch(line):
            values = found.setdefault(_plain(key["key"]), {})
        elif value := _VALUE.fullmatch(line):
            values[_plain(value["name"] or "")] = _text_of(value["value"])
    return found


def _whole_lines(text: str) -> Iterator[str]:
    # Long binary values go on in the next line.
    return iter(text.replace("\\\n", "").split("\n"))


def _text_of(value: str) -> str:
    start, quote, rest = value.partition('"')
    if quote and rest.endswith('"') and start in ("", "str(2):"):
        return f"{start}{_plain(rest[:-1])}"
    return value


def _plain(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return _CONTROL.get(match[2], match[2])

    return _CODE.sub(one, text)
