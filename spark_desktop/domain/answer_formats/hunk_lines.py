"""The lines of one hunk, as unified diffs and patch envelopes mark them, and their headings."""

from collections.abc import Callable
from dataclasses import dataclass

from spark_desktop.domain.edit_blocks import Format, Rewrite
from spark_desktop.domain.regex import regex

_HEADING = regex(
    r"@@+[ \t]*(?:-(\d{1,9})(?:,(\d{1,9}))?[ \t]+\+(\d{1,9})(?:,(\d{1,9}))?[ \t]*(?:@@)?)?"
    r"(?P<text>.*)"
)
_NOTHING = ("...", "…")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that begins with ``@@``; ``start`` and the counts are None where it has no numbers.

    ``start`` is as written, from 1; the counts are those of old and of new lines.
    """

    text: str = ""
    start: int | None = None
    counts: tuple[int, int] | None = None


def heading(line: str) -> Heading:
    """Return what a line that begins with ``@@`` says."""
    found = _HEADING.fullmatch(line)
    if found is None:
        return Heading()
    text = found["text"].strip().removesuffix("@@").strip()
    text = "" if text in _NOTHING else text
    if found[1] is None:
        return Heading(text)
    return Heading(text, int(found[1]), (int(found[2] or 1), int(found[4] or 1)))


class HunkLines:
    """Grows line by line; counts the lines that are context at both ends."""

    def __init__(self, headings: tuple[Heading, ...] = ()) -> None:
        self.headings = headings
        self.old: list[str] = []
        self.new: list[str] = []
        self._lead = 0
        self._tail = 0
        self._is_changed = False
        self._last = " "

    @property
    def is_empty(self) -> bool:
        """Return whether no line was added."""
        return not self.old and not self.new

    @property
    def counts(self) -> tuple[int, int] | None:
        """Return how many old and new lines its heading tells; None where it tells nothing."""
        return self.headings[-1].counts if self.headings else None

    def add(self, mark: str, text: str) -> None:
        """Add a line: mark is " " for context, "-" for an old and "+" for a new one."""
        line = f"{text}\n"
        self._last = mark
        if mark != "+":
            self.old.append(line)
        if mark != "-":
            self.new.append(line)
        if mark != " ":
            self._is_changed, self._tail = True, 0
        elif self._is_changed:
            self._tail += 1
        else:
            self._lead += 1

    def without_newline(self) -> None:
        """Take the ending from the line added last."""
        if self._last != "+" and self.old:
            self.old[-1] = self.old[-1].removesuffix("\n")
        if self._last != "-" and self.new:
            self.new[-1] = self.new[-1].removesuffix("\n")

    def is_full(self) -> bool:
        """Return whether it has as many lines as its heading tells, and it tells that."""
        counts = self.counts
        return counts is not None and len(self.old) >= counts[0] and len(self.new) >= counts[1]

    def lacks(self, old: int, new: int) -> bool:
        """Return whether just so many lines are missing by its heading."""
        counts = self.counts
        return counts == (len(self.old) + old, len(self.new) + new)

    def drafted(self, path: str, form: Format, at_end: bool = False) -> Callable[[], Rewrite]:
        """Return what makes the block of the lines so far, also when more were added."""
        old, new = self.old, self.new
        sizes = len(old), len(new)
        context = self._lead, self._tail
        below = tuple(one.text for one in self.headings if one.text)
        start = next((one.start for one in reversed(self.headings) if one.start is not None), None)
        return lambda: Rewrite(
            path,
            form,
            tuple(old[: sizes[0]]),
            tuple(new[: sizes[1]]),
            _near(start, sizes[0]),
            below,
            at_end,
            context,
        )


def _near(start: int | None, old: int) -> int | None:
    """Return the line from 0: a hunk that only inserts names the line before (POSIX diff -u)."""
    if start is None:
        return None
    return max(0, start - 1) if old else start
