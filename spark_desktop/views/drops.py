"""What is dropped on the chat: files and folders, else text."""

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.composer import ComposerViewModel


def take(model: ComposerViewModel, data: QMimeData) -> bool:
    """Make chips of what was dropped; return whether it held anything of use."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if paths:
        model.add_paths(paths)
    elif data.hasText():
        model.add_text(data.text())
    else:
        return False
    return True


class DropFilter(QObject):
    """Lets widgets take drops for the composer, whatever they are themselves."""

    def __init__(self, model: ComposerViewModel, *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        self._model = model
        self._own = widgets
        for widget in widgets:
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept files and text, and take them when they are dropped."""
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove)
        if isinstance(event, QDropEvent) and event.source() in self._own:
            # A selection that is moved within its own text stays text.
            return super().eventFilter(watched, event)
        if event.type() in kinds and isinstance(event, QDropEvent):
            data = event.mimeData()
            if data.hasUrls() or data.hasText():
                event.acceptProposedAction()
                return True
        if event.type() is QEvent.Type.Drop and isinstance(event, QDropEvent):
            if take(self._model, event.mimeData()):
                event.acceptProposedAction()
            return True
        return super().eventFilter(watched, event)
