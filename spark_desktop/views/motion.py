"""Whether things move: what the user chose, else what the system asks for."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from spark_desktop.domain.settings import Motion

_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
_chosen = Motion.SYSTEM


def use_motion(chosen: Motion) -> None:
    """Let everything that moves, in the whole program, follow the user's choice."""
    # One program has one answer, as it has one palette.
    global _chosen
    _chosen = chosen
    if _chosen is not Motion.SYSTEM:
        for effect in _EFFECTS:
            QApplication.setEffectEnabled(effect, _chosen is Motion.FULL)


def motion(milliseconds: int) -> int:
    """Return how long something may take to move, in milliseconds: none where little is wanted."""
    return 0 if _is_calm(None) else milliseconds


def prefers_calm(widget: QWidget) -> bool:
    """Return whether the user, or else the system as Qt's style passes it on, wants no motion."""
    return _is_calm(widget)


def _is_calm(widget: QWidget | None) -> bool:
    if _chosen is not Motion.SYSTEM:
        return _chosen is Motion.REDUCED
    style = QApplication.style() if widget is None else widget.style()
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return style.styleHint(hint, None, widget) == 0
