"""What fits a model's context: budgets in tokens, the history to send, a window of lines."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.trigger import Span

# Source code has three to four characters a token in the vocabularies of current code models.
_BYTES_PER_TOKEN = 3.2


@dataclass(frozen=True, slots=True)
class Budget:
    """A model's ``context`` and the share of it that is kept for the ``answer``, in tokens."""

    context: int
    answer: int

    @property
    def prompt(self) -> int:
        """Return the tokens that a prompt may have; 0 where the answer takes the whole context."""
        return max(0, self.context - self.answer)


def estimate_tokens(text: str) -> int:
    """Return about how many tokens the text has; rather too many than too few.

    It is an estimate: one token for each 3.2 bytes of UTF-8, rounded up. That is 3.2 characters of
    ASCII, and about one of Chinese or Japanese, which have three bytes each.
    """
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def fit_history(
    turns: Sequence[Turn], budget_tokens: int, count: Callable[[str], int]
) -> tuple[Turn, ...]:
    """Return the newest turns, whole, whose questions and answers fit the budget.

    ``turns`` is the whole thread, oldest first, and ``count`` gives a text's tokens. What no longer
    fits is dropped by halves, and never only by what is too much: dropping a turn changes the
    beginning of the prompt, so that the engine must process all of it again. With every second half
    gone, many turns follow before that happens next. The thread is gone through as it grew, so that
    with the same budget each call keeps the beginning that the call before it kept.
    """
    sizes = [count(turn.question) + count(turn.answer) for turn in turns]
    return tuple(turns[first_fitting(sizes, budget_tokens) :])


def first_fitting(sizes: Sequence[int], budget_tokens: int) -> int:
    """Return the first of the sizes, oldest first, from which on all fit; see ``fit_history``."""
    first = total = 0
    for end, size in enumerate(sizes, start=1):
        total += size
        while total > budget_tokens:
            kept = first + math.ceil((end - first) / 2)
            total -= sum(sizes[first:kept])
            first = kept
    return first


def window(lines: Sequence[str], span: Span, around: int) -> Span:
    """Return ``span`` with ``around`` lines more on both sides, within ``lines``."""
    start = min(max(0, span.start - around), len(lines))
    return Span(start, max(start, min(len(lines), span.end + around)))
