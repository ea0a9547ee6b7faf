"""The bus, as lines for a person or as JSON Lines for a script."""

from dataclasses import replace
from pathlib import Path

from spark_desktop.cli.git_diff import git_diff
from spark_desktop.cli.json_shapes import (
    burst_json,
    ignored_json,
    proposal_json,
    reason_of,
    state_name,
    trigger_json,
    turn_json,
)
from spark_desktop.cli.output import Output
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.events import (
    ChangeIgnored,
    ProposalChanged,
    SaveSettled,
    TurnChanged,
    WorkFailed,
)
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import Failed, Proposal, Queued, Ready, Streaming
from spark_desktop.domain.review import told_whole
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import kind_of, title_of
from spark_desktop.services.bus import Bus


class WatchReport:
    """Subscribes to what happens in a folder and writes it down, each state once.

    ``failed`` tells whether a proposal or an answer broke off.
    """

    def __init__(self, output: Output, bus: Bus) -> None:
        self._output = output
        self._states: dict[str, tuple[str, FilePatch | None]] = {}
        self._answered: set[str] = set()
        self._bursts: dict[str, InboxEntry] = {}
        self.failed = False
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(ChangeIgnored, self._on_ignored)
        bus.subscribe(SaveSettled, self._on_settled)
        bus.subscribe(WorkFailed, self._on_failed)

    def watching(self, root: Path) -> None:
        """Say which folder is watched."""
        if self._output.structured:
            self._output.record({"event": "watching", "folder": str(root)})
        else:
            self._output.note(f"Watching {root}. Ctrl+C ends it.")

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = told_whole(event.proposal)
        known = self._states.get(proposal.id)
        # A proposal that moved with its file is another diff.
        ready = isinstance(proposal.state, Ready)
        state = state_name(proposal), proposal.patch if ready else None
        if state == known:
            return
        self._states[proposal.id] = state
        if known is None:
            self._trigger(proposal)
        if isinstance(proposal.state, Queued | Streaming):
            return
        self.failed = self.failed or isinstance(proposal.state, Failed)
        if self._output.structured:
            self._output.record({"event": "proposal", **proposal_json(proposal)})
        else:
            self._proposal(proposal)

    def _trigger(self, proposal: Proposal) -> None:
        trigger = proposal.trigger
        if self._output.structured:
            self._output.record({"event": "trigger", **trigger_json(trigger)})
        else:
            place = f":{trigger.lines.start + 1}" if trigger.lines else ""
            title = title_of(trigger)
            self._output.line(f"{kind_of(trigger)}  {trigger.snapshot.path}{place}  {title}")

    def _proposal(self, proposal: Proposal) -> None:
        if isinstance(proposal.state, Ready) and proposal.patch:
            self._diff(proposal.patch, proposal.trigger.snapshot.text)
            return
        reason = reason_of(proposal)
        self._output.line(
            f"{state_name(proposal)}  {title_of(proposal.trigger)}  {reason}".rstrip()
        )

    def _diff(self, patch: FilePatch, text: SourceText) -> None:
        try:
            self._output.data(git_diff(patch, text))
        except NotTextError as error:
            self._output.line(f"failed  {error}")

    def _on_turn(self, event: TurnChanged) -> None:
        turn = event.turn
        if turn.id in self._answered and turn.doubt:
            self._doubt(turn)
            return
        if turn.state is TurnState.STREAMING or turn.id in self._answered:
            return
        self._answered.add(turn.id)
        self.failed = self.failed or turn.state is TurnState.FAILED
        if self._output.structured:
            self._output.record({"event": "answer", **turn_json(turn)})
        else:
            self._answer(turn)

    def _doubt(self, turn: Turn) -> None:
        if self._output.structured:
            self._output.record({"event": "doubt", "question": turn.question, "doubt": turn.doubt})
        else:
            self._output.line(turn.doubt)

    def _answer(self, turn: Turn) -> None:
        self._output.line(f"AI?  {turn.path or ''}  {turn.question}")
        self._output.line(turn.answer)
        if turn.error:
            self._output.line(f"{turn.state.value}  {turn.error}")

    def _on_ignored(self, event: ChangeIgnored) -> None:
        ignored = event.ignored
        if self._output.structured:
            self._output.record({"event": "ignored", **ignored_json(ignored)})
        else:
            detail = f" ({ignored.detail})" if ignored.detail else ""
            self._output.line(f"ignored  {ignored.path}  {ignored.reason.value}{detail}")

    def _on_settled(self, event: SaveSettled) -> None:
        entry = event.entry
        # What became of single saves is told by their proposals, or as ignored.
        if not entry.is_burst:
            return
        before = self._bursts.get(entry.id)
        self._bursts[entry.id] = entry
        if before is not None:
            # It goes on: only what is new of it is told.
            entry = _beyond(before, entry)
        if self._output.structured:
            self._output.record({"event": "burst", **burst_json(entry)})
            return
        self._output.line(f"{entry.outcome.value}  {entry.reason}")
        for trigger in entry.offered:
            self._output.line(f"offered  {trigger.snapshot.path}  {title_of(trigger)}")

    def _on_failed(self, event: WorkFailed) -> None:
        self.failed = True
        if self._output.structured:
            self._output.record(
                {"event": "error", "message": event.message, "next_step": event.next_step}
            )
        else:
            self._output.line(f"failed  {event.message} {event.next_step}".rstrip())


def _beyond(before: InboxEntry, entry: InboxEntry) -> InboxEntry:
    """Return an entry with the files, and what they offer, that it had not before."""
    known = frozenset(before.paths)
    return replace(
        entry,
        paths=tuple(path for path in entry.paths if path not in known),
        offered=tuple(one for one in entry.offered if one not in before.offered),
    )
