"""Comments on lines of a proposal, kept until they go to the model together."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.ports import Turns


@dataclass(frozen=True, slots=True)
class OpenComment:
    """The comment that is being written on a proposal.

    ``number`` is the listed one that it replaces.
    """

    proposal_id: str
    comment: LineComment
    number: int | None = None

    @property
    def place(self) -> tuple[str, str, int, bool]:
        """Return what tells its line from all others."""
        comment = self.comment
        return self.proposal_id, comment.path, comment.line, comment.is_new_side


class LineComments(QObject):
    """The comments on what is shown; those on the files of one answer belong together.

    ``changed`` says that the list is another, ``opened`` that one is begun, or done with.
    ``sent`` carries the id of the proposal that was asked for.
    """

    changed = Signal()
    opened = Signal()
    sent = Signal(str)

    def __init__(self, turns: Turns, failed: Callable[[SparkError], None]) -> None:
        super().__init__()
        self._turns, self._failed = turns, failed
        self._kept: dict[str, tuple[LineComment, ...]] = {}
        self._proposal: Proposal | None = None
        self._open: OpenComment | None = None
        # What was begun and left, by its line: it is there when the user comes back.
        self._left: dict[tuple[str, str, int, bool], str] = {}

    @property
    def listed(self) -> tuple[LineComment, ...]:
        """Return the comments on what is shown, in the order in which they were written."""
        return self._kept.get(self._key, ())

    @property
    def path(self) -> str:
        """Return the path of the shown file; empty for none."""
        return "" if self._proposal is None else self._proposal.trigger.snapshot.path

    @property
    def here(self) -> tuple[LineComment, ...]:
        """Return those on the shown file."""
        return tuple(comment for comment in self.listed if comment.path == self.path)

    @property
    def open(self) -> OpenComment | None:
        """Return the comment that is being written; None while none is."""
        return self._open

    def show(self, proposal: Proposal | None) -> None:
        """Be about another proposal, or its newest value."""
        before, self._proposal = self._proposal, proposal
        if before is None or proposal is None or before.id != proposal.id:
            self.leave()
            self.changed.emit()

    def begin(self, line: int, is_new_side: bool) -> None:
        """Write a comment on a line, counted from 0, of the text before or of the proposed one."""
        proposal = self._proposal
        if proposal is None:
            return
        lines = _lines(proposal, is_new_side)
        if not 0 <= line < len(lines):
            self._failed(
                SparkError(say("This line is gone."), say("Choose one of those that are shown."))
            )
            return
        path = proposal.trigger.snapshot.path
        text = self._left.get((proposal.id, path, line, is_new_side), "")
        comment = LineComment(line, is_new_side, lines[line].rstrip("\r\n"), text, path)
        self._open = OpenComment(proposal.id, comment)
        self.opened.emit()

    def begin_at_hunk(self, hunk_id: str | None) -> None:
        """Write a comment on the first line that a hunk puts in, or else takes away."""
        patch = None if self._proposal is None else self._proposal.patch
        shift = 0
        for hunk in patch.hunks if patch is not None else ():
            if hunk.id == hunk_id:
                self.begin(hunk.start + (shift if hunk.new else 0), bool(hunk.new))
                return
            shift += len(hunk.new) - len(hunk.old)

    def begin_again(self, number: int) -> None:
        """Write one of the listed comments anew."""
        if self._proposal is not None and 0 <= number < len(self.listed):
            self._open = OpenComment(self._proposal.id, self.listed[number], number)
            self.opened.emit()

    def set_text(self, text: str) -> None:
        """Take what is written so far."""
        if self._open is not None:
            self._open = replace(self._open, comment=replace(self._open.comment, text=text))

    def keep(self) -> None:
        """List what is written; a comment without a word is taken away."""
        if self._open is None:
            return
        comment, number = self._open.comment, self._open.number
        listed = list(self.listed)
        if number is not None and number < len(listed):
            listed[number : number + 1] = [comment] if comment.text.strip() else []
        elif comment.text.strip():
            listed.append(comment)
        self._kept[self._key] = tuple(listed)
        self._left.pop(self._open.place, None)
        self._open = None
        self.opened.emit()
        self.changed.emit()

    def leave(self) -> None:
        """Write no more; what was begun on a line is there when it is begun again."""
        if self._open is None:
            return
        if self._open.number is None and self._open.comment.text.strip():
            self._left[self._open.place] = self._open.comment.text
        self._open = None
        self.opened.emit()

    def remove(self, number: int) -> None:
        """Take one of the listed comments away."""
        listed = list(self.listed)
        if 0 <= number < len(listed):
            del listed[number]
            self._kept[self._key] = tuple(listed)
            self.changed.emit()

    def send(self) -> None:
        """Ask the model for a proposal that heeds the comments; where that fails they stay."""
        if self._proposal is None or not self.listed:
            return
        try:
            asked = self._turns.revise(self._proposal.id, self.listed)
        except SparkError as error:
            self._failed(error)
            return
        self._kept.pop(self._key, None)
        self.changed.emit()
        self.sent.emit(asked)

    def forget(self, known: set[str]) -> None:
        """Let go of what belongs to answers and proposals that are no longer known."""
        self._kept = {key: listed for key, listed in self._kept.items() if key in known}
        self._left = {line: text for line, text in self._left.items() if line[0] in known}

    @property
    def _key(self) -> str:
        return "" if self._proposal is None else self._proposal.group or self._proposal.id


def _lines(proposal: Proposal, is_new_side: bool) -> list[str]:
    content = proposal.trigger.snapshot.text.content
    if is_new_side and proposal.patch is not None:
        content = apply(content, proposal.patch.hunks)
    return split_lines(content)
