"""Joins an answer that was cut to what goes on from it: what is said twice is left out. No I/O."""

# Characters. Fewer may be alike by chance; a whole answer that is said again is shorter at times.
_LEAST = 8
_LEAST_WHOLE = 4
# How far back a model begins anew at most.
_TAIL = 4000


class Seam:
    """Takes the pieces of the second part; holds them back while they repeat the first part."""

    def __init__(self, first: str) -> None:
        self._tail = first[-_TAIL:]
        self._is_whole = len(first) <= _TAIL
        self._held = ""
        self._is_open = bool(first)

    def feed(self, piece: str) -> str:
        """Return what of the second part is new as far as that is sure; often ""."""
        if not self._is_open:
            return piece
        self._held += piece
        return "" if self._may_grow() else self.finish()

    def finish(self) -> str:
        """Return what was held back, without what the first part ends with."""
        held, self._held, self._is_open = self._held, "", False
        return held[self._overlap(held) :]

    def _may_grow(self) -> bool:
        """Return whether more text could make it a longer repetition of the first part's end."""
        return len(self._held) < len(self._tail) and self._held in self._tail

    def _overlap(self, held: str) -> int:
        for size in range(min(len(held), len(self._tail)), 0, -1):
            is_all = self._is_whole and size == len(self._tail)
            if size < (_LEAST_WHOLE if is_all else _LEAST):
                continue
            if self._tail.endswith(held[:size]):
                return size
        return 0
