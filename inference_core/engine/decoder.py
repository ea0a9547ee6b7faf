"""What the scheduler needs of a model in memory: sequences of tokens, worked on in batches.

The scheduler decides which tokens go into the next batch; a decoder computes them. All calls come
from one OS thread, but for ``stop``.
"""

from collections.abc import Sequence
from mmap import mmap
from typing import NamedTuple, Protocol

from inference_core.domain.generation import Constraint, ModelInfo, Sampling, TokenLogprob

# What a sequence remembers, outside of the engine: megabytes, in pages of their own. When they are
# dropped, they go back to the system instead of leaving holes in the heap.
Memory = bytes | mmap


class Row(NamedTuple):
    """One token of a batch, at ``position`` (from 0) of the sequence numbered ``sequence``.

    With ``wanted`` the next token can be sampled after it.
    """

    token: int
    sequence: int
    position: int
    wanted: bool


class Sampled(NamedTuple):
    """A chosen token, and its probabilities where the sampling asked for them."""

    token: int
    logprob: TokenLogprob | None


class Sampler(Protocol):
    """Chooses tokens for one answer; it remembers what it chose (penalties, grammar)."""

    def sample(self, row: int) -> Sampled:
        """Choose the token that follows the row with this index in the last batch, for good."""
        ...

    def close(self) -> None:
        """Free it; it is not used afterwards."""
        ...


class Decoder(Protocol):
    """One loaded model with room for ``cells`` tokens in ``sequences`` sequences.

    ``batch`` is the most rows that one call of ``decode`` takes. ``partial`` tells whether the
    memory of a sequence can be cut anywhere (not so for recurrent models).
    """

    info: ModelInfo
    cells: int
    sequences: int
    batch: int
    partial: bool

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        ...

    def piece(self, token: int, special: bool = False) -> bytes:
        """Return a token's bytes; a control token's are empty unless ``special`` asks for them.

        Raises RequestError for a number that is no token.
        """
        ...

    def is_end(self, token: int) -> bool:
        """Return whether the model ends its answer with this token."""
        ...

    def decode(self, rows: Sequence[Row]) -> bool:
        """Work through a batch; return False if ``stop`` cut it short.

        After False, and after an error, the sequences in it hold what they held before. Raises
        EngineError.
        """
        ...

    def stop(self, wanted: bool) -> None:
        """Cut the batch that runs short, and those that follow, until told otherwise.

        May be called from any OS thread.
        """
        ...

    def sampler(self, sampling: Sampling, constraint: Constraint | None) -> Sampler:
        """Return a sampler. Raises RequestError for a schema that cannot be a constraint."""
        ...

    def cut(self, sequence: int, length: int) -> bool:
        """Forget a sequence from position ``length`` on; False where the memory cannot do it."""
        ...

    def copy(self, source: int, target: int, length: int) -> None:
        """Let ``target``, which is empty, share the first ``length`` tokens of ``source``."""
        ...

    def save(self, sequence: int) -> Memory:
        """Return the memory of a sequence, to be restored later."""
        ...

    def restore(self, sequence: int, saved: Memory) -> bool:
        """Give an empty sequence a saved memory; False where there is no room for it."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...
