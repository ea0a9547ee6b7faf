"""What joined the prompt of each proposal beside its region, and what was left out, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.events import ContextGathered
from spark_desktop.domain.gathered import Gathered
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.ports import Turns
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A piece of the workspace; ``said`` is its size, or why it was left out."""

    title: str
    said: str
    is_left_out: bool = False


class PromptContext(QObject):
    """Keeps what was gathered for the proposals that are on the list."""

    changed = Signal()

    def __init__(self, turns: Turns, bus: Bus) -> None:
        super().__init__()
        self._turns = turns
        self._gathered: dict[str, Gathered] = {}
        bus.subscribe(ContextGathered, self._on_gathered)

    def text(self, proposal_id: str | None) -> str:
        """Return "Context: 3 parts, 420 tokens; 2 left out"; empty where nothing was gathered."""
        return context_text(self._of(proposal_id))

    def rows(self, proposal_id: str | None) -> tuple[ContextRow, ...]:
        """Return a row for each part in the order of the prompt, then what was left out."""
        return context_rows(self._of(proposal_id))

    def forget(self, known: Iterable[str]) -> None:
        """Keep only what belongs to these proposals."""
        kept = set(known)
        self._gathered = {name: one for name, one in self._gathered.items() if name in kept}

    def _of(self, proposal_id: str | None) -> Gathered:
        return self._gathered.get(proposal_id or "", Gathered())

    def _on_gathered(self, event: ContextGathered) -> None:
        for proposal in self._turns.proposals():
            # The same value, not an equal one: the same place may be asked about twice.
            if proposal.trigger is event.trigger:
                self._gathered[proposal.id] = event.gathered
                self.changed.emit()


def context_text(gathered: Gathered) -> str:
    """Return what was gathered in one line; empty where that is nothing."""
    count, left = len(gathered.parts), len(gathered.left_out)
    if not count and not left:
        return ""
    parts = tr("%n part(s)", "", count)
    if gathered.tokens:
        tokens = tr("%n token(s)", "", gathered.tokens)
        parts = f"{parts}, {tokens}"
    if not left:
        return tr("Context: {parts}", parts=parts)
    without = tr("%n left out", "", left)
    return tr("Context: {parts}; {without}", parts=parts, without=without)


def context_rows(gathered: Gathered) -> tuple[ContextRow, ...]:
    """Return a row for each part, then one for each piece that was left out, with the reason."""
    parts = (
        ContextRow(in_language(one.title), tr("%n token(s)", "", one.tokens))
        for one in gathered.parts
    )
    left = (
        ContextRow(
            in_language(one.title), tr("left out: {reason}", reason=one.reason), is_left_out=True
        )
        for one in gathered.left_out
    )
    return (*parts, *left)
