"""What a Debian package says of itself: who holds the copyrights, and what has changed."""

import email.utils
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spark_dist.facts import MODIFIED, DistError, Facts

PLACE = "usr/lib/spark-desktop"
# Debian has these texts on every machine, and wants them referred to.
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "GPL-2.0-only": "GPL-2",
    "GPL-2.0-or-later": "GPL-2",
    "GPL-3.0-only": "GPL-3",
    "GPL-3.0-or-later": "GPL-3",
    "LGPL-2.0-or-later": "LGPL-2",
    "LGPL-2.1-only": "LGPL-2.1",
    "LGPL-2.1-or-later": "LGPL-2.1",
    "LGPL-3.0-only": "LGPL-3",
    "LGPL-3.0-or-later": "LGPL-3",
    "MPL-1.1": "MPL-1.1",
    "MPL-2.0": "MPL-2.0",
}
_COPYRIGHT = re.compile(r"^\W*((?:portions )?(?:copyright\b|©|\(c\)).*\d{4}.*?)\W*$", re.I | re.M)
_WHOLE = re.compile(
    r"Apache License\s+Version 2\.0|GNU (?:LESSER |LIBRARY )?GENERAL PUBLIC LICENSE\s+V"
)
# Bytes; of a longer one the copyright file names the place, since the package has it in full.
_LONGEST = 12_000
_HEAD = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Spark Desktop
Source: {home}
Comment: {version}, made from commit {commit}. The programs hold what is listed below;
 /{place}/licences has every text in full.

Files: *
Copyright: Spark Desktop contributors
License: Apache-2.0
"""


def copyright_text(tree: Path, facts: Facts, home: str) -> str:
    """Return the machine-readable copyright file, of the index in ``tree/licences``.

    Raises DistError where the tree has none.
    """
    index = tree / "licences" / "index.json"
    try:
        components = json.loads(index.read_text(encoding="utf-8"))["components"]
    except (OSError, ValueError, KeyError) as error:
        raise DistError(f"The list of licences {index} cannot be read: {error}") from error
    head = _HEAD.format(home=home, version=facts.version, commit=facts.commit, place=PLACE)
    paragraphs = [head + _indented(_common("Apache-2.0"))]
    paragraphs += [_paragraph(tree, one) for one in components]
    return "\n\n".join(paragraphs) + "\n"


def debian_changelog(facts: Facts, version: str, maintainer: str) -> bytes:
    """Return the packed changelog of the package, as of the commit's time."""
    changed = MODIFIED if facts.commit.endswith(MODIFIED) else ""
    text = (
        f"spark-desktop ({version}) stable; urgency=medium\n\n"
        f"  * Spark Desktop {facts.version}, made from commit {facts.commit[:12]}{changed};\n"
        "    changelog.gz says what has changed.\n\n"
        f" -- {maintainer}  {email.utils.formatdate(facts.epoch)}\n"
    )
    return packed(text.encode())


def packed(data: bytes) -> bytes:
    """Return data as gzip packs it best, without a name or a time."""
    return gzip.compress(data, 9, mtime=0)


def _paragraph(tree: Path, component: dict[str, Any]) -> str:
    texts = [tree / "licences" / name for name in component["texts"]]
    said = [text.read_text(encoding="utf-8", errors="replace") for text in texts]
    holders = dict.fromkeys(
        " ".join(found.split()) for text in said for found in _COPYRIGHT.findall(text)
    )
    name = f"{component['name']} {component['version']}".strip()
    inside = f", inside of {component['inside']}" if component["inside"] else ""
    source = component["source"] or component["home"]
    return "\n".join(
        (
            "Files: " + "\n ".join(_places(tree, component)),
            "Copyright: " + "\n ".join(holders or [f"the authors of {component['name']}"]),
            f"License: {_short(component)}",
            _indented("\n\n".join(_licence(tree, component["licence"], texts, said))),
            f"Comment: {name}{inside}" + (f"; {source}" if source else ""),
        )
    )


def _licence(tree: Path, expression: str, texts: list[Path], said: list[str]) -> Iterator[str]:
    ids = re.findall(r"[A-Za-z0-9.+-]+", expression)
    common = [one for one in ids if one in _COMMON]
    yield from (_common(one) for one in dict.fromkeys(common))
    names = {one for one in ids if one not in {"AND", "OR", "WITH"}}
    for path, text in zip(texts, said, strict=True):
        where = f"/{PLACE}/{path.relative_to(tree).as_posix()}"
        if names <= set(common) or len(text) > _LONGEST or _WHOLE.search(text):
            yield f"In full in {where}"
        else:
            yield text
    if not texts and not common:
        yield f"The text is that of {expression or 'the package that has it inside'}."


def _common(identifier: str) -> str:
    name = _COMMON[identifier]
    return f"On Debian systems the text of {identifier} is /usr/share/common-licenses/{name}."


def _short(component: dict[str, Any]) -> str:
    """The expression as this format writes it: in small letters, and without brackets."""
    words = {"AND": "and", "OR": "or", "WITH": "with"}
    parts = component["licence"].replace("(", "").replace(")", "").split()
    return " ".join(words.get(part, part) for part in parts) or "other"


def _places(tree: Path, component: dict[str, Any]) -> list[str]:
    """Where a component lies: folders named after it; what is Python lies in the programs."""
    name = _plain(component["name"])
    inner = tree / "_internal"
    entries = sorted(inner.iterdir()) if inner.is_dir() else []
    found = [entry for entry in entries if re.split(r"[-.]", _plain(entry.name))[0] == name]
    own = [f"{PLACE}/_internal/{one.name}" + ("/*" if one.is_dir() else "") for one in found]
    folders = {name.rpartition("/")[0] for name in component["texts"]}
    texts = [f"{PLACE}/licences/{folder}/*".replace("//", "/") for folder in sorted(folders)]
    return [place.replace(" ", "?") for place in own + texts] or [f"{PLACE}/*"]


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace("_", "")


def _indented(text: str) -> str:
    lines = (line.rstrip() for line in text.strip().replace("\t", "    ").splitlines())
    printable = ("".join(c for c in line if c.isprintable()) for line in lines)
    return "\n".join(f" {line}" if line.strip() else " ." for line in printable)
