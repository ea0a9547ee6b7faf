"""Counts what a widget paints."""

from PySide6.QtCore import QEvent, QObject


class Paints(QObject):
    """The paint events of a widget, since ``count`` was last set to 0."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        self._widget = widget
        widget.installEventFilter(self)

    def end(self) -> None:
        """Count no more: what is left behind would look at each later event of the widget."""
        self._widget.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() == QEvent.Type.Paint
        return False
