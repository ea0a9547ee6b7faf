"""Keeps Python to the shadow where there is no sandbox to stand it at the place of the real folder.

An environment in which the project is installed as editable, as ``pip install -e .`` does it, names
the real folder: without this, tests in the shadow would import the files as they were. Every Python
that a check starts reads the ``sitecustomize`` here, which leads its paths into the shadow, and
notes and refuses what is taken from the real folder all the same.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from spark_desktop.domain.regex import regex

_MARK = "strayed"
_PYTHON = regex(r"(?:python|pypy)[\d.]*(?:\.exe)?", re.IGNORECASE)
# Options of Python that take no value, with one by which it does not read what we tell it.
_CLOSED = regex(r"-[bBdiOPqsSuvx]*[EI][bBdEiIOPqsSuvx]*")
# Read by any version of Python that the project has, so in words that all of them know.
_CUSTOMIZE = '''\
"""Made by Spark: lets checks import the project from its copy."""
import os
import sys

ROOT, SHADOW, MARK = {root!a}, {shadow!a}, {mark!a}
OTHERS = {others!a}
HERE = os.path.dirname(os.path.abspath(__file__))


def below(path, folder):
    path, folder = os.path.normcase(path), os.path.normcase(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


for prefix in {{sys.prefix, sys.exec_prefix, getattr(sys, "base_prefix", sys.prefix)}}:
    for name in ("bin", "include", "lib", "lib64", "Lib", "Scripts"):
        OTHERS.append(os.path.realpath(os.path.join(prefix, name)))
# A folder that the project is in says nothing.
OTHERS[:] = [one for one in OTHERS if not below(ROOT, one)]


def strayed(path):
    real = os.path.realpath(path)
    is_own = below(real, ROOT) and not any(below(real, one) for one in OTHERS)
    return os.path.relpath(real, ROOT) if is_own else None


def moved(path):
    inner = strayed(path)
    return path if inner is None else os.path.normpath(os.path.join(SHADOW, inner))


def guard(event, args):
    if event == "exec":
        path = getattr(args[0], "co_filename", None)
    elif event == "cpython.run_file":
        path = args[0]
    elif event == "import":
        path = args[1]
    else:
        return
    if not isinstance(path, str) or not os.path.isabs(path):
        return
    inner = strayed(path)
    if inner is not None:
        with open(MARK, "ab") as file:
            file.write(inner.encode("utf-8", "surrogateescape") + b"\\n")
        raise ImportError(inner + " is not in the copy that is checked")


# Ours hides another one, which may be needed.
sys.path[:] = [one for one in sys.path if one != HERE]
own = sys.modules.pop("sitecustomize")
try:
    import sitecustomize
except ImportError:
    pass
sys.modules.setdefault("sitecustomize", own)

sys.path[:] = [moved(one) for one in sys.path]
# What setuptools makes for a project whose folder cannot be a path as a whole.
for name, module in list(sys.modules.items()):
    if name.startswith("__editable__"):
        places = getattr(module, "MAPPING", {{}})
        places.update((key, moved(place)) for key, place in list(places.items()))
        spaces = getattr(module, "NAMESPACES", {{}})
        spaces.update((key, [moved(one) for one in given]) for key, given in list(spaces.items()))
if hasattr(sys, "addaudithook"):
    sys.addaudithook(guard)
'''


class OpenImports:
    """For one run: ``shadow`` in the place of ``root``; ``folder``, which is made, is its own.

    ``others`` are folders in ``root`` that are not the project: dependencies, and our own.
    """

    def __init__(self, folder: Path, root: Path, shadow: Path, others: Iterable[Path]) -> None:
        self._folder, self._root, self._shadow = folder, root, shadow
        self._mark = folder.parent / _MARK
        folder.mkdir(mode=0o700)
        text = _CUSTOMIZE.format(
            root=str(root),
            shadow=os.path.realpath(shadow),
            mark=str(self._mark),
            others=[os.path.realpath(one) for one in others],
        )
        (folder / "sitecustomize.py").write_text(text, "ascii")

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that lead every Python into the shadow."""
        known = environment.get("PYTHONPATH")
        return {"PYTHONPATH": os.pathsep.join([str(self._folder), *([known] if known else [])])}

    def words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return a command in which files of the real folder are those of the shadow."""
        return tuple(self._moved(word) for word in words)

    def strayed(self) -> str | None:
        """Return the first file, as a path in the project, that was taken from the real folder."""
        try:
            told = self._mark.read_bytes().decode("utf-8", "replace")
        except OSError:
            return None
        return told.partition("\n")[0] or None

    def _moved(self, word: str) -> str:
        path = Path(word)
        if not path.is_absolute() or not path.is_relative_to(self._root):
            return word
        place = self._shadow / path.relative_to(self._root)
        return str(place) if os.path.lexists(place) else word


def closed_to_us(words: tuple[str, ...]) -> str | None:
    """Return the option by which a Python would not be kept to the shadow; None where it is."""
    if _PYTHON.fullmatch(Path(words[0]).name) is None:
        return None
    for word in words[1:]:
        if not word.startswith("-") or word in ("-c", "-m"):
            return None
        if _CLOSED.fullmatch(word):
            return word
    return None
