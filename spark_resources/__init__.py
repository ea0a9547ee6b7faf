"""Where the data files are: the one module that knows.

Both programs use it, and it imports neither. Three layouts exist: a checkout (``resources/`` beside
this package), an installed wheel (``spark_desktop/resources/`` beside it) and a frozen app
(``resources/`` in the folder that the freezer unpacks to).
"""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder of ``resources/``, named by its parts.

    Raises FileNotFoundError, naming the resource and the folders searched, where it is missing.
    """
    roots = _roots()
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    searched = ", ".join(str(root) for root in roots)
    raise FileNotFoundError(f"resource {'/'.join(parts)} is missing (searched {searched})")


def _roots() -> tuple[Path, ...]:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return (Path(frozen) / "resources",)
    return (_HERE / "resources", _HERE / "spark_desktop" / "resources")
