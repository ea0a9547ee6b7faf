"""The middle region: what is reviewed, the evidence, and the decisions."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.emulation_words import badge, emulation_tip
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.notice_line import Centred, NoticeLine
from spark_desktop.views.shortcuts import KEYBOARD, key_text, show_key
from spark_desktop.views.theme import Theme


class ReviewPanel(QFrame):
    """Draws one proposal or file; keys and buttons go to the view model."""

    intent_raised = Signal(object)

    def __init__(self, model: ReviewViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("review")
        self._model = model
        self.diff = DiffView()
        self.diff.setFrameShape(QFrame.Shape.NoFrame)
        self.name, self.added, self.removed = ElidedLabel(), QLabel(), QLabel()
        self.emulated = QLabel(badge())
        self.position, self.failed, self.evidence = QLabel(), QLabel(), QLabel()
        self.answered = QLabel()
        self.notice, self.empty = NoticeLine(strip=True), NoticeLine()
        self.accept, self.reject = QPushButton(), QPushButton()
        self.accept_all, self.reject_all = QPushButton(), QPushButton()
        self.previous, self.next = QPushButton(), QPushButton()
        self._decide = QWidget()
        self._bottom, self._head_line = QFrame(), QFrame()
        self._keyed: list[tuple[QPushButton, str, str]] = []
        self._pages = QStackedLayout(self)
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.show_keys()
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.diff.set_theme(theme)
        self._centred.set_theme(theme)
        self._head_line.setFixedHeight(theme.px(36))
        self.emulated.setFixedHeight(theme.px(20))

    def show_keys(self) -> None:
        """Show the keys of the decisions, which may be others."""
        for button, label, name in self._keyed:
            # A letter beside the label is the key; a longer one stands in the tooltip.
            key = key_text(name)
            button.setText(f"{label}  {key}" if len(key) == 1 else label)

    def render_state(self) -> None:
        """Show everything but the streaming text."""
        model = self._model
        is_empty = model.snapshot is None
        self._pages.setCurrentIndex(0 if is_empty else 1)
        self.empty.show_notice(model.notice if is_empty else None)
        self.notice.show_notice(None if is_empty else model.notice)
        self._render_head()
        evidence = model.evidence
        self.failed.setText(evidence.failed)
        self.failed.setVisible(bool(evidence.failed))
        self.evidence.setText(evidence.passed)
        self.failed.setToolTip(plain_tip(evidence.tip))
        self.evidence.setToolTip(plain_tip(evidence.tip))
        self.answered.setText(model.answered_text)
        self.answered.setVisible(bool(model.answered_text))
        self._decide.setVisible(model.is_decidable)
        self._bottom.setVisible(bool(evidence.text) or model.is_decidable)
        self._render_diff()

    def render_stream(self) -> None:
        """Show the region as far as it is written."""
        proposal, snapshot = self._model.proposal, self._model.snapshot
        if proposal is None or snapshot is None or not self._model.is_streaming:
            return
        self.notice.show_notice(self._model.notice)
        if proposal.region is not None:
            text = self._model.streaming_text
            self.diff.show_streaming(snapshot.path, snapshot.text.content, proposal.region, text)

    def render_hunk(self) -> None:
        """Show which hunk is the current one."""
        self._render_head()
        self._render_diff()
        if self._model.current_hunk is not None:
            self.diff.scroll_to_hunk(self._model.current_hunk)

    def _render_head(self) -> None:
        model = self._model
        self.name.setText(model.path or "")
        self.name.setToolTip(plain_tip(model.path or ""))
        added, _space, removed = model.counts_text.partition(" ")
        self.added.setText(added)
        self.removed.setText(removed)
        emulation = None if model.proposal is None else model.proposal.emulation
        self.emulated.setVisible(emulation is not None)
        self.emulated.setToolTip("" if emulation is None else emulation_tip(emulation))
        self.position.setText(model.position_text)
        self.diff.setAccessibleDescription(model.hunk_text)

    def _render_diff(self) -> None:
        model = self._model
        snapshot, proposal = model.snapshot, model.proposal
        if snapshot is None:
            return
        is_streaming = model.is_streaming and proposal is not None and proposal.region is not None
        if is_streaming:
            self.render_stream()
        elif proposal is None or model.patch is None:
            self.diff.show_file(snapshot.path, snapshot.text.content)
        else:
            self.diff.show_patch(
                snapshot.text.content,
                model.patch,
                proposal.decisions,
                model.current_hunk,
                snapshot.path,
            )

    def _arrange(self) -> None:
        self._centred = Centred(self.empty)
        self._pages.addWidget(self._centred)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.notice)
        column.addWidget(self.diff, 1)
        column.addWidget(self._bottom)
        self._pages.addWidget(page)
        self._fill_bottom()

    def _head(self) -> QFrame:
        head = self._head_line
        head.setObjectName("head")
        self.name.setProperty("strong", True)
        self.added.setObjectName("added")
        self.removed.setObjectName("removed")
        self.position.setProperty("quiet", True)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addSpacing(4)
        row.addWidget(self.added)
        row.addWidget(self.removed)
        self.emulated.setObjectName("emulated")
        row.addWidget(self.emulated)
        row.addStretch(1)
        row.addWidget(self.position)
        return head

    def _fill_bottom(self) -> None:
        self._bottom.setObjectName("bottom")
        self.failed.setProperty("tone", "problem")
        self.evidence.setProperty("tone", "good")
        self.failed.setProperty("small", True)
        self.evidence.setProperty("small", True)
        self.evidence.setWordWrap(True)
        self.answered.setProperty("small", True)
        self.answered.setProperty("quiet", True)
        evidence = QHBoxLayout()
        evidence.setSpacing(12)
        evidence.addWidget(self.failed)
        evidence.addWidget(self.evidence, 1)
        evidence.addWidget(self.answered)
        texts = (
            (self.accept, tr("Accept"), "accept", tr("Accept hunk")),
            (self.reject, tr("Reject"), "reject", tr("Reject hunk")),
            (self.previous, tr("Previous"), "previous", tr("Previous hunk")),
            (self.next, tr("Next"), "next", tr("Next hunk")),
            (self.accept_all, tr("Accept all"), "accept_all", tr("Accept all")),
            (self.reject_all, tr("Reject all"), "reject_all", tr("Reject all")),
        )
        row = FlowLayout(8)
        self._decide.setLayout(row)
        for button, label, name, spoken in texts:
            self._keyed.append((button, label, name))
            show_key(button, name, label)
            button.setAccessibleName(spoken)
            # The keys reach the diff from everywhere; a click must not take the focus away.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.accept.setProperty("main", True)
        column = QVBoxLayout(self._bottom)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(evidence)
        column.addWidget(self._decide)

    def _connect(self) -> None:
        model = self._model
        KEYBOARD.changed.connect(self.show_keys)
        model.changed.connect(self.render_state)
        model.streamed.connect(self.render_stream)
        model.hunk_changed.connect(self.render_hunk)
        model.intent_raised.connect(self.intent_raised)
        for notice in (self.notice, self.empty):
            notice.intent.connect(model.act)
        self.accept.clicked.connect(lambda: model.accept())
        self.reject.clicked.connect(lambda: model.reject())
        self.accept_all.clicked.connect(model.accept_all)
        self.reject_all.clicked.connect(model.reject_all)
        self.next.clicked.connect(model.next_hunk)
        self.previous.clicked.connect(model.previous_hunk)
        self.diff.hunk_clicked.connect(model.go_to_hunk)
        self.diff.accept_clicked.connect(model.accept)
        self.diff.reject_clicked.connect(model.reject)
        self.diff.selection_changed.connect(model.select)
