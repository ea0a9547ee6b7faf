"""What answers cost, and whether the user's budget has room for another one. No I/O."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.completion import Request, Usage
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.endpoints import RemoteModel
from spark_desktop.domain.truncation import prompt_text

_MILLION = 1_000_000
# From this share of a budget on the user is warned, unless they choose another.
WARN_AT = 0.8


def cost_of(usage: Usage, model: RemoteModel) -> float | None:
    """Return the US dollars that an answer cost; None where the model's price is not known."""
    price = model.price
    if price is None:
        return None
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    reused = price.input if price.cached is None else price.cached
    written = min(usage.written_tokens, usage.prompt_tokens - cached)
    kept = price.input if price.written is None else price.written
    dollars = (
        (usage.prompt_tokens - cached - written) * price.input
        + cached * reused
        + written * kept
        + usage.completion_tokens * price.output
    ) / _MILLION
    return dollars * price.fast if model.fast and price.fast is not None else dollars


def estimated_usage(request: Request, said: str) -> Usage:
    """Return about what a vendor charges for, where no server has counted it.

    That is so for an answer that was stopped, broke off, or began later than another one. Nothing
    is taken for reused: rather too much is counted against a budget than too little.
    """
    return Usage(estimate_tokens(prompt_text(request)), estimate_tokens(said))


class Verdict(Enum):
    """What a budget says to one more answer."""

    FINE = "fine"
    NEAR = "near"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Budget:
    """US dollars for a calendar month; 0 for no limit. ``stops``: none is asked beyond it.

    ``warn_at`` is the share of it, from 0 to 1, from which on the user is warned.
    """

    month: float = 0.0
    stops: bool = False
    warn_at: float = WARN_AT

    def verdict(self, spent: float) -> Verdict:
        """Return how ``spent`` dollars of this month stand to it."""
        if self.month <= 0 or spent < self.warn_at * self.month:
            return Verdict.FINE
        return Verdict.NEAR if spent < self.month else Verdict.SPENT
