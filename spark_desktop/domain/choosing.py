"""Which of several answers is shown, and when none is sure enough. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer that passed its checks: its shape, and how sure the model was of it.

    ``likelihood`` is the mean logarithm of its tokens' probabilities, None where nobody told.
    """

    shape: str
    likelihood: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The place of the chosen vote, and how many of all ``asked`` answers agree with it."""

    place: int
    agreeing: int
    asked: int


def chosen(votes: Sequence[Vote], asked: int) -> Choice:
    """Return the answer that most others agree with, the likelier of two, else the first.

    ``asked`` counts those that failed their checks as well: they agree with nothing.
    """
    counts = Counter(vote.shape for vote in votes)

    def rank(place: int) -> tuple[int, float, int]:
        vote = votes[place]
        likelihood = vote.likelihood if vote.likelihood is not None else float("-inf")
        return counts[vote.shape], likelihood, -place

    place = max(range(len(votes)), key=rank)
    return Choice(place, counts[votes[place].shape], asked)
