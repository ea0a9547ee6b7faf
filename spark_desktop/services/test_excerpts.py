"""The cases of a file's tests that say what a function has to do."""

import re
from collections.abc import Iterable, Sequence

from spark_desktop.domain.file_outline import import_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.services.prompt_reading import Piece, Reading, piece_of

# Lines of all cases, and of one of them; the whole of one that fails.
_TEST_LINES = 30
_CASE_LINES = 15
_FAILING_LINES = 40


async def cases_of(
    reading: Reading, paths: Sequence[str], names: Sequence[str], failing: str
) -> list[Piece]:
    """Return the cases in these files that use one of the names; the one that fails first."""
    found: list[Piece] = []
    room = _TEST_LINES
    for path in paths:
        case = await _failing_case(reading, path, failing)
        found += case
        cases = await _cases(reading, path, names, room - _size(case))
        taken = {one.line for one in found if one.path == path}
        found += [one for one in cases if one.line not in taken]
        room = _TEST_LINES - _size(found)
        if room <= 0:
            break
    return found


async def _failing_case(reading: Reading, path: str, failing: str) -> list[Piece]:
    last = re.split(r"::|\.|/| > ", failing.partition("[")[0])[-1].strip() if failing else ""
    for symbol in await reading.symbols(path) if last else ():
        if symbol.name == last and len(symbol.lines) <= _FAILING_LINES:
            return [piece_of(path, symbol.lines, await reading.lines(path))]
    return []


async def _cases(reading: Reading, path: str, names: Sequence[str], room: int) -> list[Piece]:
    lines = await reading.lines(path)
    use = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")
    imports = set(import_lines(lines))
    found: dict[int, Piece] = {}
    end = 0
    for number, line in enumerate(lines):
        if number < end or not use.search(line) or line.rstrip() in imports:
            continue
        around = await reading.enclosing(path, Span(number, number + 1))
        if len(around) > _CASE_LINES:
            around = Span(max(around.start, number - 2, end), min(around.end, number + 3))
        if len(around) > room:
            break
        end = max(around.end, number + 1)
        room -= len(around)
        found.setdefault(around.start, piece_of(path, around, lines))
    return list(found.values())


def _size(pieces: Iterable[Piece]) -> int:
    return sum(piece.text.count("\n") + 1 for piece in pieces)
