"""From answers as a client saw them to a profile; pure."""

import json
import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inference_core.pacing.errors import MeasuringError
from inference_core.pacing.figures import Absent, Figure, Kind, Stated
from inference_core.pacing.profile import FIGURES

_FEWEST_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Observed:
    """One streamed answer: tokens, and seconds since the request was sent.

    ``arrivals`` are the moments at which text came, each with the number of tokens in it.
    """

    prompt_tokens: int
    cached_tokens: int
    arrivals: tuple[tuple[float, int], ...]

    @property
    def first_token_s(self) -> float:
        """Return when the first text came."""
        return self.arrivals[0][0]

    @property
    def tokens(self) -> int:
        """Return how many tokens came."""
        return sum(tokens for _, tokens in self.arrivals)

    @property
    def decode_tps(self) -> float:
        """Return tokens per second from the first arrival to the last."""
        later = self.tokens - self.arrivals[0][1]
        return later / (self.arrivals[-1][0] - self.arrivals[0][0])

    @property
    def is_usable(self) -> bool:
        """Return whether it is long enough for a rate."""
        return (
            len(self.arrivals) > 1
            and self.tokens >= _FEWEST_TOKENS
            and self.arrivals[-1][0] > self.arrivals[0][0]
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What was measured, and when (``2026-11-30``)."""

    id: str
    title: str
    hardware: str
    model: str
    source: str
    date: str


def fit_profile(observed: Sequence[Observed], subject: Subject) -> str:
    """Return a profile as the text of a TOML file, every figure of the kind ``measured``.

    The decode rate is the median of the answers'; the first token is a line over the prompt tokens
    that were not cached, by least squares; the error of each is the worst answer's. What cannot be
    seen from outside is absent, and says why. Raises MeasuringError without two usable answers.
    """
    usable = [answer for answer in observed if answer.is_usable]
    if len(usable) < 2:
        raise MeasuringError(
            f"Only {len(usable)} of {len(observed)} answers were long enough to be measured.",
            f"Ask for more: at least two answers of {_FEWEST_TOKENS} tokens are needed.",
        )
    stated = _stated(usable, subject)
    lines = [f"# {_plain(subject.title)}: fitted to {len(usable)} answers.", ""]
    for key in ("id", "title", "hardware", "model"):
        lines.append(f"{key} = {_text(getattr(subject, key))}")
    for key in FIGURES:
        lines += ["", f"[{key}]", *_figure_lines(stated[key])]
    lines += ["", "[derivation]", 'absent = "Measured from outside: the machine is not known."', ""]
    return "\n".join(lines)


def _stated(usable: list[Observed], subject: Subject) -> dict[str, Stated]:
    def measured(value: float, error: float | None = None) -> Figure:
        return Figure(value, subject.source, subject.date, Kind.MEASURED, error)

    rates = [answer.decode_tps for answer in usable]
    rate = statistics.median(rates)
    fixed, each, first_error = first_token_line(usable)
    together = sum(a.tokens for a in usable) / sum(len(a.arrivals) for a in usable)
    price = Absent("A price cannot be measured; fill it in by hand.")
    return {
        "decode_tps": measured(rate, max(abs(other / rate - 1) for other in rates)),
        "first_token_s": measured(fixed, first_error),
        "per_prompt_token_s": measured(each, first_error),
        "decode_context": measured(
            round(statistics.mean(a.prompt_tokens + a.tokens / 2 for a in usable))
        ),
        "slowdown_per_token": Absent("The contexts asked for were too alike to show it."),
        "jitter": measured(min(1.0, relative_jitter(usable))),
        "accepted_per_step": Absent("Cannot be told from tokens that are sent together."),
        "tokens_per_chunk": measured(max(1, round(together))),
        "queue_s": Absent("Part of the first token's time."),
        "queue_per_request_s": Absent("One request at a time was asked."),
        "context": Absent("Not told by the endpoint."),
        "price_in": price,
        "price_cached": price,
        "price_out": price,
    }


def first_token_line(answers: Sequence[Observed]) -> tuple[float, float, float]:
    """Return seconds, seconds per uncached prompt token, and the largest relative error.

    Least squares; where a slope below zero would come out (noise), the time is one mean.
    """
    tokens = [float(a.prompt_tokens - a.cached_tokens) for a in answers]
    times = [a.first_token_s for a in answers]
    slope = 0.0
    if max(tokens) > min(tokens):
        slope = max(0.0, statistics.linear_regression(tokens, times).slope)
    fixed = statistics.mean(times) - slope * statistics.mean(tokens)
    if fixed < 0:
        # Through the origin: a time below zero for an empty prompt is no figure.
        fixed, slope = 0.0, sum(map(_product, tokens, times)) / sum(n * n for n in tokens)
    error = max(
        abs((fixed + slope * count) / time - 1)
        for count, time in zip(tokens, times, strict=True)
        if time > 0
    )
    return fixed, slope, error


def relative_jitter(answers: Sequence[Observed]) -> float:
    """Return the deviation of the time per token between arrivals, relative to its mean.

    The median of the answers', so that one stall of the network does not make it.
    """
    found = []
    for answer in answers:
        gaps = [
            (later - earlier) / tokens
            for (earlier, _), (later, tokens) in pairwise(answer.arrivals)
            if tokens
        ]
        mean = statistics.mean(gaps) if gaps else 0.0
        if mean > 0:
            found.append(statistics.pstdev(gaps) / mean)
    return statistics.median(found) if found else 0.0


def profile_id(model: str) -> str:
    """Return an id for a measured model, such as ``measured-qwen2.5-coder``."""
    word = re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-.")
    return f"measured-{word or 'model'}"[:64].rstrip("-.")


def _product(one: float, other: float) -> float:
    return one * other


def _figure_lines(stated: Stated) -> list[str]:
    if isinstance(stated, Absent):
        return [f"absent = {_text(stated.reason)}"]
    lines = [
        f"value = {_number(stated.value)}",
        f"source = {_text(stated.source)}",
        f"date = {_text(stated.date)}",
        f"kind = {_text(stated.kind)}",
    ]
    if stated.error is not None:
        lines.append(f"error = {_number(min(stated.error, 10.0))}")
    return lines


def _number(value: float) -> str:
    """Return four significant digits, which is more than a measurement has."""
    if value == 0:
        return "0"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 12)}f}"


def _text(value: str) -> str:
    """Return a TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in value)
