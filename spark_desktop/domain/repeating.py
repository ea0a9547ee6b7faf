"""Whether an answer has fallen into a loop, as small models do. Pure."""

from spark_desktop.domain.regex import regex

# A block of so many lines is looked for, and a loop is the same block so often in a row.
_LONGEST_BLOCK = 4
_TIMES = 10
# Characters of a block: closing brackets stand often below each other.
_LEAST = 8
# Within one line: the same piece so often that nobody writes it.
_IN_LINE = regex(r"(\S.{3,60}?)\1{9,}$")
_LONG = 200
_TAIL = 700


def loops(text: str) -> bool:
    """Return whether the end of ``text`` says the same again and again."""
    head, newline, last = text.rpartition("\n")
    if len(last) >= _LONG and _IN_LINE.search(last[-_TAIL:]):
        return True
    if not newline:
        return False
    lines = head.rsplit("\n", _LONGEST_BLOCK * _TIMES)[-_LONGEST_BLOCK * _TIMES :]
    for size in range(1, _LONGEST_BLOCK + 1):
        block, tail = lines[-size:], lines[-size * _TIMES :]
        is_long = sum(len(line.strip()) for line in block) >= _LEAST
        if is_long and len(tail) == size * _TIMES and tail == block * _TIMES:
            return True
    return False
