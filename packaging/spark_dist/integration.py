"""What makes the app a part of a Linux desktop: a ``share`` folder, for /usr or for one user.

By hand: ``python -m spark_dist.integration FOLDER [PROGRAMS]``, with ``packaging/`` on the path.
"""

import sys
from pathlib import Path

from spark_dist.completions import write_completions
from spark_dist.desktop_files import write_desktop_files
from spark_dist.facts import facts_here
from spark_dist.icons import write_hicolor
from spark_dist.man_pages import write_man_pages


def install(share: Path, programs: str = "") -> None:
    """Fill ``share`` with entries, icons, metainfo, man pages and completions.

    ``programs`` is the folder of the programs where that is not in everybody's PATH. The same
    commit gives the same files: what has a date takes it from SOURCE_DATE_EPOCH, else from git.
    Raises ValueError for a relative ``programs``, DistError where the time is not known.
    """
    if programs and not Path(programs).is_absolute():
        raise ValueError(f"{programs} is no absolute path: a desktop starts programs from anywhere")
    facts = facts_here()
    write_hicolor(share / "icons")
    write_desktop_files(share, programs, facts.version, facts.epoch)
    write_man_pages(share / "man", facts.version, facts.epoch)
    write_completions(share)


if __name__ == "__main__":
    install(Path(sys.argv[1]), *sys.argv[2:3])
