"""Tells on standard error what was found of the kept steps when a folder was opened."""

from spark_desktop.cli.output import Output
from spark_desktop.domain.events import EditsRecovered, HistoryFull
from spark_desktop.domain.history_words import full_texts, recovered_text
from spark_desktop.domain.words import joined
from spark_desktop.services.bus import Bus


class HistoryNotes:
    """Follows a bus while a command runs."""

    def __init__(self, output: Output, bus: Bus) -> None:
        self._output = output
        bus.subscribe(EditsRecovered, lambda event: self._tell(recovered_text(event), ""))
        bus.subscribe(HistoryFull, lambda event: self._tell(*full_texts(event)))

    def _tell(self, message: str, next_step: str) -> None:
        if self._output.structured:
            told = {"event": "notice", "message": message, "next_step": next_step}
            self._output.record(told)
        else:
            self._output.note(f"spark: {joined((message, next_step))}")
