"""From compiled JavaScript that a trace names to the TypeScript it was made of. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

_COMPILED = {
    ".js": (".ts", ".tsx"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".ts"),
    ".cjs": (".cts", ".ts"),
}
# Strings count as one word each: what a test compares with tells its lines apart.
_WORDS = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|[^\W\d]\w*|\d+")
# What a compiler puts in front of imported names ("backup_1.summary"), and words of types alone.
_IMPORTED = re.compile(r"\b\w+_\d+\.(?=\w)")
# Of the words of a line so many have to be there again.
_LEAST_SAME = 0.6


def source_of(path: str, files: Collection[str]) -> str | None:
    """Return the file that a compiled one was made of; None where that is not clear.

    Compilers keep the folders below the one that they write to: "build/src/a.js" is of "src/a.ts"
    or of "packages/b/src/a.ts", whichever is the only one.
    """
    stem, dot, ending = path.rpartition(".")
    parts = stem.split("/")
    for kind in _COMPILED.get(dot + ending, ()):
        for first in range(len(parts)):
            tail = "/".join(parts[first:]) + kind
            found = [one for one in files if one == tail or one.endswith(f"/{tail}")]
            if tail in found:
                return tail
            if found:
                return found[0] if len(found) == 1 else None
    return None


def line_like(line: str, lines: Sequence[str]) -> int:
    """Return which of a source's lines a compiled line was made of, from 0; -1 for none.

    That is the one that shares most of its words, which no other one does as well.
    """
    wanted = _words(line)
    if not wanted:
        return -1
    scores = [_likeness(wanted, _words(one)) for one in lines]
    best = max(scores, default=0.0)
    return scores.index(best) if best >= _LEAST_SAME and scores.count(best) == 1 else -1


def _words(line: str) -> Counter[str]:
    return Counter(_WORDS.findall(_IMPORTED.sub("", line)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())
