"""A map of the workspace: signatures, ranked by what a change touches, of a bounded length."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.code import Definition

# What is defined in more files than this says nothing about any of them.
_COMMON = 8
# How near a file is to what is changed: what it imports, what imports it, its tests.
IMPORTED, IMPORTING, NEAR = 3.0, 1.0, 0.3
_TOLD = frozenset({"function", "class", "type", "method", "constant", "macro", "module"})
_CONTAINERS = frozenset({"class", "type", "module"})
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the map is made of.

    ``about`` are the changed paths; ``used`` counts how often they use each name; ``outlines`` are
    the files that may be told; ``weights`` says how near each of those is, 0 where only names
    connect them.
    """

    about: Sequence[str]
    used: Mapping[str, int]
    outlines: Mapping[str, Sequence[Definition]]
    weights: Mapping[str, float] = field(default_factory=dict)


def code_map(around: Surroundings, characters: int) -> str:
    """Return the signatures of the highest rank, below the paths of their files.

    At most so many characters; "" where not one fits.
    """
    chosen: list[Definition] = []
    text = ""
    for one in ranked(around):
        longer = _written([*chosen, one])
        if len(longer) > characters:
            # A shorter one further down may fit still, but the rest is worth ever less.
            if len(text) * 10 >= characters * 9:
                break
            continue
        chosen.append(one)
        text = longer
    return text


def ranked(around: Surroundings) -> list[Definition]:
    """Return the definitions in the order of their worth, those that nothing connects left out."""
    definers: dict[str, set[str]] = {}
    for path, outline in around.outlines.items():
        for one in outline:
            definers.setdefault(one.name, set()).add(path)
    found: list[tuple[float, str, int, Definition]] = []
    for path, outline in around.outlines.items():
        if path in around.about:
            continue
        near = around.weights.get(path, 0.0)
        for nth, one in enumerate(outline):
            worth = _worth(one, near, around.used, len(definers[one.name]))
            if one.kind in _TOLD and worth > 0:
                found.append((-worth, path, nth, one))
    return [one for *_, one in sorted(found, key=lambda each: each[:3])]


def _worth(one: Definition, near: float, used: Mapping[str, int], definers: int) -> float:
    """Return how much a definition is worth to who changes the files.

    A name that is used counts by how few files define it, and more in a file that is imported; a
    name nobody uses counts a little in a near file, and nothing elsewhere.
    """
    count = used.get(one.name, 0)
    if count == 0:
        is_own = one.name.startswith("_") or one.kind == "constant"
        return 0.0 if is_own else 0.05 * near
    if definers > _COMMON and near == 0:
        return 0.0
    # A method's name is often that of another class's method, too.
    rare = (0.5 if one.kind == "method" else 1.0) / definers
    return rare * math.sqrt(min(count, 4)) * (1 + near)


def _written(chosen: Iterable[Definition]) -> str:
    files: dict[str, list[Definition]] = {}
    for one in chosen:
        files.setdefault(one.path, []).append(one)
    lines: list[str] = []
    for path, definitions in files.items():
        lines.append(f"{path}:")
        last = ""
        for one in sorted(definitions, key=lambda each: (each.lines.start, each.lines.end)):
            if one.container and one.container != last and not _is_shown(one, definitions):
                lines.append(f"{_INDENT}{one.container}:")
            last = one.container or (one.name if one.kind in _CONTAINERS else last)
            depth = 2 if one.container else 1
            lines.append(f"{_INDENT * depth}{one.signature}")
    return "\n".join(lines)


def _is_shown(inner: Definition, definitions: Iterable[Definition]) -> bool:
    return any(one.name == inner.container and one.kind in _CONTAINERS for one in definitions)
