"""Whether the user wants little motion."""

from PySide6.QtWidgets import QStyle, QWidget


def prefers_calm(widget: QWidget) -> bool:
    """Return whether the system asks for no animations, as Qt's style passes it on."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return widget.style().styleHint(hint, None, widget) == 0
