"""The numbers in the status bar, each with how it was measured."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.completion import ModelInfo, Timing, Usage
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.core_state import CoreReady
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.events import (
    AnswerMeasured,
    CoreStateChanged,
    ProposalChanged,
    ProposalStreamed,
    TurnChanged,
)
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core
from spark_desktop.viewmodels.amounts import (
    duration_text,
    money_text,
    percent_text,
    rate_of,
    tokens_text,
)
from spark_desktop.viewmodels.answer_pace import AnswerPace
from spark_desktop.viewmodels.emulation_words import emulation_tip
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.translation import tr

# Milliseconds: a number that changes faster cannot be read.
_INTERVAL = 250


@dataclass(frozen=True, slots=True)
class Reading:
    """One number with its unit; ``share`` from 0 to 1 where a small bar says more.

    One that ``is_emulated`` tells of other hardware, imitated, and must not pass for measured.
    """

    text: str = ""
    tip: str = ""
    share: float | None = None
    is_emulated: bool = False


_NO_READING = Reading()


class StatusViewModel(QObject):
    """Readings of the last completion; the speed also while one streams."""

    changed = Signal()

    def __init__(self, core: Core, bus: Bus, pace: AnswerPace) -> None:
        super().__init__()
        state = core.state
        self._model: ModelInfo | None = state.model if isinstance(state, CoreReady) else None
        self._live: ProposalStreamed | None = None
        self._pace = pace
        pace.changed.connect(self.changed)
        self._usage: Usage | None = None
        self._timing: Timing | None = None
        self._emulation: Emulation | None = None
        # Who gave the last answer ("" for the core); US dollars of that one, and since the start.
        self._endpoint = ""
        self._cost: float | None = None
        self._session = 0.0
        # Of proposals that are being written.
        self._emulating: dict[str, Emulation | None] = {}
        self._frames = Frames(self, _INTERVAL)
        self._frames.frame.connect(self.changed)
        bus.subscribe(CoreStateChanged, self._on_core)
        bus.subscribe(ProposalStreamed, self._on_streamed)
        self._known: dict[str, Timing] = {}
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(AnswerMeasured, self._on_measured)

    @property
    def emulation(self) -> Emulation | None:
        """Return what the newest of the readings imitates; None where they are measured."""
        return self._live_emulation if self._live_rate is not None else self._emulation

    @property
    def speed(self) -> Reading:
        """Return tokens per second."""
        return _marked(self._speed, self.emulation)

    @property
    def _live_rate(self) -> float | None:
        live = self._live
        return self._pace.rate if live is None else rate_of(live.tokens, live.seconds)

    @property
    def _live_emulation(self) -> Emulation | None:
        live = self._live
        return self._pace.emulation if live is None else self._emulating.get(live.proposal_id)

    @property
    def _speed(self) -> Reading:
        rate = self._live_rate
        if rate is not None:
            tip = tr("Pieces received after the first, divided by the time since the first.")
            return Reading(tr("{rate:.0f} tokens/s", rate=rate), tip)
        usage, timing = self._usage, self._timing
        if usage is None or timing is None or usage.completion_tokens == 0:
            return _NO_READING
        if self._emulation is not None and self._emulation.achieved_tps is not None:
            tip = tr("Tokens of the last answer, at the pace that its server achieved.")
            return Reading(tr("{rate:.0f} tokens/s", rate=self._emulation.achieved_tps), tip)
        if timing.decode:
            rate = usage.completion_tokens / timing.decode
            tip = tr("Tokens of the last answer, divided by the server's own decode time.")
            return Reading(tr("{rate:.0f} tokens/s", rate=rate), tip)
        seconds = timing.total - timing.first_token
        if seconds <= 0 or usage.completion_tokens < 2:
            return _NO_READING
        rate = (usage.completion_tokens - 1) / seconds
        tip = tr("Tokens of the last answer after its first, divided by the time since the first.")
        return Reading(tr("{rate:.0f} tokens/s", rate=rate), tip)

    @property
    def first_token(self) -> Reading:
        """Return the time to first token of the last completion."""
        if self._timing is None:
            return _NO_READING
        tip = tr("From sending the request to the first piece of the answer, by this app's clock.")
        reading = Reading(
            tr("first token {first_token}", first_token=duration_text(self._timing.first_token)),
            tip,
        )
        return _marked(reading, self._emulation)

    @property
    def context(self) -> Reading:
        """Return how much of the model's context the last completion used."""
        if self._usage is None:
            return _NO_READING
        used = self._usage.prompt_tokens + self._usage.completion_tokens
        if self._endpoint:
            # The context that is known here is the core's.
            tip = tr("Prompt and answer together: {used} tokens, counted by the server.", used=used)
            return Reading(tr("context {used}", used=tokens_text(used)), tip)
        if self._model is None or self._model.context <= 0:
            return _NO_READING
        total = self._model.context
        tip = tr(
            "Prompt and answer together: {used} of {total} tokens, counted by the server.",
            used=used,
            total=total,
        )
        text = tr("context {used} / {total}", used=tokens_text(used), total=tokens_text(total))
        return Reading(text, tip, min(1.0, used / total))

    @property
    def cached(self) -> Reading:
        """Return the share of the prompt that was reused."""
        if self._usage is None or self._usage.prompt_tokens == 0:
            return _NO_READING
        share = self._usage.cached_tokens / self._usage.prompt_tokens
        tip = tr(
            "{cached_tokens} of {prompt_tokens} prompt tokens were reused from the turn "
            "before, as the server reports it.",
            cached_tokens=self._usage.cached_tokens,
            prompt_tokens=self._usage.prompt_tokens,
        )
        return Reading(tr("cached {share}", share=percent_text(share)), tip)

    @property
    def split(self) -> Reading:
        """Return the share of the server's time that went into reading the prompt."""
        timing = self._timing
        if timing is None or timing.prefill is None or timing.decode is None:
            return _NO_READING
        whole = timing.prefill + timing.decode
        if whole <= 0:
            return _NO_READING
        tip = tr(
            "Prefill (reading the prompt) {prefill}, decode (writing the answer) "
            "{decode}, as the server measured them.",
            prefill=duration_text(timing.prefill),
            decode=duration_text(timing.decode),
        )
        if timing.queue is not None:
            tip += "\n" + tr("Queue {seconds}.", seconds=duration_text(timing.queue))
        if timing.connect is not None:
            tip += "\n" + tr("Connect {seconds}.", seconds=duration_text(timing.connect))
        reading = Reading(tr("prefill / decode"), tip, timing.prefill / whole)
        return _marked(reading, self._emulation)

    @property
    def cost(self) -> Reading:
        """Return what the last answer cost; empty where no price is known."""
        session = tr("Since the project was opened: {cost}.", cost=money_text(self._session))
        if self._endpoint and self._cost is not None:
            tip = tr("What {endpoint} took for the last answer.", endpoint=self._endpoint)
            return Reading(money_text(self._cost), f"{tip}\n{session}")
        if self._endpoint:
            return _NO_READING
        if self._usage is None or self._model is None or not self._model.label.startswith("local"):
            return _NO_READING
        tip = tr("The model runs on this machine: nothing is paid.")
        return Reading(tr("$0.00"), f"{tip}\n{session}" if self._session else tip)

    def _on_core(self, event: CoreStateChanged) -> None:
        self._model = event.state.model if isinstance(event.state, CoreReady) else self._model
        self.changed.emit()

    def _on_streamed(self, event: ProposalStreamed) -> None:
        self._live = event
        self._frames.request()

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        if isinstance(proposal.state, Streaming):
            self._emulating[proposal.id] = proposal.emulation
        else:
            self._emulating.pop(proposal.id, None)
        self._finished(proposal)

    def _on_turn(self, event: TurnChanged) -> None:
        self._finished(event.turn)

    def _on_measured(self, event: AnswerMeasured) -> None:
        self._session += event.record.cost or 0.0
        self.changed.emit()

    def _finished(self, work: Turn | Proposal) -> None:
        usage, timing = work.usage, work.timing
        # A proposal is published again when it is decided on: its numbers are old by then.
        if usage is None or timing is None or self._known.get(work.id) == timing:
            return
        self._known[work.id] = timing
        self._usage, self._timing, self._live = usage, timing, None
        self._emulation = work.emulation
        self._endpoint, self._cost = work.endpoint, work.cost
        self.changed.emit()


def _marked(reading: Reading, emulation: Emulation | None) -> Reading:
    if emulation is None or not reading.text:
        return reading
    tip = f"{reading.tip}\n{emulation_tip(emulation)}"
    return replace(reading, tip=tip, is_emulated=True)
