"""The lines of one version of a file, and where given lines stand among them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

from spark_desktop.domain.patch import Hunk, compute
from spark_desktop.domain.text import dominant_newline, split_lines

# With more places than this nobody can tell which one is meant, unless the answer names its line.
_MOST_PLACES = 1000
# Lines from and to, counted in the file, and the lines without endings that come in their place.
Change = tuple[int, int, Sequence[str]]


class FileLines:
    """Finds lines by their text or by their text without blanks; what that takes is made once.

    ``bare`` are the lines without their endings.
    """

    def __init__(self, content: str) -> None:
        self.lines = split_lines(content)
        self.newline = dominant_newline(content)
        if "\r" in content:
            self.bare = [line.rstrip("\r\n") for line in self.lines]
        else:
            self.bare = content.split("\n")[: len(self.lines)]

    @property
    def ends_bare(self) -> bool:
        """Return whether the last line has no ending."""
        return bool(self.lines) and self.lines[-1] == self.bare[-1]

    @cached_property
    def text(self) -> str:
        """Return the lines between line feeds, with one before the first as well."""
        return "\n".join(("", *self.bare, ""))

    @cached_property
    def written(self) -> list[int]:
        """Return the numbers of the lines that are not blank."""
        return [number for number, line in enumerate(self.bare) if not is_blank(line)]

    @cached_property
    def keys(self) -> list[str]:
        """Return the written lines without any blanks."""
        return [key_of(self.bare[number]) for number in self.written]

    @cached_property
    def spots(self) -> dict[str, list[int]]:
        """Return where each key stands in ``keys``."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self.keys):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def exact_spots(self) -> dict[str, list[int]]:
        """Return where each line stands in ``bare``."""
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self.bare):
            found.setdefault(line, []).append(number)
        return found

    @cached_property
    def _offsets(self) -> list[int]:
        return list(accumulate((len(line) + 1 for line in self.bare), initial=1))

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds a place of ``text``."""
        return bisect_right(self._offsets, offset) - 1

    def stands_at(self, wanted: Sequence[str], start: int) -> bool:
        """Return whether the bare lines stand there."""
        return start >= 0 and self.bare[start : start + len(wanted)] == list(wanted)

    def exact_places(self, wanted: Sequence[str], near: int | None = None) -> list[int]:
        """Return where the bare lines begin, each place once; of very many only the first ones.

        The place ``near`` is always among them if they stand there.
        """
        if not self.bare or not wanted:
            return []
        needle, text = "\n".join(("", *wanted, "")), self.text
        found: list[int] = []
        line = counted = 0
        at = text.find(needle)
        while at >= 0 and len(found) < _MOST_PLACES:
            line += text.count("\n", counted, at)
            counted = at
            found.append(line)
            at = text.find(needle, at + 1)
        if near is not None and near not in found and self.stands_at(wanted, near):
            found.append(near)
        return found

    def loose_places(self, wanted: Sequence[str]) -> list[int]:
        """Return where keys stand in ``keys``, each place once; of very many only the first."""
        if not wanted:
            return []
        spots, count = self.spots, len(wanted)
        pivot = min(range(count), key=lambda place: len(spots.get(wanted[place], ())))
        sought = list(wanted)
        found: list[int] = []
        for spot in spots.get(wanted[pivot], ()):
            start = spot - pivot
            if start >= 0 and self.keys[start : start + count] == sought:
                found.append(start)
                if len(found) == _MOST_PLACES:
                    break
        return found

    def is_end(self, line: int) -> bool:
        """Return whether only blank lines follow, if any."""
        return not self.written or line > self.written[-1]

    def hunks(
        self, changes: Iterable[Change], number: int, ends_bare: bool | None = None
    ) -> tuple[Hunk, ...]:
        """Return changes as hunks in the file's line endings; the id is LINE-``number``.

        The file goes on to end with a line ending or without, unless ``ends_bare`` says which.
        """
        total = len(self.lines)
        out: list[tuple[int, int, list[str]]] = []
        for start, end, new in changes:
            first, styled = self._styled(start, end, new, ends_bare)
            if out and out[-1][1] == first:
                first, styled = out[-1][0], out.pop()[2] + styled
            out.append((first, end, styled))
        is_open = total and bool(self.bare[-1]) and (not out or out[-1][1] != total)
        if is_open and ends_bare not in (None, self.ends_bare):
            last = self.bare[-1] if ends_bare else self.bare[-1] + self.newline
            out.append((total - 1, total, [last]))
        return tuple(
            Hunk(f"{start + 1}-{number}", start, tuple(self.lines[start:end]), tuple(styled))
            for start, end, styled in out
            if self.lines[start:end] != styled
        )

    def _styled(
        self, start: int, end: int, new: Sequence[str], ends_bare: bool | None
    ) -> tuple[int, list[str]]:
        styled = [line + self.newline for line in new]
        if end < len(self.lines):
            return start, styled
        if not new:
            # What is above becomes the end of the file.
            if ends_bare and start and self.bare[start - 1]:
                return start - 1, [self.bare[start - 1]]
            return start, styled
        if start == end and self.ends_bare:
            # The line above gets its ending, so it is changed as well.
            start -= 1
            styled.insert(0, self.bare[start] + self.newline)
        if new[-1] and (self.ends_bare if ends_bare is None else ends_bare):
            styled[-1] = new[-1]
        return start, styled


@lru_cache(maxsize=8)
def lines_of(content: str) -> FileLines:
    """Return the lines of a text; those of the last few texts are kept."""
    return FileLines(content)


def changes_between(before: Sequence[str], after: Sequence[str], start: int = 0) -> list[Change]:
    """Return the smallest changes that turn bare lines into others; ``start`` is their place."""
    if list(before) == list(after):
        return []
    hunks = compute("", "", _joined(before), _joined(after)).hunks
    return [
        (hunk.start + start, hunk.end + start, [line[:-1] for line in hunk.new]) for hunk in hunks
    ]


def bare_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of a block without their endings; a line that holds several is cut."""
    found = [line.removesuffix("\n") for line in lines]
    if all("\n" not in line and "\r" not in line for line in found):
        return found
    return [part.rstrip("\r\n") for line in lines for part in split_lines(line) or ("",)]


def key_of(line: str) -> str:
    """Return the line without any blanks."""
    return "".join(line.split())


def is_blank(line: str) -> bool:
    """Return whether nothing is written in the line."""
    return not line or line.isspace()


def indent_of(line: str) -> str:
    """Return the blanks that the line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def blank_run(lines: Sequence[str], start: int, step: int, most: int) -> int:
    """Return how many lines from ``start`` on, going by ``step``, are blank; at most ``most``."""
    count = 0
    while count < most and 0 <= start + count * step < len(lines):
        if not is_blank(lines[start + count * step]):
            break
        count += 1
    return count


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
