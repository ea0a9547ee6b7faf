"""From the bytes of tokens to text: whole characters, and nothing of a stop string."""

import codecs
from collections.abc import Sequence

from inference_core.domain.generation import TextPiece, TokenLogprob


class TextStream:
    """Takes tokens in, gives text out as soon as it is certain to belong to the answer.

    A character may be spread over tokens, and a token may begin a stop string: both are held back
    until they are decided. ``stopped`` is the stop string that was met.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._stops = [stop for stop in stops if stop]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._tokens = 0
        self._logprobs: list[TokenLogprob] = []
        # Where in the held text each token with a probability begins.
        self._begins: list[int] = []
        self.stopped: str | None = None

    def feed(self, data: bytes, logprob: TokenLogprob | None = None) -> TextPiece | None:
        """Return the text that became certain with a token's bytes, None while there is none."""
        self._tokens += 1
        if logprob is not None:
            self._logprobs.append(logprob)
            self._begins.append(len(self._held))
        self._held += self._decoder.decode(data)
        found = self._find_stop()
        if found is not None:
            at, self.stopped = found
            return self._release(at)
        return self._release(len(self._held) - self._undecided())

    def end(self) -> TextPiece | None:
        """Return what was held back: the answer is over, so nothing more can change it."""
        if self.stopped is not None:
            return None
        self._held += self._decoder.decode(b"", final=True)
        return self._release(len(self._held))

    def _find_stop(self) -> tuple[int, str] | None:
        """Return the first stop string in the held text; the longest of those at one place."""
        places = [(self._held.find(stop), -len(stop), stop) for stop in self._stops]
        met = min((place for place in places if place[0] >= 0), default=None)
        return None if met is None else (met[0], met[2])

    def _undecided(self) -> int:
        """Return how many characters at the end may be the beginning of a stop string."""
        longest = 0
        for stop in self._stops:
            for size in range(min(len(stop) - 1, len(self._held)), longest, -1):
                if self._held.endswith(stop[:size]):
                    longest = size
                    break
        return longest

    def _release(self, length: int) -> TextPiece | None:
        if length == 0:
            return None
        text, self._held = self._held[:length], self._held[length:]
        # Those whose text is held back may belong to a stop string, and then to no answer.
        told = sum(begin < length for begin in self._begins)
        piece = TextPiece(text, self._tokens, tuple(self._logprobs[:told]))
        self._tokens, self._logprobs = 0, self._logprobs[told:]
        self._begins = [begin - length for begin in self._begins[told:]]
        return piece
