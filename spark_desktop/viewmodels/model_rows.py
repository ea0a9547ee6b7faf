"""What is said of one model, and what can be done with it now."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.model_shelf import (
    FetchStep,
    ModelSpeed,
    Phase,
    Presence,
    ShelfModel,
)
from spark_desktop.viewmodels.amounts import bytes_text, left_text, percent_text, tokens_text
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import number_text, tr


class ModelAction(Enum):
    """What a button does with a model."""

    PULL = "download"
    RESUME = "resume"
    PAUSE = "pause"
    CANCEL = "cancel"
    USE = "use"
    MEASURE = "measure"
    STOP = "stop"
    REMOVE = "remove"
    CONFIRM_REMOVE = "confirm the removal"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Work:
    """What goes on with a model, and how far it is where that is known."""

    action: ModelAction
    step: FetchStep | None = None

    @property
    def progress(self) -> float | None:
        """Return how far it is, from 0 to 1."""
        step = self.step
        return min(1.0, step.done / step.total) if step is not None and step.total > 0 else None


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model as it is shown; ``progress`` from 0 to 1 while something is fetched."""

    choice: str
    name: str
    size: str
    licence: str
    speed: str
    speed_tip: str
    state: str
    tone: Tone
    detail: str
    progress: float | None
    actions: tuple[ModelAction, ...]
    is_current: bool


def row_of(
    model: ShelfModel,
    work: Work | None,
    speed: ModelSpeed | None,
    *,
    is_current: bool,
    is_removing: bool,
    failure: str,
) -> ModelRow:
    """Return the row of a model."""
    state, tone = _state(model, work, is_current)
    told, tip = speed_text(speed)
    return ModelRow(
        choice=model.choice,
        name=model.id,
        size=bytes_text(model.bytes),
        licence=model.licence or tr("not stated"),
        speed=told,
        speed_tip=tip,
        state=state,
        tone=Tone.PROBLEM if failure else tone,
        detail=failure or _detail(model, work, is_removing),
        progress=None if work is None else work.progress,
        actions=_actions(model, work, is_current, is_removing),
        is_current=is_current,
    )


def speed_text(speed: ModelSpeed | None) -> tuple[str, str]:
    """Return a speed in words, and how it was measured."""
    if speed is None or (speed.prefill is None and speed.decode is None):
        tip = tr("Ask it something, or measure it. Emulated answers never count.")
        return tr("not measured yet"), tip
    parts = []
    if speed.decode is not None:
        parts.append(tr("writes {rate} tokens/s", rate=number_text(speed.decode, ".0f")))
    if speed.prefill is not None:
        parts.append(tr("reads {rate} tokens/s", rate=number_text(speed.prefill, ".0f")))
    tip = tr(
        "Tokens divided by the server's own seconds, over %n answer(s) on this machine. "
        "Emulated answers never count.",
        "",
        speed.answers,
    )
    return ", ".join(parts), tip


def step_text(step: FetchStep) -> str:
    """Return how far a fetch is: bytes, rate, time left and source."""
    match step.phase:
        case Phase.STARTING:
            return tr("Looking for a source…")
        case Phase.WAITING:
            return tr("Another program fetches it: {share}", share=_share(step))
        case Phase.VERIFYING:
            return tr("Comparing it with its SHA-256: {share}", share=_share(step))
        case Phase.FETCHING:
            parts = [
                tr("{done} of {total}", done=bytes_text(step.done), total=bytes_text(step.total)),
                tr("{rate}/s", rate=bytes_text(step.rate)),
                left_text(step.left),
                tr("from {source}", source=step.source) if step.source else "",
            ]
            return " · ".join(part for part in parts if part)


def _share(step: FetchStep) -> str:
    return percent_text(step.done / step.total if step.total else 0.0)


def _state(model: ShelfModel, work: Work | None, is_current: bool) -> tuple[str, Tone]:
    if work is not None:
        return _WORKING[work.action](), Tone.BUSY
    if model.is_busy:
        return tr("being downloaded"), Tone.BUSY
    match model.presence:
        case Presence.DAMAGED:
            return tr("cannot be used"), Tone.PROBLEM
        case Presence.PARTIAL:
            share = percent_text(model.bytes_here / model.bytes if model.bytes else 0.0)
            return tr("paused at {share}", share=share), Tone.WARNING
        case Presence.ABSENT if is_current:
            return tr("chosen, not here yet"), Tone.WARNING
        case Presence.ABSENT:
            return tr("not here"), Tone.MUTED
        case _:
            return (tr("in use"), Tone.GOOD) if is_current else (tr("here"), Tone.PLAIN)


_WORKING = {
    ModelAction.PULL: lambda: tr("downloading"),
    ModelAction.RESUME: lambda: tr("downloading"),
    ModelAction.CANCEL: lambda: tr("removing"),
    ModelAction.CONFIRM_REMOVE: lambda: tr("removing"),
    ModelAction.USE: lambda: tr("starting"),
    ModelAction.MEASURE: lambda: tr("measuring"),
}


def _detail(model: ShelfModel, work: Work | None, is_removing: bool) -> str:
    if work is not None and work.step is not None:
        return step_text(work.step)
    if work is not None and work.action is ModelAction.USE:
        return tr("The earlier model goes on answering until this one is ready.")
    if work is not None and work.action is ModelAction.MEASURE:
        return tr("It reads a short text and writes 64 tokens.")
    if model.is_busy:
        done, total = bytes_text(model.bytes_here), bytes_text(model.bytes)
        return tr("Another part of Spark fetches it: {done} of {total}.", done=done, total=total)
    if is_removing and model.is_own:
        return tr("Remove the store's copy? It cannot be downloaded again.")
    if is_removing:
        return tr("Remove it? It can be downloaded again.")
    if model.fault:
        return model.fault
    if model.refusal:
        return tr("Not offered for this machine: it {reason}.", reason=model.refusal)
    return _facts(model)


def _facts(model: ShelfModel) -> str:
    parts = []
    if model.context:
        parts.append(tr("context {tokens} tokens", tokens=tokens_text(model.context)))
    if model.memory:
        parts.append(tr("takes {size} of memory", size=bytes_text(model.memory)))
    if model.is_own:
        parts.append(tr("your own file"))
    if model.presence is Presence.BUNDLED:
        parts.append(tr("comes with Spark"))
    return " · ".join(parts)


def _actions(
    model: ShelfModel, work: Work | None, is_current: bool, is_removing: bool
) -> tuple[ModelAction, ...]:
    if work is not None:
        fetching = work.action in (ModelAction.PULL, ModelAction.RESUME)
        if fetching:
            return (ModelAction.PAUSE, ModelAction.CANCEL)
        can_stop = work.action in (ModelAction.USE, ModelAction.MEASURE)
        return (ModelAction.STOP,) if can_stop else ()
    if model.is_busy:
        return ()
    if is_removing:
        return (ModelAction.CONFIRM_REMOVE, ModelAction.KEEP)
    match model.presence:
        case Presence.DAMAGED:
            return (ModelAction.REMOVE,)
        case Presence.ABSENT:
            return (ModelAction.PULL,)
        case Presence.PARTIAL:
            return (ModelAction.RESUME, ModelAction.CANCEL)
        case _ if is_current:
            return (ModelAction.MEASURE,)
        case Presence.BUNDLED:
            return (ModelAction.USE, ModelAction.MEASURE)
        case _:
            return (ModelAction.USE, ModelAction.MEASURE, ModelAction.REMOVE)
