"""Carries the indentation of lines that a model wrote over to that of the file."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from spark_desktop.domain.file_lines import indent_of, is_blank

Reindent = Callable[[str], str]


def reindenter(pairs: Iterable[tuple[str, str]], block: Sequence[str]) -> Reindent:
    """Return how a line of the block is indented in the file.

    ``pairs`` are lines of the block with those that they are in the file, ``block`` all lines of
    the block, whose steps of indentation count.
    """
    seen: dict[str, Counter[str]] = {}
    for given, there in pairs:
        if not is_blank(given) and not is_blank(there):
            seen.setdefault(indent_of(given), Counter())[indent_of(there)] += 1
    known = {given: there.most_common(1)[0][0] for given, there in seen.items()}
    if all(given == there for given, there in known.items()):
        return _as_it_is
    unknown = _added(known) or _removed(known) or _in_steps(known, block)

    def reindent(line: str) -> str:
        if is_blank(line):
            return ""
        given = indent_of(line)
        there = known[given] if given in known else unknown(given)
        return there + line[len(given) :]

    return reindent


def is_even(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether all lines are moved by the same blanks."""
    known = {(indent_of(given), indent_of(there)) for given, there in pairs}
    return any(
        len({shift(given, there) for given, there in known}) == 1
        and None not in {shift(given, there) for given, there in known}
        for shift in (_prefix, lambda given, there: _prefix(there, given))
    )


def _as_it_is(line: str) -> str:
    return line


def _prefix(given: str, there: str) -> str | None:
    """Return what stands before ``given`` in ``there``."""
    return there[: len(there) - len(given)] if there.endswith(given) else None


def _added(known: dict[str, str]) -> Reindent | None:
    shifts = {_prefix(given, there) for given, there in known.items()}
    shift = shifts.pop()
    return None if shifts or shift is None else lambda indent: shift + indent


def _removed(known: dict[str, str]) -> Reindent | None:
    shifts = {_prefix(there, given) for given, there in known.items()}
    shift = shifts.pop()
    if shifts or shift is None:
        return None
    return lambda indent: indent[min(len(shift), len(indent)) :]


def _in_steps(known: dict[str, str], block: Sequence[str]) -> Reindent:
    """Return the indentation by whole steps from the nearest one that is known."""
    given_step = _step({indent_of(line) for line in block if not is_blank(line)})
    there_step = _step(set(known.values()), given_step)

    def indentation(indent: str) -> str:
        nearest = min(known, key=lambda one: (abs(_width(one) - _width(indent)), one))
        steps = round((_width(indent) - _width(nearest)) / max(1, _width(given_step)))
        there = known[nearest]
        if steps >= 0:
            return there + there_step * steps
        return there[: max(0, len(there) + len(there_step) * steps)]

    return indentation


def _step(indents: set[str], otherwise: str = "    ") -> str:
    """Return the blanks by which the indentations go deeper."""
    if any("\t" in indent for indent in indents):
        return "\t"
    widths = sorted({0, *map(len, indents)})
    steps = [after - before for before, after in pairwise(widths)]
    return " " * min(steps) if steps else otherwise


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))
