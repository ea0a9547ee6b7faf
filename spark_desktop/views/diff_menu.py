"""The menu of a line in a diff."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.shortcuts import native

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

_COPY, _COPY_PATCH, _COMMENT = "Ctrl+C", "Ctrl+Shift+C", "C"


def open_menu(view: "DiffView", event: QContextMenuEvent) -> None:
    """Offer what can be done with the line under the mouse, or with the selection."""
    row = view.rows.row_at(event.pos())
    if event.reason() is QContextMenuEvent.Reason.Keyboard and view.selection.cursor is not None:
        row = view.selection.cursor
    if row is None:
        return
    rows = view.selection.rows
    if rows is None or not rows.start <= row < rows.end:
        view.select(row, row, view.stage.scene.lane_at(event.pos().x()).side)
    menu = menu_of(view, row)
    view.menu_filled.emit(menu)
    menu.popup(event.globalPos())


def menu_of(view: "DiffView", row: int) -> QMenu:
    """Return the menu of a row; it goes away once it is closed."""
    menu = QMenu(view)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.addAction(_with(tr("Copy"), _COPY), view.copy)
    if view.content.is_diff:
        menu.addAction(_with(tr("Copy as a patch"), _COPY_PATCH), lambda: view.copy(as_patch=True))
        side = view.selection.side
        menu.addAction(
            _with(tr("Comment on this line"), _COMMENT), lambda: view.ask_for_comment(row, side)
        )
        menu.addAction(tr("Copy everything as text"), view.copy_everything)
        menu.addSeparator()
        menu.addAction(tr("Go to the next change"), view.next_change)
        menu.addAction(tr("Go to the change before"), view.previous_change)
        menu.addAction(tr("Show all unchanged lines"), view.open_everything)
        again = menu.addAction(tr("Fold unchanged lines again"), view.fold_again)
        again.setEnabled(bool(view.layout_now.opened))
    return menu


def _with(text: str, key: str) -> str:
    """Return a menu's text with a key that the view itself takes, as the system writes it."""
    return f"{text}\t{native(key)}"
