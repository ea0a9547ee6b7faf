"""Places in a text as Qt counts them."""

from collections.abc import Iterable


def index_of(text: str, position: int) -> int:
    """Return how many characters of ``text`` stand before Qt's ``position`` in it."""
    before = text[:position]
    if before.isascii():
        return len(before)
    data = before.encode("utf-16-le", "surrogatepass")[: 2 * position]
    # Between the halves of a pair it is the place before the pair.
    return len(data.decode("utf-16-le", "ignore"))


def position_of(text: str, index: int) -> int:
    """Return Qt's position behind the first ``index`` characters of ``text``."""
    before = text[:index]
    if before.isascii():
        return len(before)
    return len(before.encode("utf-16-le", "surrogatepass")) // 2


def utf16_spans(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (start, length) in characters as Qt counts them: in UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return list(spans)
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if character > "\uffff" else 1))
    return [
        (offsets[start], offsets[min(start + length, len(text))] - offsets[start])
        for start, length in spans
    ]
