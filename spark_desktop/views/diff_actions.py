"""What the buttons of a diff do: they report an intent, or open a fold."""

from typing import TYPE_CHECKING

from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import FoldRow, new_line, old_line
from spark_desktop.views.diff_buttons import PIECE, Button
from spark_desktop.views.diff_lanes import Side

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView


def press(view: "DiffView", button: Button) -> None:
    """Do what a button says."""
    owner, action = button
    match action:
        case "accept":
            view.accept_clicked.emit(owner)
        case "reject":
            view.reject_clicked.emit(owner)
        case "split":
            view.split_clicked.emit(owner)
        case "edit":
            view.edit_clicked.emit(owner)
        case "mine" | "disk" | "both":
            view.resolve_clicked.emit(owner, action)
        case "drop":
            view.drop_requested.emit(owner)
        case "place":
            place = view.selected_lines() or view.content.failed[owner].nearest
            if place is not None:
                view.place_requested.emit(owner, place)
        case _:
            open_fold(view, view.content.rows.near_old(int(owner)), action)


def open_fold(view: "DiffView", row: int, how: str = "all") -> None:
    """Open a fold: all of it, or some lines at its beginning ("fold_down") or end ("fold_up")."""
    found = view.content.rows[row]
    if not isinstance(found, FoldRow):
        return
    lines = found.lines
    if how == "fold_down":
        lines = Span(lines.start, min(lines.end, lines.start + PIECE))
    elif how == "fold_up":
        lines = Span(max(lines.start, lines.end - PIECE), lines.end)
    view.open_lines(lines)


def ask_for_comment(view: "DiffView", row: int, side: Side) -> None:
    """Ask for a comment on a row's line: on the new one, where there are two."""
    found = view.content.rows[row]
    old, new = old_line(found), new_line(found)
    if isinstance(found, FoldRow) or not view.content.is_diff:
        return
    if new is not None and (side is not Side.OLD or old is None):
        view.comment_requested.emit(new, True)
    elif old is not None:
        view.comment_requested.emit(old, False)
