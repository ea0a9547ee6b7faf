"""When the tokens of one answer are released: deterministic for a profile, a request and a seed."""

import math
from collections.abc import Iterator
from random import Random

from inference_core.pacing.figures import value_or
from inference_core.pacing.profile import Profile, Shape

# A step's deviation on the early side, in steps: below one half, steps keep their order.
_EARLIEST = -0.45
# Tokens of a predicted text that are tried in one step.
DRAFT = 16

# On the late side a long tail may pass several steps, which then come with it.
_LATEST = 4.0


class Schedule:
    """The offsets, in seconds from the request's arrival, at which tokens are released.

    The tokens need not be known beforehand: ``next_release`` is asked for each as it comes. The
    same arguments give the same offsets.

    Steps lie on a grid whose spacing is the profile's mean, grown with the context. Each deviates
    from its own place on the grid, never from the step before: deviations do not add up, and the
    mean rate stays exact however long the answer is. The same holds for the tokens of a step where
    speculation yields several: what one step has too many, the next ones have less.
    """

    def __init__(
        self,
        profile: Profile,
        prompt_tokens: int,
        cached_tokens: int = 0,
        *,
        seed: int = 0,
        running: int = 0,
    ) -> None:
        """Begin an answer.

        ``running`` is how many other answers are being made as it arrives. Raises ValueError where
        a number is negative, or more tokens are cached than the prompt has.
        """
        if min(prompt_tokens, cached_tokens, running) < 0 or cached_tokens > prompt_tokens:
            raise ValueError(
                f"prompt_tokens {prompt_tokens}, cached_tokens {cached_tokens} and running "
                f"{running} must not be negative, nor more be cached than the prompt has"
            )
        self.profile = profile
        self.prompt_tokens = prompt_tokens
        self.cached_tokens = cached_tokens
        self.seed = seed
        self.running = running
        self.queue_s = profile.wait_s(running)
        self.prompt_s = profile.prompt_s(prompt_tokens - cached_tokens)
        self._grid = self.queue_s + self.prompt_s
        self._offset = self._grid
        self._random = Random(seed)
        # The time between two steps has both their deviations in it, hence the square root.
        self._deviation = value_or(profile.jitter, 0.0) / math.sqrt(2)
        # A step's length is linear in the context; at 5,000 tokens/s the sums are worth keeping.
        self._step_0 = profile.step_s(0)
        self._step_grows = profile.step_s(1) - self._step_0
        self._chunk_tokens = profile.chunk_tokens
        self._mean_yield = value_or(profile.accepted_per_step, 1.0)
        # How many tokens the steps so far should have yielded and did not.
        self._debt = 0.0
        # How many more tokens come with the step that is open.
        self._left = 1
        # How many predicted tokens the open step has confirmed so far.
        self._run = 0
        self.tokens = 0

    @property
    def first_token_s(self) -> float:
        """Return the offset of the first token: the wait in the queue and the prompt."""
        return self.queue_s + self.prompt_s

    @property
    def step_open(self) -> bool:
        """Return whether the next token comes with the same step as the last one."""
        return self._left > 0

    def next_release(self, tokens: int = 1, accepted: int = 0) -> float:
        """Return the offset at which the next ``tokens`` are released; it never falls.

        ``accepted`` of them were predicted by the client and confirmed by the model: those that
        follow on each other, also over several calls, cost one step for every ``DRAFT`` of them.
        The others cost what the profile says. Raises ValueError where ``tokens`` is below 1 or
        ``accepted`` not from 0 to ``tokens``.
        """
        if tokens < 1 or not 0 <= accepted <= tokens:
            raise ValueError(f"cannot release {tokens} tokens, {accepted} of them accepted")
        if tokens == 1 and not accepted:
            self._one()
            return self._offset
        for _ in range(accepted):
            if self._run == 0 and self.tokens:
                self._open_step()
            self._run = (self._run + 1) % DRAFT
            self.tokens += 1
        if accepted:
            # What the step before would still have yielded is lost: its draft was another one.
            self._left = 0
        for _ in range(tokens - accepted):
            self._one()
        return self._offset

    def releases(self, tokens: int) -> list[tuple[float, int]]:
        """Return offset and number of tokens of each chunk of an answer with so many tokens.

        It is the whole answer from its first token, whatever this schedule has released so far.
        """
        return list(self._chunks(tokens))

    def _chunks(self, tokens: int) -> Iterator[tuple[float, int]]:
        fresh = Schedule(
            self.profile,
            self.prompt_tokens,
            self.cached_tokens,
            seed=self.seed,
            running=self.running,
        )
        waiting, offset = 0, fresh.first_token_s
        for _ in range(tokens):
            offset = fresh.next_release()
            waiting += 1
            if fresh.ends_chunk(waiting):
                yield offset, waiting
                waiting = 0
        if waiting:
            yield offset, waiting

    def ends_chunk(self, waiting: int) -> bool:
        """Return whether ``waiting`` tokens, the last of them just released, go out as a chunk.

        The first token goes by itself; then as many go together as the profile says, and what one
        step yields is never torn apart.
        """
        first = self.tokens <= waiting
        return first or (waiting >= self._chunk_tokens and not self.step_open)

    def _one(self) -> None:
        self._run = 0
        if not self._left:
            self._open_step()
            self._left = 1 if self._mean_yield == 1 else self._yield()
        self._left -= 1
        self.tokens += 1

    def _open_step(self) -> None:
        step = self._step_0 + self._step_grows * (self.prompt_tokens + self.tokens)
        self._grid += step
        moment = self._grid + step * self._jitter() if self._deviation else self._grid
        if moment > self._offset:
            self._offset = moment

    def _jitter(self) -> float:
        """Return a deviation from the grid, in steps, with a mean near zero."""
        each = self._deviation
        match self.profile.jitter_shape:
            case Shape.NORMAL:
                drawn = self._random.gauss(0.0, each)
            case Shape.UNIFORM:
                drawn = self._random.uniform(-each, each) * math.sqrt(3)
            case Shape.LOGNORMAL:
                variance = math.log1p(each * each)
                drawn = self._random.lognormvariate(-variance / 2, math.sqrt(variance)) - 1
        return min(max(drawn, _EARLIEST), _LATEST)

    def _yield(self) -> int:
        """Return how many tokens a step yields: uniform around the mean and what is owed.

        So after any step nothing is owed on average.
        """
        wanted = max(1.0, self._mean_yield + self._debt)
        drawn = max(1, round(self._random.uniform(0.5, 2 * wanted - 0.5)))
        self._debt += self._mean_yield - drawn
        return drawn
