"""Where the time of a turn went, stage by stage, and what is usual in a session."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from spark_desktop.domain.completion import Timing, Usage


class Stage(Enum):
    """What a turn waits for, in order.

    CONNECT is the opening of the connection, 0 where an open one was used; QUEUE the wait for the
    server's engine; PREFILL the reading of the prompt; DECODE the writing of the answer; PAINT the
    time from its first piece to the screen; APPLY the writing of accepted hunks.
    """

    CONNECT = "connect"
    QUEUE = "queue"
    PREFILL = "prefill"
    DECODE = "decode"
    PAINT = "paint"
    APPLY = "apply"


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """One turn; a stage that nobody measured is missing in ``seconds``, and never 0.

    ``is_emulated`` says that prefill and decode are those of other hardware, imitated; ``endpoint``
    is the title of who answered, "" for the local core, ``cost`` in US dollars, None for unknown.
    """

    id: str
    title: str
    model: str
    ended: datetime
    usage: Usage
    total: float
    seconds: Mapping[Stage, float] = field(default_factory=dict)
    is_emulated: bool = False
    endpoint: str = ""
    cost: float | None = None

    @property
    def tokens_per_second(self) -> float | None:
        """Return the tokens written by the server's seconds of decode; None where unknown."""
        decode = self.seconds.get(Stage.DECODE)
        return self.usage.completion_tokens / decode if decode else None

    @property
    def cached_share(self) -> float | None:
        """Return the share of the prompt that was reused, from 0 to 1; None without a prompt."""
        prompt = self.usage.prompt_tokens
        return self.usage.cached_tokens / prompt if prompt else None


def stages_of(timing: Timing) -> dict[Stage, float]:
    """Return the stages that were measured of an answer."""
    known = {
        Stage.CONNECT: timing.connect,
        Stage.QUEUE: timing.queue,
        Stage.PREFILL: timing.prefill,
        Stage.DECODE: timing.decode,
    }
    return {stage: seconds for stage, seconds in known.items() if seconds is not None}


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the value that ``share`` (0 to 1) of the values do not exceed; None of nothing.

    By nearest rank, so that it is always one of the values that were measured.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def usual(turns: Sequence[TurnTimes], stage: Stage | None, share: float) -> float | None:
    """Return a percentile of a stage (None: of the whole) over the turns that measured it.

    Emulated turns do not count: their times are other hardware's.
    """
    own = [turn for turn in turns if not turn.is_emulated]
    if stage is None:
        return percentile((turn.total for turn in own), share)
    return percentile((turn.seconds[stage] for turn in own if stage in turn.seconds), share)


_HEAD = ("ended", "turn", "model", "emulated", "prompt_tokens", "cached_tokens", "tokens")


def csv_of(turns: Iterable[TurnTimes]) -> str:
    """Return the turns as CSV with a heading; seconds, and nothing where nothing was measured."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_HEAD, *(f"{stage.value}_s" for stage in Stage), "total_s"))
    for turn in turns:
        usage = turn.usage
        writer.writerow(
            (
                *(turn.ended.isoformat(timespec="seconds"), _plain(turn.title), turn.model),
                "yes" if turn.is_emulated else "no",
                *(usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens),
                *(_seconds(turn.seconds.get(stage)) for stage in Stage),
                _seconds(turn.total),
            )
        )
    return out.getvalue()


def _plain(title: str) -> str:
    # A spreadsheet takes what begins so for a formula, and runs it.
    text = " ".join(title.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
