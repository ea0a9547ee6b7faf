"""A predicted text beside the answer: which of its tokens the service would have accepted.

The emulated service drafts from the predicted text, up to ``DRAFT`` tokens a step. As long as the
answer goes on like the prediction its tokens are accepted, and come at the cost of one step for a
whole draft. Where it leaves it, the rest of that draft is rejected, and the place is found again by
the end of what was written.
"""

from dataclasses import dataclass

from inference_core.pacing.schedule import DRAFT

# Characters of the answer that have to stand in the prediction for its place to be found again.
_ANCHOR = 12


@dataclass(slots=True)
class Predicted:
    """Follows a text; ``accepted`` and ``rejected`` are counts of tokens."""

    text: str
    accepted: int = 0
    rejected: int = 0
    _at: int | None = 0
    _run: int = 0
    _tail: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def take(self, piece: str, tokens: int) -> int:
        """Return how many of a piece's tokens were drafted and right: all or none of them."""
        if not self.text:
            return 0
        self._tail = (self._tail + piece)[-_ANCHOR:]
        if self._at is not None and piece and self.text.startswith(piece, self._at):
            self._at += len(piece)
            self._run += tokens
            self.accepted += tokens
            return tokens
        self._leave()
        return 0

    def _leave(self) -> None:
        if self._at is not None and self._at < len(self.text):
            self.rejected += DRAFT - self._run % DRAFT
        self._run = 0
        found = self.text.find(self._tail, self._at or 0) if len(self._tail) == _ANCHOR else -1
        self._at = found + _ANCHOR if found >= 0 else None
