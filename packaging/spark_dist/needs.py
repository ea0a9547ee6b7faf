"""Which Debian packages a frozen tree needs, by what its files name as NEEDED.

What lies in the tree itself is not asked of the system. The names are looked up in a table, so
that the same tree gives the same packages on every machine.
"""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from spark_dist.facts import DistError

_ELF = b"\x7fELF"
_LIBC = re.compile(r"lib(?:c|m|dl|rt|util|pthread|resolv)\.so\.\d|ld-linux-.*")
# Of what a tree may leave to the system; each with the oldest version whose functions are used.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libfontconfig.so.1": "libfontconfig1 (>= 2.12.6)",
    "libfreetype.so.6": "libfreetype6 (>= 2.9.1)",
    "libgbm.so.1": "libgbm1",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgomp.so.1": "libgomp1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libstdc++.so.6": "libstdc++6 (>= 11)",
    "libwayland-client.so.0": "libwayland-client0 (>= 1.20.0)",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
# Data that a library reads, wherever the library itself comes from.
_DATA = {
    "libX11.so.6": "libx11-data",
    # The configuration of fonts; and a font, without which no text is drawn.
    "libfontconfig.so.1": "fontconfig-config, fonts-dejavu-core | fonts-noto-core",
    "libxkbcommon.so.0": "xkb-data",
}


def depends(tree: Path) -> tuple[str, ...]:
    """Return what Depends has to say for this tree, sorted.

    Raises DistError for a library whose package is not in the table, and where readelf fails.
    """
    files = sorted(path for path in tree.rglob("*") if _is_elf(path))
    told = _readelf("--dynamic", files)
    named = set(re.findall(r"\(NEEDED\).*\[(.+)\]", told))
    inside = {path.name for path in tree.rglob("*")} | set(re.findall(r"SONAME\).*\[(.+)\]", told))
    outside = {name for name in named - inside if not _LIBC.match(name)}
    unknown = sorted(outside - _PACKAGES.keys())
    if unknown:
        raise DistError(
            f"No Debian package is known for {', '.join(unknown)}; "
            "add it to packaging/spark_dist/needs.py, or keep the library in the tree."
        )
    found = {_PACKAGES[name] for name in outside}
    for library, packages in _DATA.items():
        if library in named | inside:
            found.update(packages.split(", "))
    return tuple(sorted(found | {f"libc6 (>= {_oldest_libc(files)})"}))


def package_names(depends: Iterable[str]) -> list[str]:
    """Return the first package of each alternative, for a line that installs them."""
    return [one.split("|")[0].split("(")[0].strip() for one in depends]


def _oldest_libc(files: list[Path]) -> str:
    versions = re.findall(r"\bGLIBC_(\d+)\.(\d+)", _readelf("--version-info", files))
    # 2.17 is what the oldest wheels are made for.
    major, minor = max([(2, 17), *((int(first), int(second)) for first, second in versions)])
    return f"{major}.{minor}"


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF


def _readelf(what: str, files: list[Path]) -> str:
    if not files:
        return ""
    try:
        done = subprocess.run(
            ["readelf", "--wide", what, *files], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise DistError(f"readelf cannot be started: {error}; install binutils.") from error
    return done.stdout
