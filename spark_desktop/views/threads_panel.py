"""The threads in the left region: a field to search in, and the list."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from spark_desktop.services.threads import ExportFormat
from spark_desktop.viewmodels.thread_rows import ThreadRow
from spark_desktop.viewmodels.threads import ThreadsViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.pickers import pick_target
from spark_desktop.views.theme import Theme
from spark_desktop.views.thread_list import ThreadList

_LONGEST_NAME = 60


class ThreadsPanel(QWidget):
    """Draws the list; what the user does with a thread goes to the view model."""

    counted = Signal(int)

    def __init__(self, model: ThreadsViewModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.search = QLineEdit()
        self.notice = NoticeLine(narrow=True)
        self.list = ThreadList(model.rows, theme)
        self.empty = QLabel()
        self._pages = QStackedLayout()
        self._arrange()
        self._connect()
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.list.set_theme(theme)

    def current_actions(self) -> dict[str, tuple[str, Callable[[], None]]]:
        """Return what can be done with the open thread, by name; empty where it is not listed."""
        rows = [one for one in self._model.rows.entries if isinstance(one, ThreadRow)]
        row = next((one for one in rows if one.is_current), None)
        if row is None:
            return {}
        words = {
            "pin": tr("Unpin") if row.is_pinned else tr("Pin to the top"),
            "fork": tr("Fork from the last answer"),
            "edit": tr("Edit the last question"),
            "markdown": tr("Export as Markdown…"),
            "json": tr("Export as JSON…"),
        }
        done: dict[str, tuple[str, Callable[[], None]]] = {
            name: (text, partial(self._do, row.id, name)) for name, text in words.items()
        }
        done["delete"] = (tr("Delete"), partial(self._model.delete, [row.id]))
        return done

    def begin_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def render_state(self) -> None:
        """Show the notice, the count, and what stands in place of an empty list."""
        self.notice.show_notice(self._model.notice)
        self.empty.setText(self._model.empty_text)
        self._pages.setCurrentIndex(1 if self._model.empty_text else 0)
        self.counted.emit(self._model.count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field: Down goes to the list, Enter opens the first hit, Esc clears."""
        if watched is self.search and isinstance(event, QKeyEvent):
            is_escape = event.key() == Qt.Key.Key_Escape and bool(self.search.text())
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.ShortcutOverride and (is_escape or is_enter):
                # Else the window's Esc would stop the model, its Ctrl+Enter accept the review.
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self._search_key(event, is_escape):
                return True
        return super().eventFilter(watched, event)

    def _search_key(self, event: QKeyEvent, is_escape: bool) -> bool:
        if is_escape:
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._model.choose_first()
        else:
            return False
        return True

    def _arrange(self) -> None:
        self.search.setObjectName("threadsearch")
        self.search.setPlaceholderText(tr("Search the threads"))
        self.search.setAccessibleName(tr("Search the threads"))
        self.search.setToolTip(
            tr('Words are found by their beginnings, a "phrase in quotes" as it is.')
        )
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.empty.setProperty("quiet", True)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(12, 4, 12, 4)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        pages = QWidget()
        pages.setLayout(self._pages)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.empty)
        field = QVBoxLayout()
        field.setContentsMargins(8, 2, 8, 4)
        field.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(field)
        column.addWidget(self.notice)
        column.addWidget(pages, 1)

    def _begin_rows(self) -> None:
        self.list.show_tall(self._model.is_searching)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        # Before the rows are others: all of them are of one height.
        model.rows.modelAboutToBeReset.connect(self._begin_rows)
        self.search.textChanged.connect(model.search)
        self.notice.intent.connect(model.act)
        self.list.chosen.connect(model.choose)
        self.list.delete_wanted.connect(model.delete)
        self.list.editing.connect(model.set_editing)
        self.list.wanted.connect(self._do)

    def _do(self, thread_id: str, what: str) -> None:
        match what:
            case "pin":
                self._model.toggle_pin(thread_id)
            case "fork":
                self._model.fork_thread(thread_id)
            case "edit":
                self._model.edit_thread(thread_id)
            case "markdown":
                self._export(thread_id, ExportFormat.MARKDOWN, "Markdown")
            case "json":
                self._export(thread_id, ExportFormat.JSON, "JSON")

    def _export(self, thread_id: str, form: ExportFormat, words: str) -> None:
        place = self._model.rows.position(thread_id)
        row = None if place is None else self._model.rows.entries[place]
        title = row.title if isinstance(row, ThreadRow) else ""
        name = f"{_file_name(title)}.{form.value}"
        pick_target(
            self,
            name,
            (words, form.value),
            lambda path: self._model.export(thread_id, path, form),
        )


def _file_name(title: str) -> str:
    """Return the title as a file's name that every system takes."""
    kept = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in title)
    return " ".join(kept.split())[:_LONGEST_NAME].strip() or "thread"
