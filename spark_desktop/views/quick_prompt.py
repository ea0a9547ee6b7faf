"""The quick prompt: a card over everything, with a question, its answer and what to do with it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from spark_desktop.domain.conversation import Turn
from spark_desktop.viewmodels.quick import QuickViewModel
from spark_desktop.viewmodels.quick_choices import Choice
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.quick_input import QuickInput
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_view import TranscriptView

# Shares of the screen: how wide, where the top edge is, how high with a long answer.
_WIDTH, _TOP, _HIGHEST = 0.9, 0.2, 0.6
# Characters of the base font: about what a line of an answer needs.
_COLUMNS = 88
# Lines of the base font that an answer has from the beginning.
_FIRST_LINES = 5
# Pixels of the frame, and of the space in it, at both sides.
_EDGES = 4
_KEYS = {
    Choice.COPY: "Ctrl+Shift+C",
    Choice.PASTE: "Ctrl+Return",
    Choice.THREAD: "Ctrl+O",
    Choice.APPLY: "Ctrl+E",
}


class QuickPrompt(QFrame):
    """Made once and hidden; ``present`` shows it at once."""

    def __init__(self, model: QuickViewModel, theme: Theme) -> None:
        # A tool window: over all others, and not in the task bar.
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
        super().__init__(None, flags | Qt.WindowType.WindowStaysOnTopHint)
        # Else macOS hides it while another program is in front.
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setObjectName("quick")
        self.setWindowTitle(tr("Quick prompt"))
        self._model = model
        self._area = QRect(0, 0, 1280, 800)
        self._turn_id = ""
        self._fonts = (0, "")
        self._is_fitting = False
        self.input = QuickInput(tuple(QKeySequence(key) for key in _KEYS.values()))
        self.notice = NoticeLine(strip=True)
        self.transcript = TranscriptView()
        self.buttons = {choice: QPushButton() for choice in Choice}
        self.label, self._foot = ElidedLabel(), QFrame()
        self._arrange()
        self._connect()
        self.set_theme(theme)
        if model.turn is None:
            self.render_state()
        else:
            self.render_turn(model.turn)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.setStyleSheet(stylesheet(theme))
        self.transcript.set_theme(theme)
        fonts = (theme.font_size, theme.code_family)
        if fonts != self._fonts:
            # Only then: the answer is laid out anew.
            self._fonts = fonts
            self.transcript.set_fonts(*fonts)
        self._fit()

    def prepare(self) -> None:
        """Do now what the first ``present`` would take time for: styles, fonts, the handle."""
        self._area = _screen_area(QPoint(0, 0))
        self.ensurePolished()
        self.winId()
        self._fit()
        self.grab()

    def present(self) -> None:
        """Show it on the screen with the pointer, the whole question selected."""
        if not self.isVisible():
            self._area = _screen_area(QCursor.pos())
            self.render_state()
            self._fit()
            area = self._area
            left = area.left() + (area.width() - self.width()) // 2
            self.move(left, area.top() + round(area.height() * _TOP))
            self.input.selectAll()
        self.show()
        self.raise_()
        self.activateWindow()
        self.input.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def render_turn(self, turn: Turn) -> None:
        """Show a turn; another one takes the place of the one before."""
        if turn.id != self._turn_id:
            self._turn_id = turn.id
            self.transcript.setFixedHeight(_FIRST_LINES * self.fontMetrics().lineSpacing())
            self.transcript.set_turns((turn,))
        else:
            self.transcript.update_turn(turn)
        self.render_state()

    def render_state(self) -> None:
        """Show the choices, what is waited for, and which model answers."""
        model = self._model
        for choice, offer in model.offers.items():
            button, key = self.buttons[choice], QKeySequence(_KEYS[choice])
            native = key.toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(offer.label)
            button.setToolTip(f"{offer.tip} ({native})")
            button.setAccessibleDescription(offer.tip)
            button.setEnabled(offer.is_enabled)
        self.transcript.setVisible(model.turn is not None)
        self.notice.show_notice(model.notice, model.core.progress)
        self.label.setText(model.core.label if model.core.is_ready else model.core.word)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the answer. Qt only hides the window, which is used again.

        Refused it would hold up the end of the user's session.
        """
        super().closeEvent(event)
        self._model.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape, which none of the parts takes."""
        if event.key() == Qt.Key.Key_Escape:
            self._model.close()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow the height that the parts want."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the answer out for another width."""
        super().resizeEvent(event)
        self._grow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy the whole answer where nothing of it is selected."""
        if (
            watched is self.transcript
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.matches(QKeySequence.StandardKey.Copy)
            and not self.transcript.selected_text()
        ):
            self._choose(Choice.COPY)
            return True
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        self.label.setProperty("quiet", True)
        self.transcript.setAccessibleName(tr("Quick answer"))
        self.transcript.installEventFilter(self)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.addWidget(self.input)
        foot = self._foot
        foot.setObjectName("quickfoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 8, 12, 8)
        # In big type, or in a language of long words, they go on in a second row.
        flow = FlowLayout(8)
        for place, widget in enumerate((*self.buttons.values(), self.label)):
            flow.insert_widget(place, widget)
        row.addLayout(flow)
        column = QVBoxLayout(self)
        # The frame draws a line of one pixel.
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.transcript)
        column.addWidget(foot)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.turn_changed.connect(self.render_turn)
        model.pieces.connect(self.transcript.append_piece)
        model.question.connect(self.input.show_text)
        model.drafted.connect(self.input.offer)
        model.copied.connect(self._put_on_clipboard)
        model.hidden.connect(self.hide)
        model.wanted.connect(self.present)
        self.notice.intent.connect(model.act)
        self.input.asked.connect(lambda: model.ask(self.input.toPlainText()))
        self.input.older.connect(lambda: model.older(self.input.toPlainText()))
        self.input.newer.connect(model.newer)
        self.input.copied.connect(lambda: self._choose(Choice.COPY))
        self.input.textChanged.connect(self._fit)
        self.transcript.verticalScrollBar().rangeChanged.connect(lambda _from, _to: self._grow())
        for choice, button in self.buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, choice=choice: self._choose(choice))
            shortcut = QShortcut(QKeySequence(_KEYS[choice]), self)
            shortcut.activated.connect(lambda choice=choice: self._choose(choice))

    def _choose(self, choice: Choice) -> None:
        self._model.choose(choice, self.transcript.selected_text())

    def _put_on_clipboard(self, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        clipboard.setText(text)
        if clipboard.supportsSelection():
            # What old terminals of X11 paste.
            clipboard.setText(text, clipboard.Mode.Selection)

    def _grow(self) -> None:
        """Give the answer the height it wants, as far as the screen allows; it never shrinks."""
        if self.transcript.isHidden():
            return
        wanted = self.transcript.verticalScrollBar().maximum() + self.transcript.viewport().height()
        others = self.height() - self.transcript.height()
        most = max(
            _FIRST_LINES * self.fontMetrics().lineSpacing(),
            round(self._area.height() * _HIGHEST) - others,
        )
        height = min(max(wanted, self.transcript.height()), most)
        if height != self.transcript.height():
            self.transcript.setFixedHeight(height)
            self._fit()

    def _fit(self) -> None:
        if self._is_fitting:
            return
        self._is_fitting = True
        try:
            most = round(self._area.width() * _WIDTH)
            width = min(most, _COLUMNS * self.fontMetrics().averageCharWidth())
            # The words on the buttons must not be cut, and best stand in one row.
            width = max(width, min(most, self._foot.sizeHint().width() + _EDGES))
            layout = self.layout()
            if layout is not None:
                layout.activate()
                height = layout.totalSizeHint().height()
                if layout.hasHeightForWidth():
                    height = layout.totalHeightForWidth(width)
                self.setFixedSize(width, height)
        finally:
            self._is_fitting = False


def _screen_area(place: QPoint) -> QRect:
    screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
    return screen.availableGeometry()
