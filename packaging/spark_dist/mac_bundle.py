"""The app bundle of macOS: what its Info.plist says, what is added to it, and whether it is whole.

PyInstaller makes the bundle on a Mac (packaging/macos); all that is here runs on every system, so
that it can be tested on each. The model, the licences and the bill of materials lie in
``Contents/Resources``: what lies beside the programs in ``Contents/MacOS`` must be code.
"""

import plistlib
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version

from spark_dist import compliance, icons, sbom
from spark_dist.facts import Build, DistError, Facts, Size, facts_here
from spark_dist.pipeline import first_model
from spark_dist.tree import MARKER, marker_text

NAME = "Spark Desktop.app"
PROGRAMS = ("spark-desktop", "spark", "spark-core")
_MACOS = Path(__file__).resolve().parents[1] / "macos"
_ICON = "spark-desktop.icns"
# Mach-O for 64 bits, either order of bytes, and several of them in one file.
_CODE = (b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")


class BundleError(DistError):
    """A bundle that cannot be made, or is not whole; its text names each part."""


def info(version: str) -> dict[str, Any]:
    """Return the contents of Info.plist for a version. Raises BundleError."""
    text = (_MACOS / "Info.plist.in").read_text(encoding="utf-8")
    numbers = ".".join(str(number) for number in (*Version(version).release, 0, 0)[:3])
    text = text.replace("@VERSION@", version).replace("@NUMBERS@", numbers)
    if "@" in text:
        raise BundleError("Info.plist.in has a name between @ that nobody fills in.")
    told: dict[str, Any] = plistlib.loads(text.encode())
    return told


def options(root: Path, work: Path) -> dict[str, Any]:
    """Return what PyInstaller's BUNDLE is called with; the icon is drawn into ``work``."""
    version = version_of(root)
    work.mkdir(parents=True, exist_ok=True)
    icon = work / _ICON
    icon.write_bytes(icons.icns_bytes())
    told = info(version)
    return {
        "name": NAME,
        "icon": str(icon),
        "bundle_identifier": told["CFBundleIdentifier"],
        "version": version,
        "info_plist": told,
    }


def version_of(root: Path) -> str:
    """Return the version that pyproject.toml names."""
    with (root / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def complete(app: Path, tree: Path, size: Size, facts: Facts, model: Path | None) -> None:
    """Add what PyInstaller does not: Russian texts, licences, the bill, and ``model`` if any.

    ``tree`` is the folder that it made besides the bundle, which holds the same. Raises DistError.
    """
    resources = app / "Contents" / "Resources"
    for language in ("en", "ru"):
        (resources / f"{language}.lproj").mkdir(parents=True, exist_ok=True)
    text = (_MACOS / "ru.strings").read_text(encoding="utf-8")
    # The one encoding that every version of macOS reads.
    (resources / "ru.lproj" / "InfoPlist.strings").write_bytes(text.encode("utf-16"))
    for folder in (tree, resources):
        if model is not None:
            (folder / "models").mkdir(exist_ok=True)
            shutil.copyfile(model, folder / "models" / model.name)
    compliance.add(tree, facts)
    shutil.copytree(tree / compliance.FOLDER, resources / compliance.FOLDER, dirs_exist_ok=True)
    shutil.copyfile(tree / sbom.FILE, resources / sbom.FILE)
    marker = marker_text("dmg", Build(facts, tree, size, tree))
    (resources / MARKER).write_text(marker, encoding="utf-8")


def code_files(app: Path) -> tuple[Path, ...]:
    """Return every file with machine code, innermost first: the order in which they are signed.

    The window's program is left out: it is signed with the bundle.
    """
    contents = app / "Contents"
    found = [path for path in _files(contents) if _is_code(path)]
    main = contents / "MacOS" / PROGRAMS[0]
    return tuple(sorted((one for one in found if one != main), key=_depth_first))


def problems(app: Path) -> list[str]:
    """Return what is wrong with the layout, one sentence each; empty for a bundle that is whole."""
    contents = app / "Contents"
    try:
        told = plistlib.loads((contents / "Info.plist").read_bytes())
    except (OSError, plistlib.InvalidFileException, ValueError) as error:
        return [f"Contents/Info.plist cannot be read: {error}"]
    return [*_of_plist(contents, told), *_of_programs(contents), *_of_links(app)]


def _of_plist(contents: Path, told: dict[str, Any]) -> Iterator[str]:
    wanted = info(str(told.get("CFBundleShortVersionString", "0")))
    for key in sorted(wanted):
        if told.get(key) != wanted[key]:
            yield f"Info.plist has {told.get(key)!r} for {key}, not {wanted[key]!r}."
    icon = contents / "Resources" / str(told.get("CFBundleIconFile"))
    if not icon.is_file() or icon.read_bytes()[:4] != b"icns":
        yield f"The icon {icon.name} is missing in Contents/Resources."


def _of_programs(contents: Path) -> Iterator[str]:
    programs = contents / "MacOS"
    for name in PROGRAMS:
        path = programs / name
        if not path.is_file():
            yield f"Contents/MacOS/{name} is missing."
        elif path.stat().st_mode & 0o111 != 0o111:
            yield f"Contents/MacOS/{name} cannot be executed by everybody."
    if programs.is_dir():
        for path in _files(programs):
            if not _is_code(path):
                yield f"Contents/MacOS/{path.relative_to(programs)} is no code; it is not signed."


def _of_links(app: Path) -> Iterator[str]:
    for path in sorted(app.rglob("*")):
        if not path.is_symlink():
            continue
        target = path.readlink()
        if target.is_absolute() or not path.resolve().is_relative_to(app.resolve()):
            yield f"{path.relative_to(app)} leads out of the bundle, to {target}."
        elif not path.exists():
            yield f"{path.relative_to(app)} leads to {target}, which does not exist."


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def _is_code(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _CODE


def _depth_first(path: Path) -> tuple[int, Path]:
    return (-len(path.parts), path)


def main(arguments: list[str]) -> int:
    """``complete APP TREE SIZE``, ``code APP`` or ``check APP``; return 0, or 1 where broken."""
    match arguments:
        case ["complete", app, tree, size]:
            model = first_model() if Size(size) is Size.FULL else None
            complete(Path(app), Path(tree), Size(size), facts_here(), model)
        case ["code", app]:
            print("\n".join(str(path) for path in code_files(Path(app))))
        case ["check", app]:
            found = problems(Path(app))
            print("\n".join(found) or "The bundle is whole.")
            return 1 if found else 0
        case _:
            print(f"usage: mac_bundle {main.__doc__}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DistError as failure:
        sys.exit(f"mac_bundle: {failure}")
