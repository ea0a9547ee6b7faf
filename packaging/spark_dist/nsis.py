"""Builds the Windows installer from a tree of the packaged app, by ``makensis``.

The installer's own steps are in packaging/windows/installer; what depends on the tree, the version
and the size is written here. The same tree, version and time give the same bytes, unless the
installer is signed.
"""

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from spark_dist import icons, windows_signing
from spark_dist.facts import Build, DistError

_PACKAGING = Path(__file__).resolve().parents[1]
_INSTALLER = _PACKAGING / "windows" / "installer"
_LICENCE = _PACKAGING.parent / "LICENSE"
LIST_NAME = "installed-files.txt"
# First in the list of files, so that a program that runs stops a removal before anything is gone.
PROGRAMS = ("spark-desktop.exe", "spark-core.exe", "spark.exe")
# Files that compressing takes minutes over, for nothing.
_STORED = frozenset({".gguf"})
_STAGES = {"a": 10_000, "b": 20_000, "rc": 30_000}
_FINAL = 40_000
_POST = 50_000
_LARGEST_NUMBER = 65_535


class InstallerError(DistError):
    """An installer that cannot be built; its text says what to do next."""


@dataclass(frozen=True)
class Setup:
    """What an installer is made of; ``epoch`` is the time that it bears, in seconds."""

    tree: Path
    output: Path
    version: str
    epoch: int
    icon: Path | None = None
    licence: Path = _LICENCE


def build(build: Build) -> tuple[Path, ...]:
    """Make the installer of a finished tree; return its path. Raises DistError."""
    facts = build.facts
    name = f"spark-desktop-{facts.version}-windows-x86_64-{build.size.value}-setup.exe"
    with tempfile.TemporaryDirectory() as folder:
        icon = Path(folder, "app.ico")
        icon.write_bytes(icons.ico_bytes())
        setup = Setup(build.tree, build.dist / name, facts.version, facts.epoch, icon)
        return (installer(setup, Path(folder, "work")),)


def installer(setup: Setup, work: Path) -> Path:
    """Write the installer; return its path. ``work`` is a folder for what is generated.

    The tree's programs, the uninstaller and the installer are signed where
    windows_signing.VARIABLE names a command. Raises DistError.
    """
    makensis = shutil.which("makensis")
    if makensis is None:
        raise InstallerError("makensis is missing; install the package nsis.")
    files = installed_files(setup.tree)
    work.mkdir(parents=True, exist_ok=True)
    setup.output.parent.mkdir(parents=True, exist_ok=True)
    sign = windows_signing.command(os.environ)
    if sign:
        for file in files:
            if file.name in PROGRAMS or file.parts[0] == "engine":
                windows_signing.sign(setup.tree / file, sign)
    generate(setup, files, work, is_signed=bool(sign))
    command = [
        *(makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8"),
        *(f"-DGENERATED={work.resolve()}", f"-DOUTPUT={setup.output.resolve()}"),
        str(_INSTALLER / "setup.nsi"),
    ]
    fixed = {"SOURCE_DATE_EPOCH": str(setup.epoch), "LC_ALL": "C.UTF-8"}
    _run(command, {**os.environ, **fixed, "PYTHONPATH": str(_PACKAGING)})
    if sign:
        windows_signing.sign(setup.output, sign)
    return setup.output


def installed_files(tree: Path) -> tuple[PurePosixPath, ...]:
    """Return the tree's files relative to it: the programs, then the rest sorted.

    Raises InstallerError for a tree without one of the programs, with a link or with two names
    that are one on Windows.
    """
    for name in PROGRAMS:
        if not (tree / name).is_file():
            raise InstallerError(f"{name} is missing in {tree.name}; build the Windows tree first.")
    found: dict[str, PurePosixPath] = {}
    for path in sorted(tree.rglob("*")):
        relative = PurePosixPath(path.relative_to(tree).as_posix())
        if path.is_symlink():
            raise InstallerError(f"{relative} is a link, which Windows does not have; copy it.")
        if path.is_file():
            other = found.setdefault(str(relative).lower(), relative)
            if other != relative:
                raise InstallerError(f"{other} and {relative} are one file on Windows.")
    for name in (LIST_NAME, "uninstall.exe"):
        if name in found:
            raise InstallerError(f"{name} is the installer's own name; rename the tree's file.")
    programs = [found.pop(name) for name in PROGRAMS]
    return (*programs, *sorted(found.values()))


def generate(
    setup: Setup, files: Sequence[PurePosixPath], work: Path, *, is_signed: bool = False
) -> None:
    """Write into ``work`` what the script includes. Raises InstallerError."""
    _write(work / "build.nsh", definitions(setup, files, work, is_signed=is_signed))
    _write(work / "files.nsh", file_lines(setup.tree, files))
    (work / LIST_NAME).write_bytes(listing(files))
    (work / "side.bmp").write_bytes(side_picture())
    licence = setup.licence.read_text(encoding="utf-8").strip("\n")
    (work / "licence.txt").write_bytes(licence.replace("\n", "\r\n").encode("utf-8-sig"))


def definitions(
    setup: Setup, files: Sequence[PurePosixPath], work: Path, *, is_signed: bool
) -> str:
    """Return the definitions of one version and size."""
    size = sum((setup.tree / file).stat().st_size for file in files)
    is_full = any(file.suffix in _STORED for file in files)
    numbers = (*Version(setup.version).release, 0, 0, 0)[:4]
    lines = {
        "SIZE": "full" if is_full else "slim",
        "VERSION": setup.version,
        "VERSION_NUMBERS": ".".join(str(number) for number in numbers),
        "VERSION_ORDER": version_order(setup.version),
        "SIZE_KB": -(-size // 1024),
        # Files take whole clusters of the disk.
        "SIZE_MB": -(-(size + 4096 * len(files)) // 1024**2),
        "LONGEST_PATH": 1 + max(len(str(file)) for file in files),
        "LICENCE": work.resolve() / "licence.txt",
    }
    if setup.icon is not None:
        lines["ICON"] = setup.icon.resolve()
    text = "".join(f"!define {name} {_quoted(str(value))}\n" for name, value in lines.items())
    if is_signed:
        text += f"!uninstfinalize {windows_signing.finalizer()}\n"
    return text


def file_lines(tree: Path, files: Iterable[PurePosixPath]) -> str:
    """Return the script's lines that put each file into its folder."""
    lines = []
    folder = PurePosixPath()
    for file in files:
        if file.parent != folder:
            folder = file.parent
            place = _windows(folder).replace("$", "$$")
            lines.append(f'SetOutPath "$INSTDIR{place}"')
        # The name of what is read stands as it is; that of what is written may hold variables.
        line = f'File {_quoted(f"/oname={file.name}")} "{tree.resolve() / file}"'
        if file.suffix in _STORED:
            line = f"SetCompress off\n{line}\nSetCompress auto"
        lines.append(line)
    return "\n".join(lines) + "\n"


def listing(files: Sequence[PurePosixPath]) -> bytes:
    """Return the list by which files are removed: files, then folders from the innermost."""
    folders = {parent for file in files for parent in file.parents if parent.name}
    inner_first = sorted(folders, key=lambda folder: (-len(folder.parts), folder))
    lines = [f"F {_windows(file)[1:]}" for file in files]
    lines += [f"D {_windows(folder)[1:]}" for folder in inner_first]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-16")


def side_picture() -> bytes:
    """Return the picture beside the first and the last page: the theme's dark, lit from above."""
    width, height = 164, 314
    top, bottom = (0x2B, 0x3A, 0x5C), (0x16, 0x1A, 0x22)
    rows = []
    # A bitmap begins with its lowest row, and its pixels with blue.
    for row in range(height):
        share = row / (height - 1)
        colour = [round(low + (high - low) * share) for low, high in zip(bottom, top, strict=True)]
        rows.append(bytes(reversed(colour)) * width)
    pixels = b"".join(rows)
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return header + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + pixels


def version_order(version: str) -> str:
    """Return four numbers that sort as versions do, as NSIS compares numbers only.

    Raises InstallerError for what is no version, or has other parts than such a number can hold.
    """
    try:
        parsed = Version(version)
    except InvalidVersion:
        raise InstallerError(f"{version} is no version; write it as 1.2.3 or 1.2.3rc1.") from None
    if parsed.epoch or parsed.local or len(parsed.release) > 3:
        raise InstallerError(f"{version} cannot be compared by Windows; write it as 1.2.3.")
    stage = _FINAL
    if parsed.pre is not None:
        stage = _STAGES[parsed.pre[0]] + parsed.pre[1]
    elif parsed.post is not None:
        stage = _POST + parsed.post
    elif parsed.dev is not None:
        stage = parsed.dev
    if parsed.dev is not None and stage >= _STAGES["a"]:
        raise InstallerError(f"{version} is two stages at once; write it as 1.2.3.dev1.")
    numbers = (*parsed.release, 0, 0)[:3]
    if max(*numbers, stage) > _LARGEST_NUMBER:
        raise InstallerError(f"{version} has a number above {_LARGEST_NUMBER}.")
    return ".".join(str(number) for number in (*numbers, stage))


def _windows(path: PurePosixPath) -> str:
    """Return the path with the separators of Windows, each name after one."""
    return "".join(f"\\{part}" for part in path.parts)


def _quoted(text: str) -> str:
    return '"' + text.replace("$", "$$").replace('"', '$\\"') + '"'


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise InstallerError(f"makensis could not build the installer:\n{said}")
