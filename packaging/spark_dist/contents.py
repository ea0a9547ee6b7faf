"""What a tree holds of others: Python packages, what lies inside of them, native libraries, data.

The names of the packages are given; the rest is found by looking into the tree. A library that
nobody knows, or a package of another version than the one that was looked at, ends the build.
"""

import json
import platform as this_platform
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from spark_desktop.adapters.notices import APP, Extra, version_of
from spark_desktop.domain.notices import Component
from spark_dist.debian_packages import DebianPackage, owners
from spark_dist.facts import DistError

_LINUX, _WINDOWS = "linux", "win32"
# Characters.
_LONGEST_VERSION = 40
# Where Python's own text lies, from the folder of its standard library or of the Windows tree.
_PYTHON_TEXTS = ("python/LICENSE.txt", "LICENSE.txt")


@dataclass(frozen=True, slots=True)
class Part:
    """A component and what a bill of materials says of it besides.

    ``package`` is the canonical name of a Python package, ``debian`` where the build system brings
    it, ``crates`` what of Rust is inside, each as "name version".
    """

    component: Component
    package: str = ""
    debian: DebianPackage | None = None
    kind: str = "library"
    crates: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What is looked through: a tree for a system, named as ``sys.platform`` does.

    ``path`` is where the packages' metadata lie, as ``sys.path`` is, empty for this program's;
    ``versions`` gives those of python, pyinstaller and sqlite where they are not this machine's.
    """

    tree: Path
    platform: str = sys.platform
    path: tuple[str, ...] = ()
    versions: Mapping[str, str] | None = None

    @property
    def places(self) -> Sequence[str] | None:
        """Return where metadata are looked for; None for where this program has its own."""
        return self.path or None

    @property
    def known_versions(self) -> Mapping[str, str]:
        """Return the versions of what is no Python package; empty where they cannot be known."""
        here = {
            "python": this_platform.python_version(),
            "pyinstaller": version_of("pyinstaller"),
            "sqlite": sqlite3.sqlite_version,
        }
        is_here = self.platform == sys.platform
        return {**(here if is_here else {}), **(self.versions or {})}


def target_of(tree: Path, platform: str | None = None) -> Target:
    """Return how a tree of the known layout is looked through; the system is told by its files."""
    is_windows = (tree / "spark-desktop.exe").is_file()
    named = platform or (_WINDOWS if is_windows else sys.platform)
    packages = tree / "python" / "site-packages"
    if named != _WINDOWS or not packages.is_dir():
        return Target(tree, named)
    libraries = {"python": "python3[0-9]*.dll", "sqlite": "sqlite3.dll"}
    versions = {
        name: told_version(path)
        for name, pattern in libraries.items()
        for path in sorted((tree / "python").glob(pattern))
    }
    return Target(tree, named, (str(packages),), versions)


def told_version(file: Path) -> str:
    """Return the product version that a library of Windows tells; empty where it tells none."""
    _, found, rest = file.read_bytes().partition("ProductVersion".encode("utf-16-le"))
    # After the name, filled up to four bytes, comes the text, closed by a zero.
    text = rest[: 2 * _LONGEST_VERSION].decode("utf-16-le", "replace") if found else ""
    return text.strip("\0").partition("\0")[0].replace(", ", ".").strip()


def contents(packages: Iterable[str], target: Target) -> tuple[Part, ...]:
    """Return everything that the tree holds besides Spark itself, sorted by name.

    Raises DistError for a package that is not there or was not looked at in this version, and for a
    library that nobody knows.
    """
    extra = Extra.load()
    names = sorted({str(canonicalize_name(name)) for name in packages} - {APP})
    found = [_package(extra, name, target) for name in names]
    _check_reviewed(extra.table["reviewed"], found)
    files = [path for path in sorted(target.tree.rglob("*")) if path.is_file()]
    natives = [_native(extra, entry, target, files) for entry in extra.table["components"]]
    inside = [part for part in natives if part is not None and _is_in(part, set(names))]
    parts = [*found, *inside, *_system(extra, target, files)]
    return tuple(sorted(parts, key=lambda part: part.component.name.lower()))


def _package(extra: Extra, name: str, target: Target) -> Part:
    path = list(sys.path if target.places is None else target.places)
    found = next(iter(metadata.distributions(name=name, path=path)), None)
    if found is None:
        raise DistError(f"The package {name} is not installed where {target.tree} is made from.")
    return Part(extra.component(found), package=name, crates=_crates(found))


def _crates(found: metadata.Distribution) -> tuple[str, ...]:
    """Return the crates of Rust that a package lists in bills of materials of its own."""
    component = f"{canonicalize_name(found.name)}-{found.version}"
    base = Path(str(found.locate_file("")))
    told: set[str] = set()
    for file in base.glob("*.dist-info/sboms/*.json"):
        if canonicalize_name(file.parts[-3].removesuffix(".dist-info")) != canonicalize_name(
            component
        ):
            continue
        try:
            listed = json.loads(file.read_text(encoding="utf-8")).get("components", ())
            told |= {
                f"{one['name']} {one['version']}"
                for one in listed
                if str(one.get("purl", "")).startswith("pkg:cargo/")
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DistError(f"{file.name} of {found.name} cannot be read: {error}") from error
    return tuple(sorted(told))


def _check_reviewed(reviewed: Mapping[str, str], parts: Iterable[Part]) -> None:
    for part in parts:
        version = reviewed.get(part.package, part.component.version)
        if version != part.component.version:
            raise DistError(
                f"{part.package} {part.component.version} was not looked at: see which libraries "
                "lie inside of it, correct resources/licences/components.toml, and put the "
                f"version there in the place of {version}."
            )


def _native(
    extra: Extra, entry: Mapping[str, Any], target: Target, files: Sequence[Path]
) -> Part | None:
    if target.platform not in entry.get("platforms", (target.platform,)):
        return None
    own = tuple(path for path in files if _matches(path, entry.get("libraries", ())))
    if "inside" not in entry and not own:
        return None
    versions = {**target.known_versions, "file": told_version(own[0]) if own else ""}
    component = extra.part(entry, target.places, versions)
    if "python" in entry.get("texts", ()):
        component = replace(component, texts=_python_texts(target))
    kind = str(entry.get("kind", "library"))
    return Part(component, kind=kind, crates=tuple(entry.get("crates", ())), files=own)


def _is_in(part: Part, names: set[str]) -> bool:
    return not part.component.inside or part.component.inside in names


def _python_texts(target: Target) -> tuple[Path, ...]:
    import sysconfig

    base = target.tree if target.platform == _WINDOWS else Path(sysconfig.get_path("stdlib"))
    texts = (base / name for name in _PYTHON_TEXTS)
    return tuple(text for text in texts if text.is_file())[:1]


def _system(extra: Extra, target: Target, files: Sequence[Path]) -> list[Part]:
    """Return the libraries that the system of the build brought, one part a package of its."""
    known = [pattern for one in extra.table["components"] for pattern in one.get("libraries", ())]
    alone = [path for path in files if _is_alone(path, target) and not _matches(path, known)]
    entries = {
        path: entry
        for path in alone
        for entry in extra.table["system"]
        if _matches(path, entry["libraries"])
    }
    if unknown := [path.name for path in alone if path not in entries]:
        raise DistError(
            f"Nobody knows the licence of {', '.join(unknown)} in the tree: leave it out, or tell "
            "of it in resources/licences/components.toml."
        )
    if not alone:
        return []
    if target.platform != _LINUX:
        # Named there by hand, in the table of components: nobody else keeps their licences.
        return [_untold(path, entry) for path, entry in entries.items()]
    packages = owners({path.name for path in alone})
    parts: dict[str, Part] = {}
    for path, entry in entries.items():
        package = packages[path.name]
        before = parts.get(package.name)
        component = Component(
            package.name,
            package.version,
            entry["licence"],
            entry["home"],
            entry.get("source", ""),
            texts=(package.text,),
        )
        own = (*(before.files if before else ()), path)
        parts[package.name] = Part(component, debian=package, files=own)
    return list(parts.values())


def _untold(path: Path, entry: Mapping[str, Any]) -> Part:
    return Part(Component(path.name, "", entry["licence"], entry["home"]), files=(path,))


def _is_alone(path: Path, target: Target) -> bool:
    """Return whether a file is a library that no package has in a folder of its own."""
    if path.is_symlink():
        return False
    place = path.parent.relative_to(target.tree).as_posix()
    if target.platform == _WINDOWS:
        return path.suffix.lower() == ".dll" and place in (".", "python", "engine")
    if target.platform == _LINUX:
        return path.name.startswith("lib") and ".so" in path.name and place == "_internal"
    return path.name.startswith("lib") and path.suffix == ".dylib" and place == "_internal"


def _matches(path: Path, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path.name, pattern) for pattern in patterns)
