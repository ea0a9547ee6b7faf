"""The composer's text: keys, completion, drops."""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.utf16 import index_of, position_of

_MOST_LINES = 8
# Characters: a longer paste is an item beside the question, which is shown with its tokens and can
# be cut where it does not fit. As text it would have to fit whole, and hold up each key.
LONG_PASTE = 20_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ComposerText(QPlainTextEdit):
    """Grows with its text up to eight lines; ``focused`` tells the frame around it.

    Enter sends, Ctrl+Enter sends now, Shift+Enter begins a line. While completions are shown
    (``is_completing``) the arrows, Enter, Tab and Esc are theirs.
    """

    entered = Signal()
    entered_now = Signal()
    focused = Signal(bool)
    moved = Signal(int)
    completed = Signal()
    dismissed = Signal()
    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_completing = False
        self._revision, self._written = -1, ""
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Composer"))
        self.textChanged.connect(self._fit)
        self._fit()

    @property
    def written(self) -> str:
        """Return the text, which is read once for each change of it."""
        revision = self.document().revision()
        if revision != self._revision:
            self._revision, self._written = revision, self.toPlainText()
        return self._written

    @property
    def place(self) -> int:
        """Return how many characters stand before the cursor."""
        return index_of(self.written, self.textCursor().position())

    def write(self, text: str, place: int) -> None:
        """Take another text as an edit, so that Ctrl+Z brings back what was there."""
        if self.written != text:
            whole = QTextCursor(self.document())
            whole.select(QTextCursor.SelectionType.Document)
            whole.insertText(text)
        cursor = self.textCursor()
        cursor.setPosition(position_of(text, place))
        self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Take the completion's keys, and Ctrl+Enter, before the window's shortcuts do."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in _ENTER and is_held:
                # Here it sends; in the review it accepts everything.
                event.accept()
                return True
        if self.is_completing and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress and self._complete(event):
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter; with Shift it begins a line, with Ctrl it interrupts."""
        modifiers = event.modifiers()
        if event.key() in _ENTER and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.entered_now.emit()
        elif event.key() in _ENTER and not modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Return whether a drop or paste means anything here."""
        return source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text as text; files, and what is long, become chips."""
        if any(url.isLocalFile() for url in source.urls()) or len(source.text()) > LONG_PASTE:
            self.dropped.emit(source)
        else:
            super().insertFromMimeData(source)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _complete(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down:
                self.moved.emit(1)
            case Qt.Key.Key_Up:
                self.moved.emit(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab if not event.modifiers():
                self.completed.emit()
            case Qt.Key.Key_Escape:
                self.dismissed.emit()
            case _:
                return False
        return True

    def _fit(self) -> None:
        lines = max(2, min(_MOST_LINES, round(self.document().size().height())))
        margins = 2 * round(self.document().documentMargin())
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)
