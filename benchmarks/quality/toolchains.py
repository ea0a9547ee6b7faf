"""Which languages can be judged on this machine, and how their commands are run."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

LANGUAGES = ("python", "typescript", "go", "rust", "cpp")
# Where `npm install --prefix` puts TypeScript; outside the repository.
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "spark-benchmarks"
_TSC = "node_modules/typescript/bin/tsc"
_SECONDS = 120.0
_PROGRAMS = {"go": ("go",), "rust": ("rustc", "cargo"), "cpp": ("g++", "make")}


@dataclass(frozen=True, slots=True)
class Toolchains:
    """``programs`` are the words that placeholders stand for; ``missing`` says why, by language.

    ``packages`` is the folder of npm's packages that holds TypeScript, None without one.
    """

    programs: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, str]
    packages: Path | None = None

    def provide(self, language: str, root: Path) -> None:
        """Put into a project what its language's tools install there, as a user's has it.

        Hard links where the file system allows them, so that it costs neither time nor room.
        """
        if language != "typescript" or self.packages is None:
            return
        inside = root / "node_modules"
        for name in ("typescript", "@typescript"):
            if (self.packages / name).is_dir():
                shutil.copytree(self.packages / name, inside / name, copy_function=_linked)
        (inside / ".bin").mkdir(parents=True)
        (inside / ".bin/tsc").symlink_to("../typescript/bin/tsc")

    def inside(self, root: Path) -> "Toolchains":
        """Return these tools with those that a project has itself, as its user calls them."""
        own = "node_modules/.bin/tsc"
        if not (root / own).exists():
            return self
        return replace(self, programs={**self.programs, "{tsc}": (own,)})

    def words(self, command: str) -> list[list[str]]:
        """Return a task's command as programs with their arguments, to be run one by one."""
        found: list[list[str]] = [[]]
        for word in shlex.split(command):
            if word == "&&":
                found.append([])
            else:
                found[-1] += self.programs.get(word, (word,))
        return found

    def one(self, command: str) -> list[str]:
        """Return a task's command as one program: a shell's where there are several."""
        parts = self.words(command)
        if len(parts) == 1:
            return parts[0]
        return ["sh", "-c", " && ".join(shlex.join(part) for part in parts)]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it wrote to both its outputs."""

    code: int
    output: str

    @property
    def passed(self) -> bool:
        """Return whether it ended with 0."""
        return self.code == 0


def toolchains() -> Toolchains:
    """Return what is here: Python always, the others where their programs are found."""
    missing = {
        language: f"{program} is not installed"
        for language, programs in _PROGRAMS.items()
        for program in programs
        if shutil.which(program) is None
    }
    found: dict[str, tuple[str, ...]] = {"{python}": (sys.executable,)}
    node, tsc = shutil.which("node"), _tsc()
    if node is None:
        missing["typescript"] = "node is not installed"
    elif tsc is None:
        missing["typescript"] = (
            f"no tsc; `npm install --prefix {_CACHE} typescript`, or set SPARK_TSC"
        )
    else:
        found |= {"{node}": (node,), "{tsc}": (node, str(tsc))}
    return Toolchains(found, missing, None if tsc is None else _packages(tsc))


def _packages(tsc: Path) -> Path | None:
    """Return the folder of packages that a compiler's script is installed in."""
    return next((one for one in tsc.parents if one.name == "node_modules"), None)


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _tsc() -> Path | None:
    """Return TypeScript's compiler, a script for node: SPARK_TSC, of the cache, or in PATH."""
    named = os.environ.get("SPARK_TSC")
    installed = shutil.which("tsc")
    places = [Path(named)] if named else [_CACHE / _TSC, *([Path(installed)] if installed else [])]
    return next((place.resolve() for place in places if place.is_file()), None)


def run(command: str, folder: Path, tools: Toolchains, seconds: float = _SECONDS) -> Ran:
    """Run a task's command in a folder, each part for at most ``seconds``; 124 when it is over."""
    written = ""
    for words in tools.words(command):
        done = _run_one(words, folder, seconds)
        written += done.output
        if not done.passed:
            return Ran(done.code, written)
    return Ran(0, written)


def environment() -> dict[str, str]:
    """Return the environment that commands are run in: nothing is downloaded, no caches written."""
    wanted = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GO111MODULE": "on",
        "CARGO_NET_OFFLINE": "true",
        "RUST_BACKTRACE": "0",
    }
    # A path to this project would let a task import its modules.
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    return kept | wanted


def _run_one(words: Sequence[str], folder: Path, seconds: float) -> Ran:
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ran(124, f"{words[0]} took longer than {seconds:g} s\n")
    except OSError as error:
        return Ran(127, f"{words[0]}: {error}\n")
    return Ran(done.returncode, done.stdout)
