"""Which of several definitions a file means by a name."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from spark_desktop.domain.code import Definition, Import
from spark_desktop.domain.trigger import Span
from spark_desktop.services.prompt_reading import Reading

_KINS = (
    (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"),
    (".c", ".h", ".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx"),
    (".py", ".pyi"),
)


def meant(
    name: str,
    is_member: bool,
    found: Sequence[Definition],
    own: str,
    imports: Iterable[Import],
) -> Definition | None:
    """Return the definition that a file means by a name; None where that is not sure."""
    if mine := [one for one in found if one.path == own]:
        return mine[0] if not is_member or len(mine) == 1 else None
    brought = {
        one.target
        for one in imports
        if one.target and (name in one.names or "*" in one.names or not one.names)
    }
    # A package of Go is a folder, in which nothing has to be imported.
    folder = PurePosixPath(own).parent.as_posix()
    brought |= {folder} if own.endswith(".go") else set()
    imported = [
        one
        for one in found
        if one.path in brought or PurePosixPath(one.path).parent.as_posix() in brought
    ]
    if imported := [one for one in imported if is_member or not one.container]:
        return imported[0]
    is_known = len(found) == 1 and _kin(found[0].path) == _kin(own)
    # A short name that only a member has is most often another thing's.
    return found[0] if is_known and (not is_member or len(name) > 4) else None


def named_parts(path: str, said: str) -> int:
    """Return how many of a path's last parts stand together in imports, as modules or files."""
    parts = PurePosixPath(path).with_suffix("").parts
    ends = (parts[-count:] for count in range(len(parts), 0, -1))
    return next((len(end) for end in ends if ".".join(end) in said or "/".join(end) in said), 0)


def _kin(path: str) -> str:
    """Return the languages that use each other's names, by a file's ending."""
    suffix = PurePosixPath(path).suffix.lower()
    return next((kin[0] for kin in _KINS if suffix in kin), suffix)


async def place_now(reading: Reading, known: Definition) -> Span | None:
    """Return where a definition stands now: the index may know an older text."""
    symbols = [one for one in await reading.symbols(known.path) if one.name == known.name]
    if symbols:
        return min(symbols, key=lambda one: abs(one.lines.start - known.lines.start)).lines
    lines = await reading.lines(known.path)
    there = lines[known.lines.start : known.lines.end]
    return known.lines if any(known.name in line for line in there[:2]) else None
