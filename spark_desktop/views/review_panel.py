"""The middle region: what is reviewed, the evidence, and the decisions."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from spark_desktop.domain.merge import Side
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import AddedRow, LineComment, PairRow, RemovedRow
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.review_words import file_text, hunk_text
from spark_desktop.views.comment_box import CommentBox
from spark_desktop.views.diff_find import DiffFind
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.failed_parts import FailedParts
from spark_desktop.views.file_list import FileList
from spark_desktop.views.hunk_editor import HunkEditor
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.notice_line import Centred, NoticeLine
from spark_desktop.views.review_foot import COPY_PATCH, ReviewFoot
from spark_desktop.views.review_head import SPLIT, UNIFIED, ReviewHead
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type: a narrower review shows one column whatever was chosen.
_WIDE = 560
_LAYOUT, _WRAP = "diff_layout", "diff_wrap"
_ON = "on"


class ReviewPanel(QFrame):
    """Draws one proposal or file; keys and buttons go to the view model."""

    intent_raised = Signal(object)

    def __init__(
        self, model: ReviewViewModel, theme: Theme, memory: LayoutMemory | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("review")
        self._model, self._memory, self._theme = model, memory, theme
        self.diff = DiffView()
        self.diff.setFrameShape(QFrame.Shape.NoFrame)
        self.head, self.foot = ReviewHead(), ReviewFoot(model)
        self.files = FileList(model.files, theme)
        self.finding = DiffFind(self.diff)
        self.failed_parts = FailedParts()
        self.editor, self.comments = HunkEditor(model.work), CommentBox(model.comments, theme)
        self.notice, self.empty = NoticeLine(strip=True), NoticeLine()
        self._layout = memory.choice(_LAYOUT) if memory is not None else UNIFIED
        self._wraps = memory is not None and memory.choice(_WRAP) == _ON
        self._pages = QStackedLayout(self)
        self._name_parts()
        self._arrange()
        self._connect()
        self._connect_diff()
        self.set_theme(theme)
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.diff.set_theme(theme)
        self._centred.set_theme(theme)
        self.head.set_theme(theme)
        self.foot.set_theme(theme)
        self.files.set_theme(theme)
        self.finding.bar.set_theme(theme)
        self.editor.set_theme(theme)
        self.comments.set_theme(theme)
        self._show_layout()

    def do(self, name: str) -> None:
        """Do what a key of PANEL_KEYS, or the menu under the diff, asks for."""
        match name:
            case "split":
                self._split()
            case "edit_hunk":
                self._model.work.begin_edit()
            case "comment":
                self._comment()
            case "layout":
                self._choose_layout(UNIFIED if self._layout == SPLIT else SPLIT)
            case "wrap":
                self._choose_wrap(not self._wraps)
            case _ if name == COPY_PATCH:
                self.diff.copy(as_patch=True)

    def begin_find(self) -> bool:
        """Ask what to find in the diff; return whether there is one."""
        if self._model.snapshot is None:
            return False
        self.finding.begin()
        return True

    def render_state(self) -> None:
        """Show everything but the streaming text."""
        model = self._model
        is_empty = model.snapshot is None
        self._pages.setCurrentIndex(0 if is_empty else 1)
        self.empty.show_notice(model.notice if is_empty else None)
        self.notice.show_notice(None if is_empty else model.notice)
        self.files.render_state(None if model.proposal is None else model.proposal.id)
        self.failed_parts.show_parts(model.work.failed_parts)
        self.editor.render_state()
        self._render_head()
        self.foot.render_state()
        self._render_diff()

    def render_stream(self) -> None:
        """Show what the model writes, as far as it is written."""
        proposal, snapshot = self._model.proposal, self._model.snapshot
        if proposal is None or snapshot is None:
            return
        self.notice.show_notice(self._model.notice)
        self.files.render_state(proposal.id)
        if self._model.patch is not None:
            self._render_head()
            self._render_diff()
        elif self._model.is_streaming and proposal.region is not None:
            text = self._model.streaming_text
            self.diff.show_streaming(snapshot.path, snapshot.text.content, proposal.region, text)

    def render_hunk(self) -> None:
        """Show which hunk is the current one."""
        self._render_head()
        self.foot.render_hunk()
        self._render_diff()
        if self._model.current_hunk is not None:
            self.diff.scroll_to_hunk(self._model.current_hunk)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show one column where two have no room."""
        super().resizeEvent(event)
        self.files.fit(self.height())
        self._show_layout()

    def _render_head(self) -> None:
        model = self._model
        self.head.render_state(model)
        said = (
            file_text(model.proposal, model.group),
            hunk_text(model.proposal, model.current_hunk),
        )
        self.diff.setAccessibleDescription("\n".join(part for part in reversed(said) if part))

    def _render_diff(self) -> None:
        model = self._model
        snapshot, proposal = model.snapshot, model.proposal
        if snapshot is None:
            return
        if proposal is not None and model.patch is not None:
            self._render_patch(proposal)
        elif model.is_streaming and proposal is not None and proposal.region is not None:
            self.render_stream()
        else:
            self.diff.show_file(snapshot.path, snapshot.text.content)
        self.finding.refresh()

    def _render_patch(self, proposal: Proposal) -> None:
        snapshot = proposal.trigger.snapshot
        comments = [
            LineComment(comment.line, comment.is_new_side, comment.text)
            for comment in self._model.comments.here
        ]
        self.diff.show_patch(
            snapshot.text.content,
            self._model.patch,
            proposal.decisions,
            self._model.current_hunk,
            snapshot.path,
            conflicts=proposal.conflicts,
            failed=proposal.failed,
            comments=comments,
            grows=self._model.is_streaming,
        )

    def _comment(self) -> None:
        if self.diff.selection.cursor is None:
            self._model.comments.begin_at_hunk(self._model.current_hunk)
        else:
            self.diff.request_comment()

    def _split(self) -> None:
        # Before the selected line where that is inside of the current hunk, else where the hunk
        # falls apart.
        cursor, current = self.diff.selection.cursor, self._model.current_hunk
        row = None if cursor is None else self.diff.content.rows[cursor]
        match row:
            case RemovedRow(hunk_id=hunk_id, index=index) if index and hunk_id == current:
                self._model.work.split(old_at=index)
            case AddedRow(hunk_id=hunk_id, index=index) if index and hunk_id == current:
                self._model.work.split(new_at=index)
            case PairRow(old=RemovedRow() as old, new=AddedRow() as new) if old.hunk_id == current:
                self._model.work.split(old_at=old.index or None, new_at=new.index or None)
            case _:
                self._model.work.split()

    def _place(self, failed_id: str) -> None:
        self._model.work.place(failed_id, self.diff.selected_lines())

    def _place_nearest(self, failed_id: str) -> None:
        part = self.failed_parts.part
        if part is not None:
            self._model.work.place(failed_id, part.nearest)

    def _choose_layout(self, layout: str) -> None:
        self._layout = layout
        if self._memory is not None:
            self._memory.set_choice(_LAYOUT, layout)
        self._show_layout()

    def _choose_wrap(self, is_on: bool) -> None:
        self._wraps = is_on
        if self._memory is not None:
            self._memory.set_choice(_WRAP, _ON if is_on else "")
        self._show_layout()

    def _show_layout(self) -> None:
        is_wide = self.width() >= self._theme.px(_WIDE)
        self.head.show_layout(self._layout, is_wide=is_wide)
        self.head.show_wrap(self._wraps)
        self.diff.set_layout("split" if self._layout == SPLIT and is_wide else "unified")
        self.diff.set_wrap(self._wraps)

    def _name_parts(self) -> None:
        head, foot = self.head, self.foot
        self.name, self.added, self.removed = head.name, head.added, head.removed
        self.emulated, self.position = head.emulated, head.position
        self.failed, self.evidence, self.answered = foot.failed, foot.evidence, foot.answered
        self.accept, self.reject = foot.accept, foot.reject
        self.accept_all, self.reject_all = foot.accept_all, foot.reject_all
        self.previous, self.next = foot.previous, foot.next

    def _arrange(self) -> None:
        self._centred = Centred(self.empty)
        self._pages.addWidget(self._centred)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.files)
        column.addWidget(self.notice)
        column.addWidget(self.finding.bar)
        column.addWidget(self.diff, 1)
        for part in (self.failed_parts, self.editor, self.comments, self.foot):
            column.addWidget(part)
        self._pages.addWidget(page)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.streamed.connect(self.render_stream)
        model.hunk_changed.connect(self.render_hunk)
        model.comments.changed.connect(self._render_diff)
        model.comments.opened.connect(self._show_writing)
        model.work.changed.connect(self._show_writing)
        model.intent_raised.connect(self.intent_raised)
        for notice in (self.notice, self.empty):
            notice.intent.connect(self._act)
        self.files.chosen.connect(model.show_proposal)
        self.foot.wanted.connect(self.do)
        self.head.layout_chosen.connect(self._choose_layout)
        self.head.wrap_chosen.connect(self._choose_wrap)
        self.head.find_wanted.connect(self.begin_find)
        self.failed_parts.place_wanted.connect(self._place)
        self.failed_parts.nearest_wanted.connect(self._place_nearest)
        self.failed_parts.drop_wanted.connect(model.work.drop)
        # A button that had the focus is gone with the last part: the diff has it then.
        self.failed_parts.ended.connect(self.diff.setFocus)
        self.editor.ended.connect(self.diff.setFocus)
        self.comments.ended.connect(self.diff.setFocus)

    def _connect_diff(self) -> None:
        diff, model = self.diff, self._model
        diff.hunk_clicked.connect(model.decide.go_to_hunk)
        diff.accept_clicked.connect(model.decide.accept)
        diff.reject_clicked.connect(model.decide.reject)
        diff.split_clicked.connect(model.work.split)
        diff.edit_clicked.connect(model.work.begin_edit)
        diff.resolve_clicked.connect(self._resolve)
        diff.place_requested.connect(self._place_at)
        diff.drop_requested.connect(model.work.drop)
        diff.comment_requested.connect(model.comments.begin)
        diff.selection_changed.connect(model.select)

    def _act(self, intent: Intent) -> None:
        self._model.act(intent)
        if intent is Intent.SHOW_ANYWAY:
            # The button that had the focus goes; what it was pressed for is in the diff.
            self.diff.setFocus()

    def _show_writing(self) -> None:
        model = self._model
        self.foot.set_writing(model.work.draft is not None or model.comments.open is not None)

    def _resolve(self, hunk_id: str, side: str) -> None:
        self._model.work.resolve(Side(side), hunk_id)

    def _place_at(self, failed_id: str, lines: Span | None) -> None:
        self._model.work.place(failed_id, lines)
