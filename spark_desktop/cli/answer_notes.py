"""Tells on stderr (as JSON on stdout) who refuses, who answers instead, and what that costs."""

from spark_desktop.cli.output import Output
from spark_desktop.domain.answer_notices import Telling, sentences_of
from spark_desktop.domain.events import AnswerRerouted, AnswerWaits, BudgetTold, PromptCut
from spark_desktop.domain.words import joined
from spark_desktop.services.bus import Bus


class AnswerNotes:
    """Follows a bus while a command runs."""

    def __init__(self, output: Output, bus: Bus) -> None:
        self._output = output
        bus.subscribe(AnswerRerouted, self._tell)
        bus.subscribe(AnswerWaits, self._tell)
        bus.subscribe(PromptCut, self._tell)
        bus.subscribe(BudgetTold, self._tell)

    def _tell(self, event: Telling) -> None:
        message, next_step = sentences_of(event)
        if not message:
            return
        if self._output.structured:
            told = {"event": "notice", "message": message, "next_step": next_step}
            self._output.record(told)
        else:
            self._output.note(f"spark: {joined((message, next_step))}")


def who_answered(endpoint: str, model: str, cost: float | None) -> str:
    """Return one line on a remote answer; empty for one of the local core."""
    if not endpoint:
        return ""
    price = () if cost is None else (f"${cost:.4f}",)
    return " · ".join((endpoint, model, *price))
