"""The tokens that could come next, copied out of llama.cpp, where only samplers see them.

A sampler of our own is asked for its choice, but only copies what it is shown. Python cannot make
this table from the logits itself in a useful time: it has 150,000 rows of three numbers.
"""

import ctypes as ct
import math
from array import array
from collections.abc import Sequence

from inference_core.domain.errors import EngineError
from inference_core.engine.llama_library import (
    APPLY_CALLBACK,
    SamplerInterface,
    TokenData,
    TokenDataArray,
)
from inference_core.engine.llama_model import LlamaModel


class Candidates:
    """The table of one context: each token of the vocabulary, in their order, with its logit."""

    def __init__(self, model: LlamaModel, context: int) -> None:
        self._lib = model.library
        self._context = context
        self._size = model.size
        # Bytes, of which both structures and columns of numbers can be made.
        raw = bytearray(ct.sizeof(TokenData) * self._size)
        work = bytearray(len(raw))
        self._raw = (TokenData * self._size).from_buffer(raw)
        self._work = (TokenData * self._size).from_buffer(work)
        self._logits = memoryview(raw).cast("f")[1::3]
        self._work_ids = memoryview(work).cast("i")[0::3]
        self._work_logits = memoryview(work).cast("f")[1::3]
        self._copied = False
        # Referred to by the library as long as the chain lives.
        self._interface = SamplerInterface(apply=APPLY_CALLBACK(self._copy))
        self._chain = self._lib.llama_sampler_chain_init(True)
        ours = self._lib.llama_sampler_init(ct.byref(self._interface), None)
        self._lib.llama_sampler_chain_add(self._chain, ours)
        # Makes probabilities of logits; what it chooses is not looked at.
        self._softmax = self._lib.llama_sampler_init_dist(0)

    def read(self, row: int) -> None:
        """Take the candidates after this row of the last batch. Raises EngineError."""
        self._copied = False
        self._lib.llama_sampler_sample(self._chain, self._context, row)
        if not self._copied:
            raise EngineError("The engine showed no candidates.")

    def all(self) -> TokenDataArray:
        """Return a copy of all candidates, to let samplers work on; valid until the next copy."""
        ct.memmove(self._work, self._raw, ct.sizeof(self._raw))
        return TokenDataArray(ct.cast(self._work, ct.POINTER(TokenData)), self._size, -1, False)

    def only(self, tokens: Sequence[int]) -> TokenDataArray:
        """Return a copy of the candidates with these numbers; valid until the next copy."""
        # A loop over structures would take 0.1 s for the tokens that may come within a string.
        logits = self._logits
        count = len(tokens)
        self._work_ids[:count] = memoryview(array("i", tokens))
        self._work_logits[:count] = memoryview(array("f", [logits[token] for token in tokens]))
        return TokenDataArray(ct.cast(self._work, ct.POINTER(TokenData)), count, -1, False)

    def best(self, count: int) -> tuple[list[tuple[int, float]], float]:
        """Return the ``count`` most probable tokens with their logits, best first, and log(sum).

        A token's log probability is its logit less that logarithm of the sum of all exponentials.
        """
        table = self.all()
        self._lib.llama_sampler_apply(self._softmax, ct.byref(table))
        sort = self._lib.llama_sampler_init_top_k(max(1, count))
        self._lib.llama_sampler_apply(sort, ct.byref(table))
        self._lib.llama_sampler_free(sort)
        top = table.data[0]
        tokens = [(table.data[at].id, table.data[at].logit) for at in range(table.size)]
        return tokens[:count], top.logit - math.log(top.p)

    def logit(self, token: int) -> float:
        """Return the model's own logit of a token."""
        return self._logits[token]

    def close(self) -> None:
        """Free what the library holds for it."""
        self._lib.llama_sampler_free(self._chain)
        self._lib.llama_sampler_free(self._softmax)

    def _copy(self, sampler: int, candidates: "ct._Pointer[TokenDataArray]") -> None:
        shown = candidates.contents
        if shown.size == self._size:
            ct.memmove(self._raw, shown.data, ct.sizeof(self._raw))
            self._copied = True
        shown.selected = 0
