"""Speculative decoding from text: which tokens to try, and how many.

A draft is worked through in one batch with the token before it, and what the model would not have
written is thrown away, so that drafts change the speed and never the answer. They come from the
predicted text, and where the answer has left that, from what the prompt and the answer say after
the same three tokens.

Whether a draft pays depends on the machine: a batch of nine rows may cost twice or five times what
one row costs. So the costs are measured while it runs, and the length is the one with the most
expected tokens per second. The chance that a draft goes on being right is learned from every token,
also where nothing was drafted, so finding out costs nothing. And accounts are kept: what all drafts
of an answer cost more than they gain stays within a few hundredths of the answer's time, whatever
the predicted text is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

# What has to agree before the text after it is taken for what comes next.
_GRAM = 3

# Longer drafts gain nothing even where all of it is right: a batch of 16 to 32 rows is as fast per
# token as any.
LONGEST = 32

# A draft must promise this much more than going without: costs and chances are estimates.
_MARGIN = 1.05

# What all drafts of an answer together may cost more than they gain: this share of the time that
# the answer takes without any, taken for as long as the prediction until it is longer.
_ALLOWED = 0.03

# The same in tokens, where that share is less: no draft of a short answer could begin otherwise.
_ALLOWED_AT_LEAST = 3.0

# How much of what makes a length seem dearer than first thought is forgotten at each plain step:
# half of it in 140. A busy minute must not keep an engine from drafting for the rest of its days,
# and a length that truly is dear is tried in vain now and then, within the accounts below.
_FORGET = 0.005

# How fast the chance follows what is seen; one refusal takes a sixth of it.
_LEARN = 0.15
_PREDICTED_CHANCE = 0.85
_REPEATED_CHANCE = 0.4


class StepCosts:
    """Milliseconds of one step by its number of rows, learned while the engine runs."""

    # The ratio to one row, before anything is known: two AVX2 cores, 0.5B q4_k_m. Few rows are
    # dearest per row: the engine's fast kernels begin at eight or sixteen.
    _ASSUMED = ((1, 1.0), (2, 1.9), (4, 3.1), (8, 4.7), (16, 6.3), (24, 9.5), (33, 12.5))

    def __init__(self, measured: Sequence[tuple[int, float]] = ()) -> None:
        self._known: dict[int, float] = dict(measured)
        self._first: dict[int, float] = dict(measured)

    def note(self, rows: int, ms: float) -> None:
        """Learn from a step; steps with the same number of rows are averaged.

        What was learned of the other lengths goes back towards what was first thought of them.
        """
        if rows == 1:
            self._forget()
        if not self._known:
            self._known[rows] = ms
            return
        before = self._known.get(rows)
        if before is None:
            # A length that seems dear is not tried again, so one pause must not make it so.
            self._known[rows] = min(ms, 1.5 * self.ms(rows))
            return
        # A pause of the machine is no property of the batch: what is far off counts less.
        weight = 0.2 if ms < 2 * before else 0.02
        self._known[rows] = before + weight * (ms - before)

    def _forget(self) -> None:
        plain = self._known.get(1)
        if plain is None:
            return
        for rows, known in self._known.items():
            first = plain * self._at_first(rows)
            if known > first:
                self._known[rows] = known + _FORGET * (first - known)

    def _at_first(self, rows: int) -> float:
        """Return what so many rows cost in steps of one row, as far as it was known at first."""
        if rows in self._first and 1 in self._first:
            return self._first[rows] / self._first[1]
        return self._assumed(rows)

    def ms(self, rows: int) -> float:
        """Return the expected cost: measured, else between its neighbours, else as assumed."""
        if rows in self._known:
            return self._known[rows]
        below = max((n for n in self._known if n < rows), default=None)
        above = min((n for n in self._known if n > rows), default=None)
        if below is not None and above is not None:
            share = (rows - below) / (above - below)
            return self._known[below] + share * (self._known[above] - self._known[below])
        near = below if below is not None else above
        if near is None:
            return self._assumed(rows)
        return self._known[near] * self._assumed(rows) / self._assumed(near)

    def _assumed(self, rows: int) -> float:
        for (low, cost), (high, more) in zip(self._ASSUMED, self._ASSUMED[1:], strict=False):
            if rows <= high:
                return cost + (more - cost) * (max(rows, low) - low) / (high - low)
        last, cost = self._ASSUMED[-1]
        return cost * rows / last

    def extra(self, length: int) -> float:
        """Return what a step with a draft costs more than one without, in steps without."""
        return self.ms(length + 1) / self.ms(1) - 1

    def best_length(self, chance: float, most: int, allowed: float = math.inf) -> int:
        """Return the draft length with the most expected tokens per second, 0 for none.

        With a chance p that each next token is right, a draft of k gives 1 + p + … + p^k tokens.
        ``allowed`` is how many steps may be lost if all of it is wrong.
        """
        best, best_rate, expected, power = 0, _MARGIN / self.ms(1), 1.0, 1.0
        for length in range(1, most + 1):
            power *= chance
            expected += power
            rate = expected / self.ms(length + 1)
            if rate > best_rate and self.extra(length) <= allowed:
                best, best_rate = length, rate
        return best


@dataclass(slots=True)
class _Source:
    """Text that may come again; ``at`` is where in it the answer is, None for nowhere."""

    chance: float
    tokens: list[int] = field(default_factory=list)
    at: int | None = None
    places: dict[tuple[int, ...], list[int]] = field(default_factory=dict)

    def extend(self, tokens: Sequence[int]) -> None:
        """Add text at the end."""
        for token in tokens:
            self.tokens.append(token)
            if len(self.tokens) >= _GRAM:
                gram = tuple(self.tokens[-_GRAM:])
                self.places.setdefault(gram, []).append(len(self.tokens))

    def expected(self) -> int | None:
        """Return the token that comes next if the answer goes on like this text."""
        return self.tokens[self.at] if self.at is not None and self.at < len(self.tokens) else None

    def follow(self, token: int) -> None:
        """Learn whether the expectation was right; a wrong one loses the place."""
        expected = self.expected()
        if expected is None:
            self.at = None
        elif expected == token:
            self.at = (self.at or 0) + 1
            self.chance += _LEARN * (1 - self.chance)
        else:
            self.chance -= _LEARN * self.chance
            self.at = None

    def find(self, recent: tuple[int, ...], near: int, forward: bool) -> None:
        """Look for the place after the last tokens of the answer.

        ``forward``: the first one from ``near`` on, for an edit goes through its text in order;
        else the last one, for what was written last is repeated first.
        """
        places = self.places.get(recent)
        if not places:
            return
        if forward:
            self.at = next((place for place in places if place >= near), places[-1])
        else:
            self.at = places[-1]


class Drafter:
    """The drafts of one answer."""

    def __init__(self, prompt: Sequence[int], prediction: Sequence[int], costs: StepCosts) -> None:
        self._costs = costs
        self._predicted = _Source(_PREDICTED_CHANCE, at=0)
        self._predicted.extend(prediction)
        self._repeated = _Source(_REPEATED_CHANCE)
        self._repeated.extend(prompt)
        self._near = 0
        self._recent: tuple[int, ...] = ()
        self._observed = 0
        self._gained = 0.0
        self._expected = len(prediction)

    def settle(self, drafted: int, right: int) -> None:
        """Take note of how many drafted tokens were right."""
        if drafted:
            self._gained += right - self._costs.extra(drafted)

    def observe(self, token: int) -> None:
        """Take note of the next token of the answer."""
        self._observed += 1
        self._recent = (*self._recent, token)[-_GRAM:]
        self._predicted.follow(token)
        self._repeated.follow(token)
        if self._predicted.at is not None:
            self._near = self._predicted.at
        elif len(self._recent) == _GRAM:
            self._predicted.find(self._recent, self._near, forward=True)
        if self._repeated.at is None and len(self._recent) == _GRAM:
            self._repeated.find(self._recent, 0, forward=False)
        self._repeated.extend((token,))

    def draft(self, most: int) -> list[int]:
        """Return the tokens to try after the last one of the answer, at most ``most``."""
        share = _ALLOWED * max(self._expected, self._observed)
        allowed = self._gained + max(_ALLOWED_AT_LEAST, share)
        for source in (self._predicted, self._repeated):
            if source.at is None or source.expected() is None:
                continue
            room = min(most, LONGEST, len(source.tokens) - source.at)
            length = self._costs.best_length(source.chance, room, allowed)
            return source.tokens[source.at : source.at + length]
        return []
