"""Choosing tokens with llama.cpp's samplers.

Where nothing but the chosen token is asked for, one chain of the library's samplers does it all.
For probabilities and constraints the candidates are copied first, and the chain is applied to the
copy.
"""

import ctypes as ct
import math
from collections.abc import Callable
from contextlib import suppress

from inference_core.domain.errors import EngineError, ModelError
from inference_core.domain.generation import Candidate, Constraint, Sampling, TokenLogprob
from inference_core.engine.decoder import Sampled
from inference_core.engine.llama_candidates import Candidates
from inference_core.engine.llama_constraint import Constraints, Held
from inference_core.engine.llama_library import LogitBias, TokenDataArray
from inference_core.engine.llama_model import LlamaModel

# What llama-server uses where a request does not say.
TEMPERATURE = 0.8
TOP_K = 40
TOP_P = 0.95
MIN_P = 0.05

# How many tokens back a repetition is seen.
_PENALTY_TOKENS = 64

# The seed that the library takes for "a random one".
_RANDOM_SEED = 0xFFFFFFFF

# OpenAI documents a bias of -100 as a ban, so it must hold against any logit.
_BAN = -100.0

CanSample = Callable[[int], bool]
Biases = tuple[tuple[int, float], ...]


class Samplers:
    """Makes the samplers of one context; ``can_sample`` tells for which rows there are logits."""

    def __init__(self, model: LlamaModel, context: int, can_sample: CanSample) -> None:
        self._model = model
        self._context = context
        self._can_sample = can_sample
        self.constraints = Constraints(model)
        self._candidates: Candidates | None = None
        self._end_bans: Biases | None = None

    def sampler(
        self, sampling: Sampling, constraint: Constraint | None
    ) -> "PlainSampler | SeeingSampler":
        """Return a sampler. Raises RequestError for a schema that cannot be a constraint."""
        held = None if constraint is None else self.constraints.held(constraint)
        chain = Chain(self._model, sampling, self._bans(sampling.min_tokens))
        if held is None and sampling.logprobs is None:
            return PlainSampler(chain, self._context, self._can_sample)
        probabilities = Probabilities(self._model, self._table(), sampling.logprobs)
        return SeeingSampler(chain, self._table(), self._can_sample, held, probabilities)

    def prepare(self) -> None:
        """Read the vocabulary, for constraints and for what must not end; from any OS thread."""
        with suppress(ModelError):
            # Whoever asks for a constraint is told.
            self.constraints.prepare()
        self._bans(1)

    def close(self) -> None:
        """Free what the samplers share."""
        if self._candidates is not None:
            self._candidates.close()
        self.constraints.close()

    def _table(self) -> Candidates:
        if self._candidates is None:
            self._candidates = Candidates(self._model, self._context)
        return self._candidates

    def _bans(self, min_tokens: int) -> Biases:
        """Return the biases that keep the model from ending its answer, none for 0 tokens."""
        if min_tokens == 0:
            return ()
        if self._end_bans is None:
            self._end_bans = tuple((token, -math.inf) for token in self._model.end_tokens())
        return self._end_bans


class Chain:
    """The library's samplers for one answer, in llama-server's order."""

    def __init__(self, model: LlamaModel, sampling: Sampling, end_bans: Biases) -> None:
        self._lib = model.library
        self._handle = self._lib.llama_sampler_chain_init(True)
        self._held_open = sampling.min_tokens if end_bans else 0
        # First, so that its place is known when it is taken out.
        self._add_biases(model, end_bans)
        self._add_biases(model, _with_bans(sampling.logit_bias))
        presence, frequency = sampling.presence_penalty or 0.0, sampling.frequency_penalty or 0.0
        if presence or frequency:
            self._add("penalties", model.size, _PENALTY_TOKENS, 1.0, frequency, presence)
        temperature = _or(sampling.temperature, TEMPERATURE)
        if temperature <= 0:
            self._add("greedy")
            return
        self._add("top_k", _or(sampling.top_k, TOP_K))
        self._add("top_p", _or(sampling.top_p, TOP_P), 1)
        self._add("min_p", _or(sampling.min_p, MIN_P), 1)
        self._add("temp", temperature)
        self._add("dist", _RANDOM_SEED if sampling.seed is None else sampling.seed & 0xFFFFFFFF)

    def sample(self, context: int, row: int) -> int:
        """Choose the token after a row of the last batch, for good."""
        token = int(self._lib.llama_sampler_sample(self._handle, context, row))
        self._count()
        return token

    def choose(self, array: TokenDataArray) -> tuple[int, float]:
        """Return a token of these candidates and its logit, -inf where all are ruled out."""
        self._lib.llama_sampler_apply(self._handle, ct.byref(array))
        chosen = array.data[array.selected]
        return chosen.id, chosen.logit

    def accept(self, token: int) -> None:
        """Take note that this token was chosen."""
        self._lib.llama_sampler_accept(self._handle, token)
        self._count()

    def close(self) -> None:
        """Free it."""
        self._lib.llama_sampler_free(self._handle)

    def _count(self) -> None:
        if self._held_open > 0:
            self._held_open -= 1
            if self._held_open == 0:
                ban = self._lib.llama_sampler_chain_remove(self._handle, 0)
                self._lib.llama_sampler_free(ban)

    def _add(self, kind: str, *arguments: object) -> None:
        made = getattr(self._lib, f"llama_sampler_init_{kind}")(*arguments)
        self._lib.llama_sampler_chain_add(self._handle, made)

    def _add_biases(self, model: LlamaModel, biases: Biases) -> None:
        if biases:
            array = (LogitBias * len(biases))(*(LogitBias(*bias) for bias in biases))
            self._add("logit_bias", model.size, len(biases), array)


class PlainSampler:
    """Chooses tokens and tells nothing else; see engine.decoder.Sampler."""

    def __init__(self, chain: Chain, context: int, can_sample: CanSample) -> None:
        self._chain = chain
        self._context = context
        self._can_sample = can_sample

    def sample(self, row: int) -> Sampled:
        """See Sampler.sample."""
        _check(self._can_sample, row)
        return Sampled(self._chain.sample(self._context, row), None)

    def close(self) -> None:
        """See Sampler.close."""
        self._chain.close()


class SeeingSampler:
    """Chooses tokens and looks at the candidates; see engine.decoder.Sampler."""

    def __init__(
        self,
        chain: Chain,
        candidates: Candidates,
        can_sample: CanSample,
        held: Held | None,
        probabilities: "Probabilities",
    ) -> None:
        self._chain = chain
        self._candidates = candidates
        self._can_sample = can_sample
        self._held = held
        self._probabilities = probabilities

    def sample(self, row: int) -> Sampled:
        """See Sampler.sample."""
        _check(self._can_sample, row)
        self._candidates.read(row)
        # What the model would write is nearly always allowed, and one token is soon checked.
        token, _ = self._chain.choose(self._candidates.all())
        if self._held is not None:
            if not self._held.allows(token):
                token = self._choose_other(self._held, token)
            self._held.accept(token)
        self._chain.accept(token)
        return Sampled(token, self._probabilities.of(token))

    def close(self) -> None:
        """See Sampler.close."""
        self._chain.close()
        if self._held is not None:
            self._held.close()

    def _choose_other(self, held: Held, token: int) -> int:
        if held.waiting:
            return self._choose_without(held, token)
        allowed = held.allowed()
        token, logit = self._chain.choose(self._candidates.only(allowed))
        # Where a bias bans all that the constraint leaves, the constraint holds.
        return max(allowed, key=self._candidates.logit) if logit == -math.inf else token

    def _choose_without(self, held: Held, token: int) -> int:
        """Choose another than one that begins the constraint's text wrongly, of which few exist."""
        refused = {token}
        while True:
            array = self._candidates.all()
            for other in refused:
                array.data[other].logit = -math.inf
            token, logit = self._chain.choose(array)
            if held.allows(token):
                return token
            if logit == -math.inf:
                raise EngineError("The schema leaves nothing to write.", "Simplify the schema.")
            refused.add(token)


class Probabilities:
    """The model's own probabilities, as they are before anything is penalized or ruled out.

    ``count`` is how many of the most probable tokens are told, None tells no probabilities.
    """

    def __init__(self, model: LlamaModel, candidates: Candidates, count: int | None) -> None:
        self._model = model
        self._candidates = candidates
        self._count = count

    def of(self, token: int) -> TokenLogprob | None:
        """Return the probability of the chosen token, and the most probable ones."""
        if self._count is None:
            return None
        best, log_sum = self._candidates.best(self._count)
        chosen = self._candidate(token, self._candidates.logit(token) - log_sum)
        top = (self._candidate(other, logit - log_sum) for other, logit in best)
        return TokenLogprob(chosen, tuple(top))

    def _candidate(self, token: int, logprob: float) -> Candidate:
        data = self._model.piece(token, special=True)
        return Candidate(data.decode("utf-8", "replace"), data, logprob)


def _check(can_sample: CanSample, row: int) -> None:
    if not can_sample(row):
        # The library would end the process.
        raise EngineError(f"Row {row} of the last batch was not one to sample after.")


def _with_bans(biases: Biases) -> Biases:
    return tuple((token, bias if bias > _BAN else -math.inf) for token, bias in biases)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
