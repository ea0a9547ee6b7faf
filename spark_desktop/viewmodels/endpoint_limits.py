"""What is left of an account's limits, as bars."""

from collections.abc import Callable
from dataclasses import dataclass

from spark_desktop.domain.rate_limits import Level
from spark_desktop.viewmodels.amounts import duration_text
from spark_desktop.viewmodels.translation import tr


@dataclass(frozen=True, slots=True)
class LimitBar:
    """One of an account's limits: how much of it is left, from 0 to 1, and in words."""

    name: str
    share: float
    text: str
    tip: str


def limit_bars(levels: tuple[Level, ...], now: float) -> tuple[LimitBar, ...]:
    """Return a bar for each limit whose size the last answers told."""
    bars = (_limit_bar(level, now) for level in levels)
    return tuple(bar for bar in bars if bar is not None)


def _limit_bar(level: Level, now: float) -> LimitBar | None:
    limit, left = level.bucket.limit, level.remaining(now)
    if not limit or left is None:
        return None
    seconds = level.seconds_left(now)
    told = tr("{left:,} of {limit:,} left", left=left, limit=limit)
    if seconds:
        told = tr("{told}, full again in {time}", told=told, time=duration_text(seconds))
    tip = tr(
        "The server said so {time} ago, with its last answer.",
        time=duration_text(max(0.0, now - level.told)),
    )
    return LimitBar(_limit_name(level.bucket.name), min(1.0, left / limit), told, tip)


def _limit_name(name: str) -> str:
    what = tr("Tokens") if "tokens" in name else tr("Requests")
    for sign, span in _SPANS.items():
        if sign in name:
            return tr("{what} {span}", what=what, span=span())
    return what


_SPANS: dict[str, Callable[[], str]] = {
    "minute": lambda: tr("a minute"),
    "hour": lambda: tr("an hour"),
    "day": lambda: tr("a day"),
}
