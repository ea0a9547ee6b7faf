"""Gives a finished package another version, to try upgrades and downgrades with.

``python -m spark_dist.older FILE VERSION FOLDER``, with ``packaging/`` on the path; FILE is a .deb
or a .run. What comes out is not compressed much, and is for trials only.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from spark_dist.facts import Build, DistError, Facts, Size
from spark_dist.run_file import Contents, pack
from spark_dist.versions import debian_version


def older(package: Path, version: str, folder: Path) -> Path:
    """Write the package with this version into ``folder``; raises DistError and OSError."""
    out = folder / package.name.replace("0.", f"{version}-was-0.", 1)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        inner = Path(work, "inner")
        if package.suffix == ".deb":
            _call("dpkg-deb", "--raw-extract", package, inner)
            control = inner / "DEBIAN" / "control"
            lines = control.read_text(encoding="utf-8").splitlines(keepends=True)
            named = f"Version: {debian_version(version)}\n"
            control.write_text(
                "".join(named if line.startswith("Version: ") else line for line in lines),
                encoding="utf-8",
            )
            _call("dpkg-deb", "--root-owner-group", "-Znone", "--build", inner, out)
        else:
            _call("sh", package, "--extract", inner)
            said = (inner / ".spark-desktop" / "version").read_text(encoding="utf-8").split()
            facts = dict(line.partition("=")[::2] for line in said if "=" in line)
            _without_marks(inner)
            build = Build(Facts(version, "", 0, _machine()), inner, Size(facts["size"]), Path(work))
            pack(build, Contents(inner, _share(inner, Path(work))), out)
    return out


def _without_marks(inner: Path) -> None:
    for path in (inner / ".spark-desktop").iterdir():
        path.unlink()
    (inner / ".spark-desktop").rmdir()


def _share(inner: Path, work: Path) -> Path:
    return (inner / "share").rename(work / "share") if (inner / "share").is_dir() else work / "no"


def _machine() -> str:
    import platform

    return platform.machine()


def _call(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DistError(f"{words[0]} failed: {done.stderr.strip()}")


if __name__ == "__main__":
    print(older(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
