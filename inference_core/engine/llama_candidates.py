"""The tokens that could come next, copied out of llama.cpp, where only samplers see them.

A sampler of our own is asked for its choice, but only copies what it is shown. Python cannot make
this table from the logits itself in a useful time: it has 150,000 rows of three numbers.
"""

import ctypes as ct
import math
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
        self._raw = (TokenData * self._size)()
        self._work = (TokenData * self._size)()
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
        logits = memoryview(self._raw).cast("B").cast("f")
        for index, token in enumerate(tokens):
            self._work[index] = TokenData(token, logits[3 * token + 1], 0.0)
        count = len(tokens)
        return TokenDataArray(ct.cast(self._work, ct.POINTER(TokenData)), count, -1, False)

    def best(self, count: int) -> tuple[list[tuple[int, float]], float]:
        """Return the ``count`` most probable tokens with their logits, best first, and log(sum).

        A token's log probability is its logit less that logarithm of the sum of all exponentials.
        """
        array = self.all()
        self._lib.llama_sampler_apply(self._softmax, ct.byref(array))
        sort = self._lib.llama_sampler_init_top_k(max(1, count))
        self._lib.llama_sampler_apply(sort, ct.byref(array))
        self._lib.llama_sampler_free(sort)
        top = array.data[0]
        tokens = [(array.data[at].id, array.data[at].logit) for at in range(array.size)]
        return tokens[:count], top.logit - math.log(top.p)

    def logit(self, token: int) -> float:
        """Return the model's own logit of a token."""
        return float(self._raw[token].logit)

    def close(self) -> None:
        """Free what the library holds for it."""
        self._lib.llama_sampler_free(self._chain)
        self._lib.llama_sampler_free(self._softmax)

    def _copy(self, sampler: int, array: "ct._Pointer[TokenDataArray]") -> None:
        shown = array.contents
        if shown.size == self._size:
            ct.memmove(self._raw, shown.data, ct.sizeof(self._raw))
            self._copied = True
        shown.selected = 0
