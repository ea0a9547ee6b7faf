"""Which lines of two texts differ: the one module of the domain that computes with libgit2.

Decision 12 says why, and import-linter that it stays the only one. It is a pure function: libgit2
reads no file, no configuration and no repository for it.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import methodcaller

# Lines old[i1:i2] become new[j1:j2].
Change = tuple[int, int, int, int]

_is_closed = methodcaller("endswith", "\n")


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Return what must be replaced, (i1, i2, j1, j2), in order, to make ``new`` of ``old``.

    Between two changes there is at least one line that stays, and no change begins or ends with a
    line that stays. Any text will do as a line: with or without an ending, with other line breaks
    or NUL inside, with lone surrogates. Costs 4 ms for 10,000 lines, 25 ms for 50,000; the first
    call loads libgit2 once, in about 150 ms.
    """
    if not old or not new:
        return [(0, len(old), 0, len(new))] if old or new else []
    before, after = "".join(old), "".join(new)
    if not (_is_cut_alike(before, old) and _is_cut_alike(after, new)):
        before, after = _numbered(old, new)
    return list(_trimmed(_compared(before, after), old, new))


def load() -> None:
    """Load libgit2 now, for instance where nobody waits: 150 ms that the first diff then saves."""
    if "pygit2" in sys.modules:
        return
    with _any_authorities():
        import pygit2  # noqa: F401


@contextmanager
def _any_authorities() -> Iterator[None]:
    """Let pygit2 be imported where the system has no certificates of authorities.

    It hands them to OpenSSL on import and fails without, as on a system that was installed without
    ca-certificates. A diff asks nobody, and any folder will do.
    """
    import ssl

    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        yield
        return
    before = os.environ.get(paths.openssl_capath_env)
    os.environ[paths.openssl_capath_env] = os.sep
    try:
        yield
    finally:
        if before is None:
            del os.environ[paths.openssl_capath_env]
        else:
            os.environ[paths.openssl_capath_env] = before


def _compared(before: str, after: str) -> Iterator[Change]:
    # Imported late: it takes as long as the rest of the start, and no start needs a diff.
    load()
    from pygit2 import Patch
    from pygit2.enums import DiffOption

    # By force: what holds NUL would count as binary. The heuristic slides a change that could
    # stand at several places to where it begins with the least indented line.
    flags = DiffOption.FORCE_TEXT | DiffOption.INDENT_HEURISTIC
    # Any two texts that differ are different bytes, also with lone surrogates.
    old, new = (text.encode("utf-8", "surrogatepass") for text in (before, after))
    found = Patch.create_from(old, new, flag=flags, context_lines=0, interhunk_lines=0)
    for hunk in found.hunks:
        # A range of no lines names the line before it.
        i1 = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        j1 = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        yield i1, i1 + hunk.old_lines, j1, j1 + hunk.new_lines


def _trimmed(found: Iterator[Change], old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Cut off lines that a change replaces by themselves, as libgit2's shortcuts leave some."""
    for i1, i2, j1, j2 in found:
        while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
            i1, j1 = i1 + 1, j1 + 1
        while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1
        if i1 < i2 or j1 < j2:
            yield i1, i2, j1, j2


def _is_cut_alike(text: str, lines: Sequence[str]) -> bool:
    """Return whether libgit2, which cuts at line feeds, makes the same lines of ``text``."""
    whole = len(lines) - (not lines[-1].endswith("\n"))
    return bool(lines[-1]) and text.count("\n") == whole and all(map(_is_closed, lines[:-1]))


def _numbered(old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """Return a number for each line, the same for equal ones; the indentation stays, as a hint."""
    numbers: dict[str, int] = {}
    before = "".join(_number(line, numbers) for line in old)
    return before, "".join(_number(line, numbers) for line in new)


def _number(line: str, numbers: dict[str, int]) -> str:
    indentation = line[: len(line) - len(line.lstrip(" \t"))]
    return f"{indentation}{numbers.setdefault(line, len(numbers))}\n"
