"""Lines between the transcript and the composer, which scroll before they take all the room."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

# Of the height of the whole region.
_MOST = 0.4


class NotesArea(QScrollArea):
    """As tall as its lines need, up to two fifths of the region it stands in."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._inside = QWidget()
        self._inside.setObjectName("chips")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in widgets:
            column.addWidget(widget)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        """Return the height that the lines need at this width, in pixels, within bounds."""
        layout = self._inside.layout()
        if layout is None or not self.width():
            return super().sizeHint()
        # The lines that wrap are laid out to the whole width, without a scroll bar.
        wanted = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else -1
        wanted = layout.totalSizeHint().height() if wanted < 0 else wanted
        parent = self.parentWidget()
        most = wanted if parent is None else round(parent.height() * _MOST)
        return QSize(0, min(wanted, max(most, 1)))

    def minimumSizeHint(self) -> QSize:
        """Return the same: what is said here must be seen."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the height when a line comes, goes or says something else."""
        if watched is self._inside and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
