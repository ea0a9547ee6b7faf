"""A page that scrolls where its window is too low for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from spark_desktop.views.notice_line import NoticeLine


def put_low_page(page: QWidget, notice: NoticeLine, inside: QVBoxLayout) -> None:
    """Fill ``page``: the notice at the top, where it stays, and below it what scrolls."""
    body = QWidget()
    body.setObjectName("settingspage")
    inside.setContentsMargins(12, 12, 12, 12)
    inside.setSpacing(8)
    body.setLayout(inside)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    # What is in it takes the keys, and scrolls it where it is not to be seen.
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(body)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(notice)
    column.addWidget(scroll, 1)
