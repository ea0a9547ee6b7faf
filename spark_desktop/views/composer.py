"""Where the user types: chips, the text, the two modes, the gauge, and the sending."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.composer import ComposerViewModel
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.budget_gauge import BudgetGauge
from spark_desktop.views.chip_row import ChipRow
from spark_desktop.views.composer_text import ComposerText
from spark_desktop.views.drops import take
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon
from spark_desktop.views.mention_popup import MentionPopup
from spark_desktop.views.shortcuts import show_key
from spark_desktop.views.theme import Theme


class Composer(QFrame):
    """Always takes typing; its button sends, queues, or stops what runs."""

    def __init__(self, model: ComposerViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("composer")
        self._model = model
        self.editor = ComposerText()
        self.chips = ChipRow(theme)
        self.popup = MentionPopup(model.mentions, self, theme)
        self.gauge = BudgetGauge(theme)
        self.ask, self.edit, self.add = QToolButton(), QToolButton(), QToolButton()
        self.target = ElidedLabel()
        self.button, self.more = QPushButton(), QToolButton()
        self.now, self.stop = QAction(self), QAction(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._is_answering = False
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.render_text(model.text, len(model.text))
        self._show_button()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.more.setIcon(icon("chevron-down", theme.text_secondary))
        for part in (self.chips, self.popup, self.gauge):
            part.set_theme(theme)

    def show_mode(self, mode: Mode, target: str, placeholder: str) -> None:
        """Show what the text will be, and what it will be about."""
        self.ask.setChecked(mode is Mode.ASK)
        self.edit.setChecked(mode is Mode.EDIT)
        self.target.setText(target)
        self.target.setToolTip(plain_tip(target))
        self.editor.setPlaceholderText(placeholder)
        # Qt draws a placeholder that became another only with the next repaint.
        self.editor.viewport().update()
        self.editor.setAccessibleDescription(
            tr("{placeholder} About {target}.", placeholder=placeholder, target=target)
        )
        self._show_button()

    def show_answering(self, is_answering: bool) -> None:
        """Offer Stop while an answer streams, and to queue what is typed meanwhile."""
        self._is_answering = is_answering
        self._show_button()

    def render_text(self, text: str, cursor: int) -> None:
        """Take another text from the view model; the same one keeps its undo history."""
        self.editor.write(text, cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sending below the modes where large text leaves no room beside them."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        # A low region would squeeze the button first, which is the one that must be hit.
        self.button.setMinimumHeight(self.button.sizeHint().height())
        modes = (self.ask, self.edit, self.add)
        needed = sum(button.sizeHint().width() for button in (*modes, self.button)) + 40
        if self._is_answering:
            needed += self.more.sizeHint().width()
        way = QBoxLayout.Direction
        is_narrow = needed > self.width() - 16
        wanted = way.TopToBottom if is_narrow else way.LeftToRight
        if self._row.direction() != wanted:
            self._row.setDirection(wanted)
            self.updateGeometry()

    def _arrange(self) -> None:
        modes = QButtonGroup(self)
        for button, text in ((self.ask, tr("Ask")), (self.edit, tr("Edit"))):
            button.setText(text)
            button.setCheckable(True)
            modes.addButton(button)
        show_key(self.ask, "ask", tr("Ask about the code"))
        edits = tr("Say what to change in the open file, or its selected lines")
        show_key(self.edit, "edit", edits)
        self.add.setText("@")
        self.add.setAccessibleName(tr("Add a file, folder, symbol, the diff or the clipboard"))
        self.add.setToolTip(tr("Add a file, folder, symbol, the diff or the clipboard (@)"))
        self.more.setAccessibleName(tr("More ways to send"))
        self.more.setToolTip(tr("More ways to send"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.now.setText(tr("Send now, stopping the answer (Ctrl+Enter)"))
        self.stop.setText(tr("Stop the answer (Esc)"))
        menu.addAction(self.now)
        menu.addAction(self.stop)
        self.more.setMenu(menu)
        self.target.setProperty("quiet", True)
        self.target.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        modes_row, sending = QHBoxLayout(), QHBoxLayout()
        for widget in (self.ask, self.edit, self.add):
            modes_row.addWidget(widget)
        modes_row.addSpacing(4)
        modes_row.addWidget(self.target, 1)
        sending.addStretch(1)
        sending.addWidget(self.button)
        sending.addWidget(self.more)
        for row in (modes_row, sending):
            row.setSpacing(4)
        self._row.setSpacing(4)
        self._row.addLayout(modes_row, 1)
        self._row.addLayout(sending)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.chips)
        column.addWidget(self.editor)
        column.addLayout(self._row)
        column.addWidget(self.gauge)

    def _connect(self) -> None:
        model, editor = self._model, self.editor
        editor.entered.connect(lambda: model.send())
        editor.entered_now.connect(lambda: model.send(now=True))
        editor.focused.connect(self._show_focus)
        editor.textChanged.connect(self._text_changed)
        editor.cursorPositionChanged.connect(self._cursor_moved)
        editor.moved.connect(model.mentions.move)
        editor.completed.connect(self._complete)
        editor.dismissed.connect(model.mentions.dismiss)
        editor.dropped.connect(lambda data: take(model, data))
        self.popup.chosen.connect(model.choose)
        self.chips.removed.connect(model.remove)
        self.chips.confirmed.connect(model.confirm)
        self.button.clicked.connect(self._clicked)
        self.add.clicked.connect(self._begin_mention)
        self.now.triggered.connect(lambda: model.send(now=True))
        self.stop.triggered.connect(lambda: model.chat.stop())
        self.ask.clicked.connect(lambda: model.chat.set_mode(Mode.ASK))
        self.edit.clicked.connect(lambda: model.chat.set_mode(Mode.EDIT))
        model.text_given.connect(self.render_text)
        # Slots, not functions: Qt lets go of them when the view goes, before its project ends.
        model.chips_changed.connect(self._show_chips)
        model.gauge_changed.connect(self._show_gauge)
        model.mentions.changed.connect(self._show_completing)
        model.clipboard_wanted.connect(
            lambda: model.add_clipboard(QGuiApplication.clipboard().text())
        )

    def _text_changed(self) -> None:
        self._model.set_text(self.editor.written, self.editor.place)
        self._show_button()

    def _cursor_moved(self) -> None:
        self._model.mentions.typed(self.editor.written, self.editor.place)

    def _begin_mention(self) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        cursor = self.editor.textCursor()
        before = self.editor.written[: self.editor.place][-1:]
        cursor.insertText("@" if not before or before.isspace() else " @")

    def _complete(self) -> None:
        mentions = self._model.mentions
        if mentions.rows:
            self._model.choose(mentions.rows[mentions.current])

    def _show_chips(self) -> None:
        self.chips.show_chips(self._model.chips)

    def _show_gauge(self) -> None:
        self.gauge.show_gauge(self._model.gauge)

    def _show_completing(self) -> None:
        self.editor.is_completing = bool(self._model.mentions.rows)

    def _clicked(self) -> None:
        if self._is_answering and not self._has_text:
            self._model.chat.stop()
        else:
            self._model.send()

    @property
    def _has_text(self) -> bool:
        text = self.editor.written
        return bool(text) and not text.isspace()

    def _show_button(self) -> None:
        queues = self._is_answering and self._model.chat.mode is Mode.ASK
        if self._is_answering and not self._has_text:
            text, tip = tr("Stop"), tr("Stop the answer (Esc)")
        elif queues:
            text, tip = tr("Queue"), tr("Ask when the answer is finished (Enter)")
        else:
            text, tip = tr("Send"), tr("Send (Enter)")
        self.button.setText(text)
        self.button.setToolTip(tip)
        self.button.setEnabled(self._is_answering or self._has_text)
        self.more.setVisible(queues and self._has_text)
        self._fold()

    def _show_focus(self, is_focused: bool) -> None:
        self.setProperty("focused", is_focused)
        self.style().unpolish(self)
        self.style().polish(self)
        if not is_focused:
            self._model.keep_draft()
            if not self.popup.underMouse():
                self._model.mentions.close()
