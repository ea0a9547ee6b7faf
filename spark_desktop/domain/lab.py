"""What a session's answers took, and what they would take and cost on other hardware."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.lab_profile import Profile
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.words import say

_MILLION = 1_000_000

# What a model was asked, and answered with counts.
Asked = Turn | ProposalFigures


class Pace(Enum):
    """Whose times a line of the report adds up; the three are never mixed."""

    PROFILE = "profile"
    MEASURED = "measured"
    EMULATED = "emulated"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: ``waiting`` in seconds, ``price`` in US$, over ``answers`` answers.

    None is what is not known: a price that nobody published, a time that nobody measured.
    ``too_long`` counts answers that with their prompt exceed the profile's context.
    """

    id: str
    title: str
    pace: Pace
    kind: str
    answers: int
    waiting: float | None
    price: float | None
    too_long: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """``usage`` adds up the counted ``answers``; ``left_out`` have no counts and are in no line.

    ``proposals`` of the answers are those that wrote code for the review.
    """

    answers: int
    left_out: int
    usage: Usage
    lines: tuple[Line, ...]
    proposals: int = 0


class Column(Enum):
    """What the lines can be sorted by."""

    TITLE = "title"
    KIND = "kind"
    ANSWERS = "answers"
    WAITING = "waiting"
    PRICE = "price"


def waiting_time(profile: Profile, usage: Usage) -> float:
    """Return the seconds from the request to the last token under a profile.

    first_token_s + per_prompt_token_s * (in - cached) + (out - 1) / decode_tps: the first token
    comes with the prompt's end, each further one after a step of decoding.
    """
    fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
    steps = max(0, usage.completion_tokens - 1)
    prefill = profile.first_token_s + profile.per_prompt_token_s * fresh
    return prefill + steps / profile.decode_tps


def price(profile: Profile, usage: Usage) -> float | None:
    """Return what an answer costs under a profile, in US$; None where that is not published.

    Without a published price for cached tokens they cost what the others do.
    """
    if profile.price_in is None or profile.price_out is None:
        return None
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    cached_price = profile.price_in if profile.price_cached is None else profile.price_cached
    total = (usage.prompt_tokens - cached) * profile.price_in
    total += cached * cached_price + usage.completion_tokens * profile.price_out
    return total / _MILLION


def report_of(
    turns: Iterable[Turn],
    profiles: Sequence[Profile],
    proposals: Sequence[ProposalFigures] = (),
) -> Report:
    """Return what turns and proposals took, and would take under each profile.

    Turns without counts, which broke off or were stopped, are left out of every line.
    """
    asked = tuple(turns)
    turned = [turn for turn in asked if turn.usage is not None]
    counted: list[Asked] = [*turned, *proposals]
    usages = [each.usage for each in counted if each.usage is not None]
    lines = [*_recorded(counted), *(_imagined(profile, usages) for profile in profiles)]
    left_out = len(asked) - len(turned)
    return Report(len(usages), left_out, _sum(usages), tuple(lines), len(proposals))


def sorted_lines(
    lines: Iterable[Line], column: Column, descending: bool = False
) -> tuple[Line, ...]:
    """Return the lines by a column; those without a value stay last either way."""
    known: list[Line] = []
    unknown: list[Line] = []
    for line in lines:
        (unknown if _value(line, column) is None else known).append(line)
    known.sort(key=lambda line: _key(line, column), reverse=descending)
    return (*known, *unknown)


def _recorded(turns: Sequence[Asked]) -> Iterable[Line]:
    measured = [turn for turn in turns if turn.emulation is None]
    emulated = [turn for turn in turns if turn.emulation is not None]
    yield _as_recorded("measured", say("As measured"), Pace.MEASURED, measured)
    if emulated:
        yield _as_recorded("emulated", say("As emulated"), Pace.EMULATED, emulated)


def _as_recorded(name: str, title: str, pace: Pace, turns: Sequence[Asked]) -> Line:
    times = [turn.timing.total for turn in turns if turn.timing is not None]
    return Line(name, title, pace, pace.value, len(times), sum(times) if times else None, None)


def _imagined(profile: Profile, usages: Sequence[Usage]) -> Line:
    prices = [price(profile, usage) for usage in usages]
    known = [found for found in prices if found is not None]
    context = profile.context
    too_long = sum(
        context is not None and usage.prompt_tokens + usage.completion_tokens > context
        for usage in usages
    )
    return Line(
        id=profile.id,
        title=profile.title,
        pace=Pace.PROFILE,
        kind=profile.kind,
        answers=len(usages),
        waiting=sum(waiting_time(profile, usage) for usage in usages) if usages else None,
        price=sum(known) if usages and len(known) == len(usages) else None,
        too_long=too_long,
    )


def _sum(usages: Iterable[Usage]) -> Usage:
    prompt = completion = cached = 0
    for usage in usages:
        prompt += usage.prompt_tokens
        completion += usage.completion_tokens
        cached += usage.cached_tokens
    return Usage(prompt, completion, cached)


def _value(line: Line, column: Column) -> str | float | None:
    value: str | float | None = getattr(line, column.value)
    return value


def _key(line: Line, column: Column) -> tuple[str, float]:
    value = _value(line, column)
    if isinstance(value, str):
        return value.casefold(), 0.0
    return "", float(value or 0.0)
