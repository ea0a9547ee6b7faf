"""What makes the app a part of a Linux desktop: a ``share`` folder, for /usr or for one user.

By hand: ``python -m spark_dist.integration FOLDER [PROGRAMS]``, with ``packaging/`` on the path.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from spark_dist.completions import write_completions
from spark_dist.desktop_files import write_desktop_files
from spark_dist.icons import write_hicolor
from spark_dist.man_pages import write_man_pages

_ROOT = Path(__file__).parents[2]


def install(share: Path, programs: str = "") -> None:
    """Fill ``share`` with entries, icons, metainfo, man pages and completions.

    ``programs`` is the folder of the programs where that is not in everybody's PATH. The same
    commit gives the same files: what has a date takes it from SOURCE_DATE_EPOCH, else from git.
    Raises ValueError for a relative ``programs``.
    """
    if programs and not Path(programs).is_absolute():
        raise ValueError(f"{programs} is no absolute path: a desktop starts programs from anywhere")
    version, built = _version(), _built()
    write_hicolor(share / "icons")
    write_desktop_files(share, programs, version, built)
    write_man_pages(share / "man", version, built)
    write_completions(share)


def _version() -> str:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _built() -> int:
    """Return the time of the commit, in seconds since the epoch."""
    named = os.environ.get("SOURCE_DATE_EPOCH")
    if named:
        return int(named)
    git = ["git", "-C", str(_ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(git, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    install(Path(sys.argv[1]), *sys.argv[2:3])
