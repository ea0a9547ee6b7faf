"""What Spark is made of besides its own code, and under which licences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.domain.regex import regex

# As long as an expression may be; what is longer is a whole licence in the place of its name.
_LONGEST = 120
_IN_WORDS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
}
_EXPRESSION = regex(r"[A-Za-z0-9.+-]+(?:\s+(?:AND|OR|WITH)\s+[A-Za-z0-9.+-]+)*")
_TEXT_NAME = regex(r"(licen[cs]e|copying|notice|authors|copyright)", re.IGNORECASE)
_CODE = (".py", ".pyc", ".pyi", ".pyd", ".so", ".dll")


@dataclass(frozen=True, slots=True)
class Component:
    """One thing of others in Spark; ``licence`` is an SPDX expression, empty where none is told.

    ``inside`` names the package that brings it, empty where it comes by itself. ``texts`` are the
    files with its licence. ``source`` is where its source code is, where a licence asks for that.
    """

    name: str
    version: str
    licence: str
    home: str = ""
    source: str = ""
    inside: str = ""
    texts: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What this Spark is; ``commit`` is empty where it is not known, ``bill`` where there is none.

    ``bill`` is the file that lists the materials (CycloneDX); ``notices`` the folder of the texts.
    """

    version: str
    commit: str
    system: str
    engine: str
    bill: Path | None = None
    notices: Path | None = None


def expression(told: str, in_a_word: str, classifiers: Iterable[str]) -> str:
    """Return a package's licence as an SPDX expression, from the three places that may tell it.

    Empty where they tell none, or only that it is some kind of licence ("BSD License").
    """
    if told:
        return told
    word = in_a_word.strip()
    if len(word) <= _LONGEST and _EXPRESSION.fullmatch(word):
        return word
    found = sorted({_IN_WORDS[line] for line in classifiers if line in _IN_WORDS})
    return " AND ".join(found)


def holds_licence(path: str) -> bool:
    """Return whether a file of a package, named with slashes, is one of its licences' texts."""
    folders, _, name = path.rpartition("/")
    if "__pycache__" in folders or name.lower().endswith(_CODE):
        return False
    if ".dist-info/licenses" in folders or ".dist-info/license_files" in folders:
        return True
    return _TEXT_NAME.match(name) is not None
