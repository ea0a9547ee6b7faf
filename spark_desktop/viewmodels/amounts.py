"""Numbers as the interface writes them: rounded, with their unit."""

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from spark_desktop.domain.completion import Usage
from spark_desktop.viewmodels.translation import number_text, tr

# As wide as a plus sign in most fonts, unlike a hyphen.
MINUS = "\u2212"


def bytes_text(count: float) -> str:
    """Return bytes in decimal units: 397.8 MB."""
    if count < 999.5:
        return tr("{size:.0f} B", size=count)
    if count < 999_500:
        return tr("{size:.1f} kB", size=count / 1000)
    if count < 999_500_000:
        return tr("{size:.1f} MB", size=count / 1_000_000)
    return tr("{size:.2f} GB", size=count / 1_000_000_000)


def duration_text(seconds: float) -> str:
    """Return a duration: 310 ms, 4.2 s, 2 min."""
    if seconds < 0.9995:
        return tr("{ms:.0f} ms", ms=seconds * 1000)
    if seconds < 59.95:
        return tr("{seconds:.1f} s", seconds=seconds)
    return tr("{minutes:.0f} min", minutes=seconds / 60)


def left_text(seconds: float | None) -> str:
    """Return the time that is left of something: "about 2 min left"; empty while unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        return tr("about {left} s left", left=max(1, round(seconds)))
    return tr("about {seconds} min left", seconds=round(seconds / 60))


def tokens_text(count: int) -> str:
    """Return a number of tokens: 812, 3.1k, 32k."""
    if count < 1000:
        return str(count)
    if count < 9950:
        return tr("{thousands:.1f}k", thousands=count / 1000)
    return tr("{thousands:,.0f}k", thousands=count / 1000)


def rate_of(pieces: int, seconds: float) -> float | None:
    """Return pieces per second, where ``seconds`` have passed since the first of them.

    None before the second piece: the first one took no time that is known.
    """
    return (pieces - 1) / seconds if pieces > 1 and seconds > 0 else None


def money_text(dollars: float) -> str:
    """Return US dollars: $0.0042, $1.30."""
    if 0 < dollars < 0.995:
        return tr("${dollars:.4f}", dollars=dollars)
    return tr("${dollars:.2f}", dollars=dollars)


def answered_text(endpoint: str, model: str, cost: float | None) -> str:
    """Return who gave an answer and what it cost; empty for one of the local core."""
    if not endpoint:
        return ""
    price = "" if cost is None else money_text(cost)
    return " · ".join(part for part in (endpoint, model, price) if part)


def cached_text(usage: Usage | None) -> str:
    """Return how much of a prompt was not worked through again; empty where none was, or nobody
    knows."""
    if usage is None or usage.cached_tokens <= 0 or usage.prompt_tokens <= 0:
        return ""
    return tr(
        "{cached} of {prompt} prompt tokens from the cache",
        cached=number_text(min(usage.cached_tokens, usage.prompt_tokens), ","),
        prompt=number_text(usage.prompt_tokens, ","),
    )


def percent_text(share: float) -> str:
    """Return a share from 0 to 1 in percent."""
    return tr("{percent:.0f} %", percent=share * 100)


def moment_text(moment: datetime) -> str:
    """Return day and time as short as the user's language writes them."""
    day = QDate(moment.year, moment.month, moment.day)
    shown = QDateTime(day, QTime(moment.hour, moment.minute))
    return QLocale().toString(shown, QLocale.FormatType.ShortFormat)


def age_text(then: datetime, now: datetime) -> str:
    """Return how long ago something was: now, 2 min, 3 h, 2 d."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < 60:
        return tr("now")
    if seconds < 3600:
        return tr("{minutes:.0f} min", minutes=seconds // 60)
    if seconds < 86400:
        return tr("{hours:.0f} h", hours=seconds // 3600)
    return tr("{days:.0f} d", days=seconds // 86400)
