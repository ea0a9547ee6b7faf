"""Where the time of this session's turns went."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.completion import Timing
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ProposalChanged,
    ProposalStreamed,
    TurnChanged,
    TurnStreamed,
)
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.stage_times import Stage, TurnTimes, csv_of, stages_of, usual
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import duration_text, money_text, percent_text
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, number_text, tr

# Turns that are kept; an afternoon of them.
_MOST = 1000


class Exports(Protocol):
    """Writes files where the user wants them."""

    async def export(self, path: Path, data: bytes) -> None:
        """Write a file. Raises FileError."""
        ...


@dataclass(frozen=True, slots=True)
class TimesRow:
    """One turn as it is shown; ``stages`` are its seconds, for the bar."""

    title: str
    total: str
    speed: str
    cached: str
    cost: str
    tip: str
    stages: tuple[tuple[Stage, float], ...]
    is_emulated: bool


@dataclass(slots=True)
class _Paint:
    """A stream's first piece on its way to the screen."""

    since: float
    is_awaited: bool = False
    seconds: float | None = None


class TimesViewModel(QObject):
    """``changed`` says that the rows are others.

    ``paint_awaited`` says that the next repaint of the window shows a first piece; whoever repaints
    calls ``painted`` when that is done. ``clock`` gives seconds that never go back.
    """

    changed = Signal()
    paint_awaited = Signal()

    def __init__(
        self,
        bus: Bus,
        exports: Exports,
        scope: TaskScope,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._exports = exports
        self._scope = scope
        self._now, self._clock = now, clock
        self._turns: dict[str, TurnTimes] = {}
        self._known: dict[str, Timing] = {}
        self._paths: dict[str, str] = {}
        self._paints: dict[str, _Paint] = {}
        self._notice: Notice | None = None
        # The views draw a stream's pieces at this pace; its frame is theirs.
        self._frames = Frames(self)
        self._frames.frame.connect(self._on_frame)
        bus.subscribe(TurnStreamed, lambda event: self._on_piece(event.turn_id))
        bus.subscribe(ProposalStreamed, lambda event: self._on_piece(event.proposal_id))
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(ChangeApplied, self._on_applied)

    @property
    def turns(self) -> tuple[TurnTimes, ...]:
        """Return the session's turns, the newest first."""
        return tuple(reversed(self._turns.values()))

    @property
    def rows(self) -> tuple[TimesRow, ...]:
        """Return the turns as they are shown, the newest first."""
        return tuple(_row(turn) for turn in self.turns)

    @property
    def sums(self) -> tuple[tuple[str, str, str], ...]:
        """Return a line a stage and one for the whole: its name, p50 and p95."""
        turns = self.turns
        stages: tuple[Stage | None, ...] = (*Stage, None)
        return tuple(
            (
                tr("whole turn") if stage is None else stage_text(stage),
                _amount(usual(turns, stage, 0.5)),
                _amount(usual(turns, stage, 0.95)),
            )
            for stage in stages
        )

    @property
    def notice(self) -> Notice | None:
        """Return what happened last, or that there is nothing yet."""
        if self._notice is None and not self._turns:
            return Notice(tr("No turn ended yet in this session."), Tone.MUTED)
        return self._notice

    def painted(self) -> None:
        """Take it that the window has drawn what was there when a paint was awaited."""
        now = self._clock()
        for name, paint in tuple(self._paints.items()):
            if not paint.is_awaited or paint.seconds is not None:
                continue
            paint.seconds = now - paint.since
            if name in self._turns:
                # An answer of few pieces ends before its first picture.
                del self._paints[name]
                self._note(name, Stage.PAINT, paint.seconds)

    def export(self, path: str) -> None:
        """Write the turns as CSV."""
        self._scope.start("export times", self._export(Path(path)))

    async def _export(self, path: Path) -> None:
        try:
            await self._exports.export(path, csv_of(self.turns).encode())
            self._notice = Notice(tr("{name} was written.", name=path.name), Tone.GOOD)
        except SparkError as error:
            text, step = in_language(error.message), in_language(error.next_step)
            self._notice = Notice(text, Tone.PROBLEM, step)
        self.changed.emit()

    def _on_piece(self, name: str) -> None:
        if name not in self._paints:
            self._paints[name] = _Paint(self._clock())
            self._frames.request()

    def _on_frame(self) -> None:
        for name, paint in tuple(self._paints.items()):
            if paint.is_awaited and paint.seconds is None:
                # Nobody painted since the last frame: the window is hidden, say.
                del self._paints[name]
            paint.is_awaited = True
        self.paint_awaited.emit()

    def _on_turn(self, event: TurnChanged) -> None:
        self._ended(event.turn, event.turn.question)

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        snapshot = proposal.trigger.snapshot
        self._paths[proposal.id] = snapshot.path
        if isinstance(proposal.state, Streaming):
            return
        self._ended(proposal, snapshot.path)

    def _on_applied(self, event: ChangeApplied) -> None:
        if event.seconds is None:
            return
        # The newest proposal for the file is the one that was decided on.
        for turn in self.turns:
            if self._paths.get(turn.id) == event.change.path:
                earlier = turn.seconds.get(Stage.APPLY, 0.0)
                self._note(turn.id, Stage.APPLY, earlier + event.seconds)
                return

    def _ended(self, work: Turn | Proposal, title: str) -> None:
        name, usage, timing = work.id, work.usage, work.timing
        # One is published again when it is decided on: its numbers are known by then.
        if usage is None or timing is None or self._known.get(name) == timing:
            return
        self._known[name] = timing
        seconds = stages_of(timing)
        paint = self._paints.get(name)
        if paint is not None and paint.seconds is not None:
            del self._paints[name]
            seconds[Stage.PAINT] = paint.seconds
        self._turns.pop(name, None)
        self._turns[name] = TurnTimes(
            *(name, title, work.model, self._now(), usage, timing.total, seconds),
            is_emulated=work.emulation is not None,
            endpoint=work.endpoint,
            cost=work.cost,
        )
        while len(self._turns) > _MOST:
            oldest = next(iter(self._turns))
            del self._turns[oldest], self._known[oldest]
            self._paths.pop(oldest, None)
        self.changed.emit()

    def _note(self, name: str, stage: Stage, seconds: float) -> None:
        turn = self._turns.get(name)
        if turn is not None:
            self._turns[name] = replace(turn, seconds={**turn.seconds, stage: seconds})
            self.changed.emit()


def stage_text(stage: Stage) -> str:
    """Return a stage's name."""
    return {
        Stage.CONNECT: tr("connect"),
        Stage.QUEUE: tr("queue"),
        Stage.PREFILL: tr("prefill"),
        Stage.DECODE: tr("decode"),
        Stage.PAINT: tr("paint"),
        Stage.APPLY: tr("apply"),
    }[stage]


def stage_tip(stage: Stage) -> str:
    """Return how a stage is measured."""
    return {
        Stage.CONNECT: tr("Opening the connection, by this app's clock; 0 where one was open."),
        Stage.QUEUE: tr("Waiting for the engine, as the server measured it."),
        Stage.PREFILL: tr("Reading the prompt, as the server measured it."),
        Stage.DECODE: tr("Writing the answer, as the server measured it."),
        Stage.PAINT: tr("From the first piece to the end of the repaint that shows it."),
        Stage.APPLY: tr("Writing accepted hunks to the disk, with their checkpoint."),
    }[stage]


def _row(turn: TurnTimes) -> TimesRow:
    lines = [
        f"{stage_text(stage)}: {_amount(turn.seconds.get(stage))}. {stage_tip(stage)}"
        for stage in Stage
    ]
    if turn.is_emulated:
        lines.append(tr("Prefill and decode are those of other hardware, imitated."))
    rate, cached = turn.tokens_per_second, turn.cached_share
    return TimesRow(
        title=" ".join(turn.title.split()),
        total=duration_text(turn.total),
        speed="" if rate is None else tr("{rate} tokens/s", rate=number_text(rate, ".0f")),
        cached="" if cached is None else percent_text(cached),
        cost=_cost(turn),
        tip="\n".join(lines),
        stages=tuple((stage, turn.seconds[stage]) for stage in Stage if stage in turn.seconds),
        is_emulated=turn.is_emulated,
    )


def _cost(turn: TurnTimes) -> str:
    if turn.is_emulated:
        return tr("emulated")
    if not turn.endpoint:
        return tr("local")
    return turn.endpoint if turn.cost is None else money_text(turn.cost)


def _amount(seconds: float | None) -> str:
    return tr("not measured") if seconds is None else duration_text(seconds)
