"""Times one loaded model: prompt processing, decoding, steps of several rows."""

import statistics
import time
from collections.abc import Callable, Sequence

from inference_core.domain.generation import Sampling
from inference_core.engine.decoder import Decoder, Row, Sampler

# Tokens that a decoder must have room for: the longest prompt timed, and what comes after it.
CELLS = 4096

_PROMPT = "def quicksort(items: list[int]) -> list[int]:\n    "
_GREEDY = Sampling(temperature=0.0)


class Measuring:
    """Works in sequence 0 of a decoder that nobody else uses; times are in milliseconds."""

    def __init__(self, decoder: Decoder, clock: Callable[[], float] = time.perf_counter) -> None:
        self._decoder = decoder
        self._clock = clock
        self._text = decoder.tokenize(_code(), False)
        self._held = 0

    def prefill(self, tokens: int) -> float:
        """Process a prompt of so many tokens from nothing, and return how long that took."""
        started = self._clock()
        self._fill(self._tokens(tokens))
        return (self._clock() - started) * 1000

    def decode(self, steps: int) -> float:
        """Generate so many tokens after the prompt of ``prefill``, and return the median's time.

        The sequence is cut back afterwards, where the model's memory can be.
        """
        length, times = self._held, []
        sampler = self._decoder.sampler(_GREEDY, None)
        token = self._text[0]
        try:
            for _ in range(steps):
                started = self._clock()
                token = self._next(token, sampler)
                times.append((self._clock() - started) * 1000)
        finally:
            sampler.close()
        self._cut_back(length)
        return statistics.median(times)

    def step(self, rows: int) -> float:
        """Return what one step with so many rows of one sequence costs, as in checking a draft."""
        length = self._held
        tokens = self._tokens(rows)
        batch = [Row(token, 0, length + at, True) for at, token in enumerate(tokens)]
        started = self._clock()
        self._decoder.decode(batch)
        took = (self._clock() - started) * 1000
        self._held += rows
        self._cut_back(length)
        return took

    def greedy(self, tokens: int) -> list[int]:
        """Return the tokens that the model writes after a fixed beginning of a program."""
        prompt = self._decoder.tokenize(_PROMPT, False)
        self._fill(prompt)
        sampler = self._decoder.sampler(_GREEDY, None)
        try:
            written = [sampler.sample(len(prompt) - 1).token]
            while len(written) < tokens:
                written.append(self._next(written[-1], sampler))
        finally:
            sampler.close()
        return written

    def agreement(self, written: Sequence[int]) -> float:
        """Return for what share of another engine's ``greedy`` tokens this one chooses the same.

        Each is judged after the other's tokens before it, so that one near tie does not count for
        all that follows.
        """
        prompt = self._decoder.tokenize(_PROMPT, False)
        tokens = [*prompt, *written][:-1]
        self._decoder.cut(0, 0)
        first = len(prompt) - 1
        rows = [Row(token, 0, at, at >= first) for at, token in enumerate(tokens)]
        same = 0
        sampler = self._decoder.sampler(_GREEDY, None)
        try:
            for begin in range(0, len(rows), self._decoder.batch):
                part = rows[begin : begin + self._decoder.batch]
                self._decoder.decode(part)
                for index, row in enumerate(part):
                    if row.wanted:
                        same += sampler.sample(index).token == written[row.position - first]
        finally:
            sampler.close()
        self._held = len(tokens)
        return same / len(written)

    def _next(self, token: int, sampler: Sampler) -> int:
        self._decoder.decode([Row(token, 0, self._held, True)])
        self._held += 1
        return sampler.sample(0).token

    def _fill(self, tokens: Sequence[int]) -> None:
        """Put a prompt into the empty sequence; only the last token is followed by a choice."""
        self._decoder.cut(0, 0)
        last = len(tokens) - 1
        size = self._decoder.batch
        for begin in range(0, len(tokens), size):
            rows = range(begin, min(begin + size, len(tokens)))
            self._decoder.decode([Row(tokens[at], 0, at, at == last) for at in rows])
        self._held = len(tokens)

    def _tokens(self, count: int) -> list[int]:
        repeats = -(-count // len(self._text))
        return (self._text * repeats)[:count]

    def _cut_back(self, length: int) -> None:
        # A recurrent model's memory cannot be cut: then the sequence grows a little.
        if self._decoder.cut(0, length):
            self._held = length


def _code() -> str:
    """Return a program; what it says does not change how long it takes."""
    return "".join(
        f"def scaled_{n}(values: list[float]) -> float:\n    return sum(values) * {n * 7}\n\n"
        for n in range(40)
    )
