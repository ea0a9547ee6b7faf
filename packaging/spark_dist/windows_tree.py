"""The tree of the app for Windows, built on any system: see packaging/README.md.

``PYTHONPATH=.:packaging python -m spark_dist.windows_tree WORK`` builds it alone, for trying.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast
from zipfile import ZipFile

from spark_dist.embedded_python import Pinned, fetch_python, lay_out, read_pinned
from spark_dist.engine_dll import build_engine, engine_source
from spark_dist.facts import ROOT, DistError, Facts, facts_here
from spark_dist.icons import ico_bytes
from spark_dist.lock import read_lock
from spark_dist.pe_file import read_pe
from spark_dist.pe_imports import SUFFIXES, Closure, check_tree, system_dlls
from spark_dist.wheel_closure import runtime_closure, windows_environment
from spark_dist.wheels import WheelShelf, unpack_wheel
from spark_dist.windows_bytecode import compile_modules
from spark_dist.windows_launchers import build_launchers
from spark_dist.windows_prune import UNUSED_DISTRIBUTIONS, is_runtime, prune

PLATFORM = "win_amd64"
_RUNTIME = "msvc-runtime"
_OWN = ("spark_desktop", "inference_core", "spark_resources")
_PROGRAMS = "packaging/programs"
_START = "packaging/windows/launchers/start.py"


@dataclass(frozen=True, slots=True)
class Materials:
    """What a tree is made of: the wheels it needs, CPython, the engine, an icon, the model."""

    pinned: Pinned
    python: Path
    wheels: dict[str, Path]
    engine: Path
    icon: bytes | None = None

    @property
    def shipped(self) -> dict[str, Path]:
        """The wheels whose packages are in the tree, by name."""
        return {
            name: wheel for name, wheel in self.wheels.items() if name not in UNUSED_DISTRIBUTIONS
        }


def windows_tree(facts: Facts, work: Path, python: Path | None = None) -> Path:
    """Build the tree anew in ``work``, without a model, and return it. Raises DistError.

    What is fetched and compiled is kept in build/windows of the checkout. ``python`` is
    python.org's own archive, to be taken in the place of the pinned one.
    """
    target = work / "tree"
    build_tree(target, materials(facts.root / "build" / "windows", facts.root, python), facts)
    return target


def materials(shelf: Path, root: Path = ROOT, python: Path | None = None) -> Materials:
    """Fetch and compile what is not on the shelf, a folder that is kept between builds.

    Raises DistError.
    """
    if python is not None and not python.is_file():
        raise DistError(f"There is no archive of CPython at {python}.")
    pinned = read_pinned()
    environment = windows_environment(pinned.version)
    lock = read_lock(root / "requirements.lock", environment, list(pinned.wheels))
    wheels = WheelShelf(shelf / "wheels", lock, PLATFORM, pinned.series)
    wanted = [*_project(root)["dependencies"], *(wheel.name for wheel in pinned.wheels)]
    found = runtime_closure(wanted, lock, environment, wheels.fetch)
    engine = build_engine(engine_source(lock, shelf), shelf)
    return Materials(pinned, python or fetch_python(pinned, shelf), found, engine, ico_bytes())


def _project(root: Path) -> dict[str, Any]:
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return cast(dict[str, Any], table["project"])


def build_tree(target: Path, of: Materials, facts: Facts) -> Closure:
    """Build the tree in a folder, which is made anew, and return what its libraries load.

    Raises DistError where one of them would load something that is not there.
    """
    shutil.rmtree(target, ignore_errors=True)
    python = target / "python"
    packages = python / "site-packages"
    lay_out(of.python, of.pinned, python)
    for name, wheel in of.shipped.items():
        if name != _RUNTIME:
            unpack_wheel(wheel, packages)
    prune(packages)
    _own_files(facts.root, python / "app")
    compile_modules([packages, *(python / "app" / name for name in _OWN)], of.python, of.pinned)
    _metadata(facts, python / "app")
    build_launchers(target, facts.version, f"{of.pinned.name}.dll", of.icon)
    _copy(of.engine, target / "engine" / of.engine.name)
    add_runtime(of.wheels[_RUNTIME], target)
    found = check_tree(target, system_dlls())
    if found.missing:
        lines = "\n".join(f"  {missing}" for missing in found.missing)
        raise DistError(f"Neither in the tree nor in Windows 10:\n{lines}")
    return found


def _own_files(root: Path, target: Path) -> None:
    """Copy what git knows of the app, so that the tree is that of the commit."""
    for name in _tracked(root, *_OWN, "resources", _PROGRAMS):
        inside = name.removeprefix("packaging/")
        _copy(root / name, target / inside)
    _copy(root / _START, target / "start.py")


def _tracked(root: Path, *folders: str) -> Iterator[str]:
    told = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--", *folders],
        capture_output=True,
        text=True,
        check=True,
    )
    yield from sorted(name for name in told.stdout.split("\0") if name)


def _metadata(facts: Facts, target: Path) -> None:
    """Write what ``importlib.metadata`` knows of the app."""
    project = _project(facts.root)
    name = project["name"]
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {facts.version}"]
    lines += [f"Summary: {project['description']}", f"License-Expression: {project['license']}"]
    lines += [f"Requires-Dist: {line}" for line in project["dependencies"]]
    folder = target / f"{name.replace('-', '_')}-{facts.version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def add_runtime(wheel: Path, target: Path) -> None:
    """Put into python\\ of Microsoft's C++ runtime what something in the tree loads."""
    python = target / "python"
    with ZipFile(wheel) as archive:
        names = {PurePosixPath(name).name: name for name in sorted(archive.namelist())}
        brought = {name: inside for name, inside in names.items() if is_runtime(name)}
        for path in python.glob("*.dll"):
            if is_runtime(path.name.lower()):
                path.unlink()
        wanted: set[str] = set()
        ahead = _loaded_in(target)
        while ahead:
            new = (ahead & brought.keys()) - wanted
            wanted |= new
            for name in sorted(new):
                (python / name).write_bytes(archive.read(brought[name]))
            ahead = {
                library
                for name in new
                for library in (*read_pe(python / name).imports, *read_pe(python / name).delayed)
            }


def _loaded_in(tree: Path) -> set[str]:
    loaded: set[str] = set()
    for path in sorted(tree.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            file = read_pe(path)
            loaded.update(file.imports, file.delayed)
    return loaded


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def main() -> int:
    """Build a tree and say what is in it."""
    parser = argparse.ArgumentParser(description="Build the app's tree for Windows.")
    parser.add_argument("work", type=Path, help="the folder in which it is built, as tree/")
    parser.add_argument("--python", type=Path, help="python.org's archive for embedding")
    given = parser.parse_args()
    try:
        tree = windows_tree(facts_here(), given.work, given.python)
    except DistError as failure:
        print(failure, file=sys.stderr)
        return 1
    print(tree)
    return 0


if __name__ == "__main__":
    sys.exit(main())
