"""Places in a text as Qt counts them."""

from collections.abc import Iterable


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
