"""The lines under a review: the evidence, and the buttons that decide."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.merge import Side
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.review_words import conflict_text
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.wording import evidence_of
from spark_desktop.views.context_window import ContextWindow
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.icons import icon
from spark_desktop.views.shortcuts import KEYBOARD, key_text, show_key
from spark_desktop.views.theme import Theme

COPY_PATCH = "copy_patch"


class ReviewFoot(QFrame):
    """Buttons go to the view model; ``wanted`` carries what the panel must do.

    That is the name of a shortcut, or COPY_PATCH.

    At a hunk that conflicts there is a choice of sides in place of accept and reject.
    """

    wanted = Signal(str)

    def __init__(self, model: ReviewViewModel) -> None:
        super().__init__()
        self.setObjectName("bottom")
        self._model = model
        self.failed, self.unsure, self.evidence = QLabel(), QLabel(), QLabel()
        self.asked = QWidget()
        self.answered, self.cached = QLabel(), ElidedLabel()
        self.context = QPushButton()
        self._context_window: ContextWindow | None = None
        self.accept, self.reject = QPushButton(), QPushButton()
        self.disk, self.mine, self.both = QPushButton(), QPushButton(), QPushButton()
        self.previous, self.next = QPushButton(), QPushButton()
        self.accept_file, self.reject_file = QPushButton(), QPushButton()
        self.accept_all, self.reject_all = QPushButton(), QPushButton()
        self.undo, self.more = QPushButton(), QToolButton()
        self.buttons = QWidget()
        self._keyed: list[tuple[QPushButton, str, str]] = []
        self._is_writing = False
        self._theme: Theme | None = None
        self._arrange()
        self._connect()
        self.show_keys()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        if self._context_window is not None:
            self._context_window.set_theme(theme)
        self.more.setIcon(icon("menu", theme.text_secondary))
        self.more.setIconSize(QSize(theme.px(16), theme.px(16)))

    def show_keys(self) -> None:
        """Show the keys of the decisions, which may be others."""
        for button, label, name in self._keyed:
            # A letter beside the label is the key; a longer one stands in the tooltip.
            key = key_text(name)
            button.setText(f"{label}  {key}" if len(key) == 1 else label)

    def render_state(self) -> None:
        """Show the evidence, and what can be decided."""
        model = self._model
        evidence = evidence_of(model.proposal)
        tip = plain_tip(evidence.tip)
        parts = (
            (self.failed, evidence.failed),
            (self.unsure, evidence.unsure),
            (self.evidence, evidence.passed),
        )
        for label, text in parts:
            label.setText(text)
            label.setToolTip(tip)
            label.setVisible(bool(text) or label is self.evidence)
        self.answered.setText(model.answered_text)
        self.answered.setVisible(bool(model.answered_text))
        self.cached.setText(model.cached_text)
        self.cached.setVisible(bool(model.cached_text))
        self.context.setText(model.context_text)
        self.context.setVisible(bool(model.context_text))
        texts = (model.context_text, model.cached_text, model.answered_text)
        self.asked.setVisible(any(texts))
        if self._context_window is not None and self._context_window.isVisible():
            self._context_window.show_context(model.context_text, model.context_rows)
        self.render_hunk()

    def set_writing(self, is_writing: bool) -> None:
        """Leave the room of the buttons to a field that is open over them, or take it back."""
        self._is_writing = is_writing
        self.render_hunk()

    def render_hunk(self) -> None:
        """Show what can be done with the current hunk."""
        model = self._model
        is_decidable, is_group = model.decide.is_possible, len(model.group) > 1
        conflict, proposal = model.work.conflict, model.proposal
        is_conflict = is_decidable and conflict is not None
        versions = ""
        if conflict is not None and proposal is not None:
            versions = conflict_text(proposal, conflict)
        for button in (self.disk, self.mine, self.both):
            button.setVisible(is_conflict)
            button.setAccessibleDescription(versions)
        for button in (self.accept, self.reject):
            button.setVisible(is_decidable and not is_conflict)
        self.more.setVisible(is_decidable)
        for button in (self.previous, self.next, self.accept_all, self.reject_all):
            button.setVisible(is_decidable)
        for button in (self.accept_file, self.reject_file):
            button.setVisible(is_decidable and is_group)
        self.undo.setVisible(model.has_decided)
        has_buttons = is_decidable or model.has_decided
        self.buttons.setVisible(has_buttons and not self._is_writing)
        has_words = bool(evidence_of(proposal).text) or not self.context.isHidden()
        self.setVisible(has_words or not self.buttons.isHidden())

    def menu(self) -> QMenu:
        """Return the menu of what is done less often, with its keys."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, name in (
            (tr("Split the hunk"), "split"),
            (tr("Edit the proposed lines"), "edit_hunk"),
            (tr("Comment on the line"), "comment"),
            (tr("Copy as a patch"), ""),
        ):
            # Behind a tab stands what Qt shows as the key; the key itself is the window's.
            key = key_text(name) if name else ""
            entry = menu.addAction(f"{text}\t{key}" if key else text)
            wanted = name or COPY_PATCH
            entry.triggered.connect(lambda _checked=False, name=wanted: self.wanted.emit(name))
        return menu

    def _connect(self) -> None:
        model, decide = self._model, self._model.decide
        KEYBOARD.changed.connect(self.show_keys)
        for button, work in (
            (self.accept, lambda: decide.accept()),
            (self.reject, lambda: decide.reject()),
            (self.accept_file, decide.accept_file),
            (self.reject_file, decide.reject_file),
            (self.accept_all, decide.accept_all),
            (self.reject_all, decide.reject_all),
            (self.previous, decide.previous_hunk),
            (self.next, decide.next_hunk),
            (self.undo, decide.undo),
            (self.disk, lambda: model.work.resolve(Side.DISK)),
            (self.mine, lambda: model.work.resolve(Side.MINE)),
            (self.both, lambda: model.work.resolve(Side.BOTH)),
        ):
            button.clicked.connect(lambda _checked=False, work=work: work())
        self.more.clicked.connect(self._show_menu)
        self.context.clicked.connect(self._show_context)

    def _show_context(self) -> None:
        theme = self._theme
        if theme is None:
            return
        if self._context_window is None:
            self._context_window = ContextWindow(theme, self)
        self._context_window.show_context(self._model.context_text, self._model.context_rows)
        self._context_window.show_front()

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().topLeft()))

    def _arrange(self) -> None:
        for label, tone in (
            (self.failed, "problem"),
            (self.unsure, "warning"),
            (self.evidence, "good"),
        ):
            label.setProperty("tone", tone)
            label.setProperty("small", True)
        self.evidence.setWordWrap(True)
        for label in (self.answered, self.cached):
            label.setProperty("small", True)
            label.setProperty("quiet", True)
        self.cached.setToolTip(
            tr(
                "The model had read this much of the prompt before, for an earlier proposal or "
                "while you looked at the file; only the rest had to be worked through. As its "
                "server reports it, over all attempts."
            )
        )
        self.context.setProperty("small", True)
        self.context.setToolTip(
            tr("What the model was shown beside the lines it changes, and what was left out")
        )
        self.context.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.failed.setWordWrap(True)
        warned = QHBoxLayout()
        warned.setSpacing(12)
        warned.addWidget(self.failed)
        warned.addWidget(self.unsure)
        warned.addStretch(1)
        # Below the evidence, which is the longer the more was checked.
        asked = FlowLayout(12)
        for widget in (self.context, self.cached, self.answered):
            asked.addWidget(widget)
        self.asked.setLayout(asked)
        self._fill_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(warned)
        column.addWidget(self.evidence)
        column.addWidget(self.asked)
        column.addWidget(self.buttons)

    def _fill_buttons(self) -> None:
        row = FlowLayout(8)
        self.buttons.setLayout(row)
        for button, label, name, spoken in (
            (self.accept, tr("Accept"), "accept", tr("Accept hunk")),
            (self.reject, tr("Reject"), "reject", tr("Reject hunk")),
            (self.disk, tr("Keep what is on disk"), "", tr("Conflict: keep what is on disk")),
            (self.mine, tr("Take the proposal"), "", tr("Conflict: take the proposal")),
            (self.both, tr("Both"), "", tr("Conflict: what is on disk, then the proposal")),
            (self.previous, tr("Previous"), "previous", tr("Previous hunk")),
            (self.next, tr("Next"), "next", tr("Next hunk")),
            (self.accept_file, tr("Accept file"), "accept_file", tr("Accept file")),
            (self.reject_file, tr("Reject file"), "reject_file", tr("Reject file")),
            (self.accept_all, tr("Accept all"), "accept_all", tr("Accept all")),
            (self.reject_all, tr("Reject all"), "reject_all", tr("Reject all")),
            (self.undo, tr("Undo"), "undo_decision", tr("Undo the last decision")),
        ):
            if name:
                self._keyed.append((button, label, name))
                show_key(button, name, spoken)
            else:
                button.setText(label)
                button.setToolTip(spoken)
            button.setAccessibleName(spoken)
            # The keys reach the diff from everywhere; a click must not take the focus away.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.more.setAccessibleName(tr("More about the hunk"))
        self.more.setToolTip(tr("Split, edit, comment, copy"))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(self.more)
        self.accept.setProperty("main", True)
        self.mine.setProperty("main", True)
