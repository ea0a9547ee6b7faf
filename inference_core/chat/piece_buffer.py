"""Text of an answer that is not yet decided, with the tokens it came as."""

from collections import deque
from dataclasses import replace

from inference_core.domain.generation import TextPiece, TokenLogprob


class PieceBuffer:
    """Takes pieces in and gives parts of their text out.

    The tokens of a piece go with its first character that is given out. ``text`` is what was taken
    in and not given out.
    """

    def __init__(self) -> None:
        self.text = ""
        self._pieces: deque[TextPiece] = deque()

    def add(self, piece: TextPiece) -> None:
        """Take a piece in."""
        self.text += piece.text
        self._pieces.append(piece)

    def take(self, length: int) -> TextPiece:
        """Give out the first ``length`` characters, with the tokens that begin in them."""
        tokens = 0
        logprobs: list[TokenLogprob] = []
        text, missing = self.text[:length], length
        while missing > 0:
            piece = self._pieces.popleft()
            tokens += piece.tokens
            logprobs += piece.logprobs
            if len(piece.text) > missing:
                self._pieces.appendleft(TextPiece(piece.text[missing:], 0))
            missing -= len(piece.text)
        self.text = self.text[length:]
        return TextPiece(text, tokens, tuple(logprobs))

    def drop(self, length: int) -> None:
        """Forget the first ``length`` characters; a piece that goes on after them counts later."""
        missing = length
        while missing > 0:
            piece = self._pieces.popleft()
            if len(piece.text) > missing:
                self._pieces.appendleft(replace(piece, text=piece.text[missing:]))
            missing -= len(piece.text)
        self.text = self.text[length:]
