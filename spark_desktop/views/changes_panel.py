"""The left region: inbox, ignored changes, changed files, threads."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from spark_desktop.viewmodels.changes import ChangesViewModel
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.threads import ThreadsViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.row_list import RowList
from spark_desktop.views.section import Section
from spark_desktop.views.theme import Theme
from spark_desktop.views.threads_panel import ThreadsPanel

# Pixels at the usual size of type; and the parts of the height that a list gets: one a row at most.
_LOWEST = 28
_MOST_SHARES, _THREADS_SHARE = 8, 6
# Rows that are seen whole whatever the other lists hold; a low window scrolls all of them.
_SEEN = 3


class ChangesPanel(QFrame):
    """Draws the lists; ``intent_raised`` hands on what the window must do."""

    intent_raised = Signal(object)

    def __init__(self, model: ChangesViewModel, threads: ThreadsViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("side")
        self._model, self._theme = model, theme
        self._notice = NoticeLine(narrow=True)
        self.inbox = RowList(model.inbox, theme, tr("Inbox"))
        self.files = RowList(model.files, theme, tr("Changed files"), flat=True)
        self.ignored = RowList(model.ignored, theme, tr("Ignored changes"))
        inbox_body = QWidget()
        column = QVBoxLayout(inbox_body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._notice)
        self._over_inbox = column
        self._above: QWidget | None = None
        column.addWidget(self.inbox, 1)
        self._inbox_section = Section(tr("INBOX"), inbox_body, theme)
        self._nothing = {
            self.ignored: _quiet(tr("Nothing was left out.")),
            self.files: _quiet(tr("Nothing was written yet.")),
        }
        ignored, files = (_below(label, part) for part, label in self._nothing.items())
        self._ignored_section = Section(tr("IGNORED"), ignored, theme, is_open=False)
        self._files_section = Section(tr("CHANGES"), files, theme)
        self.threads = ThreadsPanel(threads, theme)
        self._threads_section = Section(tr("THREADS"), self.threads, theme)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._arrange()
        self._connect()
        self.render_state()

    @property
    def notice(self) -> NoticeLine:
        """Return the line of state over the inbox."""
        return self._notice

    @property
    def sections(self) -> tuple[Section, Section, Section, Section]:
        """Return inbox, ignored, changes, threads."""
        changes = (self._inbox_section, self._ignored_section, self._files_section)
        return (*changes, self._threads_section)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        for part in (self.inbox, self.files, self.ignored, self.threads, *self.sections):
            part.set_theme(theme)
        self.render_state()

    def put_over_inbox(self, widget: QWidget) -> None:
        """Let a widget of its own, fixed height stand between the line of state and the list.

        ``render_state`` fits the section when that height is another.
        """
        self._over_inbox.insertWidget(1, widget)
        self._above = widget
        self.render_state()

    def search_threads(self) -> None:
        """Put the cursor into the search field of the threads."""
        self._threads_section.set_open(True)
        self.threads.begin_search()

    def render_state(self) -> None:
        """Show the line of state, and the counts."""
        self._notice.show_notice(self._model.notice)
        model = self._model
        shown = (
            (self.inbox, model.inbox),
            (self.ignored, model.ignored),
            (self.files, model.files),
        )
        for place, (part, rows) in enumerate(shown):
            count = len(rows.rows)
            self.sections[place].set_count(count)
            # What a short list does not need goes to the threads.
            height = max(self._theme.px(_LOWEST), count * part.row_height)
            part.setMinimumHeight(min(count, _SEEN) * part.row_height)
            part.setMaximumHeight(height)
            is_alone = count > 0 and (part is not self.inbox or model.notice is None)
            above = self._height_above if part is self.inbox else 0
            self.sections[place].limit(height + above if is_alone else None)
            if part in self._nothing:
                part.setVisible(count > 0)
                self._nothing[part].setVisible(count == 0)
            self._column.setStretch(place, min(count, _MOST_SHARES))

    @property
    def _height_above(self) -> int:
        return 0 if self._above is None or self._above.isHidden() else self._above.maximumHeight()

    def _arrange(self) -> None:
        column = self._column
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        for section in self.sections:
            column.addWidget(section)
        column.setStretch(3, _THREADS_SHARE)
        # Takes the height when every section is folded.
        column.addStretch(0)
        self._page.setObjectName("sidepage")
        # In a low window, or with big type, not everything has room at once.
        area = QScrollArea()
        area.setWidget(self._page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _connect(self) -> None:
        self._model.changed.connect(self.render_state)
        self.inbox.chosen.connect(self._model.choose_proposal)
        self.files.chosen.connect(self._model.choose_file)
        self.ignored.chosen.connect(self._model.choose_file)
        self._notice.intent.connect(self._act)
        self.threads.counted.connect(self._threads_section.set_count)

    def _act(self, intent: Intent) -> None:
        if intent is Intent.DISMISS:
            self._model.act(intent)
        else:
            self.intent_raised.emit(intent)


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setWordWrap(True)
    label.setContentsMargins(12, 0, 12, 8)
    return label


def _below(label: QLabel, part: QWidget) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label)
    column.addWidget(part)
    return body
