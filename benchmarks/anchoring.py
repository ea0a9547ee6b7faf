"""How alike damaged blocks are to their own place and to others: where the threshold comes from.

Takes blocks of 1 to 25 lines of our own source files, damages them as models do (a name changed, a
line left out or added, other quotes, a line's end cut off) and looks for them twice: in the file,
where the place is known, and in the file without those lines, where every place is a wrong one.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

import spark_desktop
from spark_desktop.domain.file_lines import FileLines
from spark_desktop.domain.likeness import alike
from spark_desktop.domain.placing import MARGIN, THRESHOLD
from spark_desktop.domain.trigger import Span

SUMMARY = "How alike damaged blocks are to their own place and to others"
_NAME = re.compile(r"[A-Za-z_]{3,}")
_THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Trial:
    """The best score and its lead over the next place, and whether it is the right one."""

    size: int
    score: float
    lead: float
    is_right: bool
    is_there: bool


def trials(files: list[FileLines], count: int, chance: Random) -> list[Trial]:
    found: list[Trial] = []
    while len(found) < 2 * count:
        file = chance.choice(files)
        size = min(chance.choice((1, 2, 3, 5, 8, 13, 25)), len(file.bare) // 2)
        start = chance.randrange(len(file.bare) - size)
        lines = file.bare[start : start + size]
        old = damaged(lines, chance)
        if old is None or file.exact_places(old):
            continue
        found.append(trial(old, file, Span(start, start + size)))
        without = [*file.bare[:start], *file.bare[start + size :]]
        found.append(trial(old, FileLines("\n".join(without)), None))
    return found


def trial(old: list[str], file: FileLines, place: Span | None) -> Trial:
    best, *others = alike(old, file) or (None,)
    if best is None:
        return Trial(len(old), 0.0, 1.0, False, place is not None)
    lead = best.score - (others[0].score if others and others[0] else 0.0)
    is_right = place is not None and 2 * _shared(place, best.span) >= len(place)
    return Trial(len(old), best.score, lead, is_right, place is not None)


def damaged(lines: list[str], chance: Random) -> list[str] | None:
    """Return the lines with one to three faults of the kinds that models make."""
    found = list(lines)
    for _ in range(chance.choice((1, 1, 2, 3))):
        written = [number for number, line in enumerate(found) if line.strip()]
        if not written:
            return None
        number = chance.choice(written)
        line = found[number]
        kind = chance.randrange(5)
        names = _NAME.findall(line)
        if kind == 0 and len(found) > 2:
            del found[number]
        elif kind == 1 and '"' in line:
            found[number] = line.replace('"', "'")
        elif kind == 2:
            found[number] = line[: max(8, 2 * len(line) // 3)]
        elif kind == 3 and len(found) > 2:
            found.insert(number, "    # " + " ".join(names[:4]))
        elif names:
            name = chance.choice(names)
            found[number] = line.replace(name, chance.choice(("value", "result", name + "s")))
    return None if found == lines else found


def row(size: str, found: list[Trial], threshold: float) -> dict[str, object]:
    taken = [one for one in found if one.score >= threshold and one.lead >= MARGIN]
    there = sum(one.is_there for one in found)
    elsewhere = sum(one.is_there and not one.is_right for one in taken)
    though_gone = sum(not one.is_there for one in taken)
    return {
        "lines": size,
        "blocks": there,
        "threshold": threshold,
        "found_%": round(100 * sum(one.is_right for one in taken) / there, 1),
        "elsewhere_%": round(100 * elsewhere / there, 2),
        "though_gone_%": round(100 * though_gone / (len(found) - there), 2),
        "ours": "<" if threshold == THRESHOLD else "",
    }


def run(quick: bool) -> list[dict[str, object]]:
    """Return what was found and what was taken for it, by the size of the blocks."""
    files = [
        file
        for path in sorted(Path(spark_desktop.__file__).parent.rglob("*.py"))
        if len((file := FileLines(path.read_text("utf-8"))).bare) >= 60
    ]
    found = trials(files, 300 if quick else 1500, Random(1))
    rows: list[dict[str, object]] = []
    for name, first, last in (("1", 0, 1), ("2-3", 2, 3), ("4-26", 4, 99)):
        part = [one for one in found if first <= one.size <= last]
        rows += [row(name, part, threshold) for threshold in _THRESHOLDS]
    return rows


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
