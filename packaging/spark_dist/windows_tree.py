"""The tree of the app for Windows, built on any system: see packaging/README.md.

``python packaging/spark_dist/windows_tree.py TARGET`` builds it alone, for trying.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from spark_dist.embedded_python import Pinned, fetch_python, lay_out, read_pinned
from spark_dist.lock import read_lock
from spark_dist.pe_file import read_pe
from spark_dist.pe_imports import SUFFIXES, Closure, check_tree, system_dlls
from spark_dist.wheel_closure import runtime_closure, windows_environment
from spark_dist.wheels import WheelShelf, unpack_wheel
from spark_dist.windows_bytecode import compile_modules
from spark_dist.windows_launchers import build_launchers
from spark_dist.windows_prune import UNUSED_DISTRIBUTIONS, is_runtime, prune

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = "win_amd64"
_RUNTIME = "msvc-runtime"
_OWN = ("spark_desktop", "inference_core", "spark_resources")
_PROGRAMS = "packaging/programs"
_START = "packaging/windows/launchers/start.py"


class TreeError(Exception):
    """The tree is not whole."""


@dataclass(frozen=True, slots=True)
class Materials:
    """What a tree is made of: the wheels it needs, CPython, the engine, an icon, the model."""

    pinned: Pinned
    python: Path
    wheels: dict[str, Path]
    engine: Path | None = None
    icon: bytes | None = None
    model: Path | None = None


def materials(shelf: Path, root: Path = ROOT) -> Materials:
    """Fetch what is not on the shelf, a folder that may be kept between builds.

    Raises FetchError and LockError.
    """
    pinned = read_pinned()
    environment = windows_environment(pinned.version)
    lock = read_lock(root / "requirements.lock", environment, list(pinned.wheels))
    wheels = WheelShelf(shelf / "wheels", lock, PLATFORM, pinned.series)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(wheel.name for wheel in pinned.wheels)]
    found = runtime_closure(wanted, lock, environment, wheels.fetch)
    return Materials(pinned, fetch_python(pinned, shelf), found)


def build_tree(target: Path, of: Materials, root: Path = ROOT) -> Closure:
    """Build the tree in a folder, which is made anew, and return what its libraries load.

    Raises TreeError where one of them would load something that is not there.
    """
    shutil.rmtree(target, ignore_errors=True)
    python = target / "python"
    lay_out(of.python, of.pinned, python)
    packages = python / "site-packages"
    for name, wheel in of.wheels.items():
        if name != _RUNTIME and name not in UNUSED_DISTRIBUTIONS:
            unpack_wheel(wheel, packages)
    prune(packages)
    _own_files(root, python / "app")
    compile_modules([packages, *(python / "app" / name for name in _OWN)], of.python, of.pinned)
    version = _distribution(root, python / "app", of.wheels)
    build_launchers(target, version, f"{of.pinned.name}.dll", of.icon)
    if of.engine is not None:
        _copy(of.engine, target / "engine" / "llama.dll")
    if of.model is not None:
        _copy(of.model, target / "models" / of.model.name)
    _runtime(of.wheels[_RUNTIME], target)
    found = check_tree(target, system_dlls())
    if found.missing:
        lines = "\n".join(f"  {missing}" for missing in found.missing)
        raise TreeError(f"Neither in the tree nor in Windows 10:\n{lines}")
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


def _distribution(root: Path, target: Path, wheels: dict[str, Path]) -> str:
    """Write what ``importlib.metadata`` knows of the app; return its version."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], str(project["version"])
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Summary: {project['description']}", f"License-Expression: {project['license']}"]
    lines += [f"Requires-Dist: {line}" for line in project["dependencies"]]
    folder = target / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    return version


def _runtime(wheel: Path, target: Path) -> None:
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
    parser.add_argument("target", type=Path)
    parser.add_argument("--shelf", type=Path, default=ROOT / "build" / "windows")
    parser.add_argument("--engine", type=Path, help="llama.dll, as engine_dll.py builds it")
    parser.add_argument("--model", type=Path, help="the model file that is put inside")
    arguments = parser.parse_args()
    found = materials(arguments.shelf)
    icon = None
    whole = Materials(
        found.pinned, found.python, found.wheels, arguments.engine, icon, arguments.model
    )
    closure = build_tree(arguments.target, whole)
    print(f"{len(closure.files)} programs and libraries, of Windows: {', '.join(closure.system)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
