"""What the core is doing, on stderr, while a command waits for it."""

from spark_desktop.cli.output import Output
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
)
from spark_desktop.domain.events import CoreStateChanged

_MEGABYTE = 1_000_000


class CoreProgress:
    """Subscribes to the core's state and says it; a download is a line that is redrawn.

    Where stderr is no terminal a download is said once for each tenth of it.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._drawn = False
        self._tenth = -1

    def on_state(self, event: CoreStateChanged) -> None:
        """Say the new state, if it is worth a line."""
        if isinstance(event.state, CoreDownloading):
            self._downloading(event.state)
            return
        self._clear()
        sentence = sentence_for(event.state)
        if sentence:
            self._output.note(sentence)

    def _downloading(self, state: CoreDownloading) -> None:
        if self._output.interactive:
            self._drawn = True
            self._output.redraw(sentence_for(state))
            return
        tenth = 10 * state.done // max(1, state.total)
        if tenth > self._tenth:
            self._tenth = tenth
            self._output.note(sentence_for(state))

    def _clear(self) -> None:
        if self._drawn:
            self._drawn = False
            self._output.redraw("")


def sentence_for(state: CoreState) -> str:
    """Return the line that tells the user about the state; empty where there is nothing to say."""
    match state:
        case CoreStarting(skipped) if skipped:
            return f"A source of the model was passed over. {skipped}"
        case CoreStarting():
            return "Starting the core…"
        case CoreDownloading():
            return _download_sentence(state)
        case CoreLoading():
            return "Loading the model…"
        case CoreRestarting(reason=reason, delay=delay):
            return f"Starting the model again in {delay:g} s: {reason}"
        case CoreFailed(reason=reason, next_step=next_step):
            return f"The core cannot be started: {reason} {next_step}".rstrip()
        case CoreReady(model=model):
            return f"Ready: {model.id}."
        case _:
            return ""


def _download_sentence(state: CoreDownloading) -> str:
    left = "" if state.left is None else f", {state.left:.0f} s left"
    return (
        f"Downloading the model from {state.source}: {state.done / _MEGABYTE:.0f} of "
        f"{state.total / _MEGABYTE:.0f} MB, {state.rate / _MEGABYTE:.1f} MB/s{left}"
    )
