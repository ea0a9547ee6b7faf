"""The development commands, on every system; ``python dev.py --help`` lists them.

Only the standard library is used, since this is what makes the environment that all else runs in.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dev_system import MissingPackagesError, has_display, install, missing_packages

MINIMUM = (3, 11)
if sys.version_info[:2] < MINIMUM:
    # Older versions get this far only because all of this file is in words that they can parse.
    sys.exit(f"Spark Desktop needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = VENV / ".spark-setup"
WINDOWS = sys.platform == "win32"
PROGRAMS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = PROGRAMS / ("python.exe" if WINDOWS else "python")

CHECKS = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "import-linter": ("lint-imports",),
}
LOCK_HEADER = """\
# Every package that development and tests need, with the hashes of its files for all systems.
# Made by `python dev.py lock` from pyproject.toml; `python dev.py lock --upgrade` takes newer ones.
"""
REBUILT = (
    *("build", "dist", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
    *(".import_linter_cache", ".hypothesis", ".coverage"),
)

QUIETLY = ("-qq", "--disable-pip-version-check", "--no-input")

# A program and its arguments.
Command = Sequence[str | Path]


class StepError(Exception):
    """A step that did not work; its text says what to do next."""


def main(words: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description="Set up, run and check Spark Desktop."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser(
        "setup", help="make .venv with the pinned packages, and find Qt's libraries"
    )
    run = commands.add_parser("run", help="set up, fetch the model, start the app")
    run.add_argument("folder", nargs="?", metavar="FOLDER", help="the project to watch")
    commands.add_parser("demo", help="play the main job on a sample project, without a display")
    commands.add_parser("test", help="run all tests, or pytest with the arguments that follow")
    commands.add_parser("check", help="ruff, mypy and import-linter")
    commands.add_parser("bench", help="list the benchmarks, or run those that follow")
    commands.add_parser("dist", help="build the installers that this machine can, into dist/")
    commands.add_parser("clean", help="remove .venv, build/ and every cache")
    commands.add_parser(
        "lock", help="write requirements.lock anew; takes options of uv pip compile"
    )
    given, rest = parser.parse_known_args(words)
    if rest and given.command not in ("test", "bench", "dist", "lock"):
        parser.error(f"{given.command} does not take {' '.join(rest)}")
    try:
        return _dispatch(given, rest)
    except StepError as failure:
        print(f"dev.py: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(given: argparse.Namespace, rest: list[str]) -> int:
    if given.command == "clean":
        return clean()
    if given.command == "run":
        return run(given.folder)
    setup()
    if given.command == "setup":
        return 0
    if given.command == "demo":
        return _call([PYTHON, "-m", "spark_desktop.demo"], offscreen=True)
    if given.command == "test":
        return test(rest)
    if given.command == "check":
        return check()
    if given.command == "bench":
        return bench(rest)
    if given.command == "dist":
        return _call([PYTHON, ROOT / "packaging" / "dist.py", *rest])
    return lock(rest)


# --- setup


def setup() -> None:
    """Make ``.venv`` hold the locked packages and this project, and find the system's libraries.

    A second call with the same lock does nothing but look. Raises StepError with the next step.
    """
    _system_packages()
    wanted = fingerprint()
    if _installed() == wanted:
        return
    started = time.monotonic()
    if not _interpreter_runs():
        _step(f"Making {VENV.name} with Python {sys.version.split()[0]}")
        _must([sys.executable, "-m", "venv", "--clear", VENV], "the environment could not be made")
    count = locked_count(LOCK.read_text(encoding="utf-8"))
    _step(f"Installing {count} packages (about 190 MB the first time)")
    pip: Command = [PYTHON, "-m", "pip", *QUIETLY, "install"]
    hint = "see the message above; a network or a filled pip cache is needed, then run it again"
    _must([*pip, "--require-hashes", "-r", LOCK], f"the packages could not be installed: {hint}")
    _step("Installing Spark Desktop from this folder")
    # Its build tool is in the lock, so that nothing unpinned is fetched.
    editable = [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT]
    _must(editable, "the project itself could not be installed: see the message above")
    STAMP.write_text(wanted, encoding="ascii")
    _step(f"Ready after {time.monotonic() - started:.0f} s")


def _system_packages() -> None:
    try:
        install(missing_packages(VENV.exists()), _step)
    except MissingPackagesError as missing:
        raise StepError(str(missing)) from None


def fingerprint() -> str:
    """The hash of all that decides what the environment holds."""
    digest = hashlib.sha256()
    for path in (LOCK, PROJECT):
        try:
            digest.update(path.read_bytes())
        except FileNotFoundError:
            raise StepError(
                f"{path.name} is missing; get it with: git checkout {path.name}"
            ) from None
    return digest.hexdigest()


def locked_count(lock_text: str) -> int:
    """How many packages a lock pins, those for other systems included."""
    return sum("==" in line for line in lock_text.splitlines() if not line.startswith((" ", "#")))


def _installed() -> str:
    return STAMP.read_text(encoding="ascii") if STAMP.is_file() and PYTHON.exists() else ""


def _interpreter_runs() -> bool:
    """Whether ``.venv`` has a Python 3.11 or newer with pip: a moved or updated one may not."""
    probe = f"import sys, pip; sys.exit(sys.version_info[:2] < {MINIMUM})"
    try:
        return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


# --- the commands


def run(folder: str | None) -> int:
    """Set up, fetch the model, and start the app on the folder; returns the app's exit code."""
    watched = Path(folder).expanduser() if folder else None
    if watched is not None and not watched.is_dir():
        raise StepError(f"{watched} is not a folder; name one that exists: FOLDER=~/my/project")
    if not (has_display() or os.environ.get("QT_QPA_PLATFORM")):
        raise StepError(
            "no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); try: make demo"
        )
    setup()
    if _call([PYTHON, "-m", "inference_core", "models", "pull"]) != 0:
        _step("The app starts without the model; its window says how to get it")
    return _call([PROGRAMS / "spark-desktop", *([watched.resolve()] if watched else [])])


def test(rest: list[str]) -> int:
    """Run pytest with these arguments; else all tests, those without a model side by side."""
    pytest: Command = [PYTHON, "-m", "pytest"]
    if rest:
        return _call([*pytest, *rest], offscreen=True)
    # One more than there are cores: a tenth of them waits, for a timer or another process.
    workers = str(max(3, min(8, (os.cpu_count() or 2) + 1)))
    several = [*pytest, "-q", "-n", workers]
    suites = {
        "quick tests": [*several, "-m", "not model and not e2e"],
        # They wait for each other's processes most of the time.
        "tests with processes": [*several, "-m", "e2e and not model"],
        # One by one: several models at a time would fight for memory and be slow beyond their
        # limits.
        "tests with the model": [*pytest, "-q", "-m", "model"],
    }
    codes = {}
    for name, command in suites.items():
        _step(name[0].upper() + name[1:])
        codes[name] = _call(command, offscreen=True)
    return _verdict(codes)


def check() -> int:
    """Run the linters and the type checker; returns 1 when one complains, after all have run."""
    codes = {}
    for name, (program, *arguments) in CHECKS.items():
        _step(name)
        codes[name] = _call([PROGRAMS / program, *arguments])
    return _verdict(codes)


def bench(rest: list[str]) -> int:
    """List the benchmarks, or run those named, with their options."""
    options = [word for word in rest if word.startswith("-")]
    names = [word for word in rest if not word.startswith("-")]
    runs = [[name, *options] for name in names] or [options]
    hidden = not has_display()
    return max(_call([PYTHON, "-m", "benchmarks", *words], offscreen=hidden) for words in runs)


def lock(rest: list[str]) -> int:
    """Write ``requirements.lock`` anew, keeping the pins that still fit unless ``--upgrade``."""
    command: Command = [
        PROGRAMS / "uv",
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--quiet",
    ]
    contents = ["--extra", "dev", "--python-version", "3.11", "--no-header", "--no-annotate"]
    # Which index was asked is a matter of the machine that asked.
    contents += ["--no-emit-index-url", "--no-emit-find-links"]
    code = _call([*command, *contents, *rest, "--output-file", LOCK, PROJECT])
    if code == 0:
        pins = LOCK.read_text(encoding="utf-8")
        LOCK.write_text(
            LOCK_HEADER + pins.removeprefix(LOCK_HEADER), encoding="utf-8", newline="\n"
        )
        _step(f"{LOCK.name} pins {locked_count(pins)} packages")
    return code


def clean() -> int:
    """Remove what the other commands made. Model files, which all checkouts share, stay."""
    if WINDOWS and Path(sys.prefix) == VENV:
        raise StepError("Windows cannot remove a running Python; leave .venv with: deactivate")
    caches = [path for path in ROOT.rglob("__pycache__") if VENV not in path.parents]
    for path in [*(ROOT / name for name in REBUILT), *caches, *ROOT.glob("*.egg-info")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return 0


# --- processes


def _call(command: Command, offscreen: bool = False) -> int:
    """The exit code of a command that runs in the project's folder."""
    environment = dict(os.environ)
    if offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
            # What is compiled stays apart from the sources then: to compile it anew in every
            # process of the tests takes minutes.
            environment["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "compiled")
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
    except FileNotFoundError:
        raise StepError(f"{command[0]} is not there; try: python dev.py setup") from None
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # The terminal sent it to the program as well, which ends in order when it is left to.
        process.wait()
        raise
    return code if code >= 0 else 128 - code


def _must(command: Command, failure: str) -> None:
    if _call(command) != 0:
        raise StepError(failure)


def _verdict(codes: dict[str, int]) -> int:
    failed = [name for name, code in codes.items() if code != 0]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def _step(text: str) -> None:
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
