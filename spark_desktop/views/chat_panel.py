"""The right region: the thread, its turns, the composer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.chat import ChatViewModel, Mode
from spark_desktop.viewmodels.composer import ComposerViewModel
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.compaction_row import CompactionRow
from spark_desktop.views.composer import Composer
from spark_desktop.views.drops import DropFilter
from spark_desktop.views.icons import icon
from spark_desktop.views.notes_area import NotesArea
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.queue_list import QueueList
from spark_desktop.views.shortcuts import show_key
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_pane import TranscriptPane
from spark_desktop.views.transcript_view import TranscriptView
from spark_desktop.views.turn_actions import TurnAction

_EMPTY = say("Ask about the code.\nThe open file goes with the question.")
_TITLE, _MENU_TITLE = 32, 48


class ChatPanel(QFrame):
    """Draws one thread; what the user types goes to the view model.

    ``turn_action`` carries a turn's id ("" for the last one) and what to do: "fork" or "edit".
    """

    turn_action = Signal(str, str)
    all_threads_wanted = Signal()

    def __init__(self, model: ChatViewModel, writing: ComposerViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("side")
        self._model, self._writing = model, writing
        self._theme = theme
        self.transcript = TranscriptView()
        self.pane = TranscriptPane(self.transcript)
        self.composer = Composer(writing, theme)
        self.queue = QueueList(writing.queue, theme)
        self.compaction = CompactionRow(writing.compaction, theme)
        self.notice = NoticeLine(narrow=True)
        self.empty = QLabel(in_language(_EMPTY))
        self.threads, self.new, self.copy = QToolButton(), QToolButton(), QToolButton()
        self._menu, self._head = QMenu(self), QFrame()
        self._pages = QStackedLayout()
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.render_thread()
        self.render_threads()
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.transcript.set_fonts(theme.font_size, theme.code_family)
        for part in (self.pane, self.composer, self.queue, self.compaction):
            part.set_theme(theme)
        self._head.setFixedHeight(theme.px(36))
        self.threads.setIcon(icon("chevron-down", theme.text_secondary))
        self.new.setIcon(icon("plus", theme.text_secondary))
        self.copy.setIcon(icon("copy", theme.text_secondary))

    def begin(self, mode: Mode) -> None:
        """Put the cursor into the composer, in a mode."""
        self._model.set_mode(mode)
        self.composer.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def render_thread(self) -> None:
        """Show another thread."""
        self.transcript.set_turns(self._model.turns)
        self._show_page()

    def render_threads(self) -> None:
        """Show the threads' titles."""
        title = self._model.title
        self.threads.setText(title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…")
        self.threads.setAccessibleName(tr("Thread: {title}", title=title))
        self.threads.setToolTip(plain_tip(tr("{title}\nChoose another thread", title=title)))
        self._menu.clear()
        for thread in self._model.menu_threads:
            name = self._model.name_of(thread)
            # An ampersand would underline the next letter.
            action = self._menu.addAction(name[:_MENU_TITLE].replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(thread.id == self._model.thread_id)
            if thread.is_pinned:
                action.setIcon(icon("pin", self._theme.text_secondary))
            action.triggered.connect(
                lambda _checked=False, thread_id=thread.id: self._model.open_thread(thread_id)
            )
        self._add_menu_end()

    def render_turn(self, turn: Turn) -> None:
        """Show a turn that is new or another."""
        self.transcript.update_turn(turn)
        self._show_page()

    def render_state(self) -> None:
        """Show the composer's state and the notice."""
        model = self._model
        self.composer.show_mode(model.mode, model.target_text, model.placeholder)
        self.composer.show_answering(model.is_answering)
        self.notice.show_notice(model.notice)
        self.copy.setEnabled(bool(model.last_answer))

    def _add_menu_end(self) -> None:
        all_of_them = self._menu.addAction(tr("Search all threads…"))
        all_of_them.triggered.connect(self.all_threads_wanted)
        self._menu.addSeparator()
        for text, what in (
            (tr("Fork from the last answer"), "fork"),
            (tr("Edit the last question"), "edit"),
        ):
            action = self._menu.addAction(text)
            action.triggered.connect(
                lambda _checked=False, what=what: self.turn_action.emit("", what)
            )

    def _do_with_turn(self, turn_id: str, action: TurnAction) -> None:
        if action is TurnAction.GO_ON:
            self._model.go_on(turn_id)
        elif action is TurnAction.ASK_AGAIN:
            self._model.ask_again(turn_id)
        elif action in (TurnAction.FORK, TurnAction.EDIT):
            self.turn_action.emit(turn_id, action.value)

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self._model.turns else 0)

    def _arrange(self) -> None:
        self.threads.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.threads.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.threads.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.threads.setMenu(self._menu)
        for button in (self.threads, self.new, self.copy):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        show_key(self.new, "new_thread", tr("New thread"))
        self.new.setAccessibleName(tr("New thread"))
        self.copy.setToolTip(tr("Copy the last answer"))
        self.copy.setAccessibleName(tr("Copy the last answer"))
        head = self._head
        head.setObjectName("sidehead")
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.threads)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.new)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("quiet", True)
        self.empty.setWordWrap(True)
        self.empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        pages = QWidget()
        # The composer comes first where there is little room.
        pages.setMinimumHeight(24)
        pages.setLayout(self._pages)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.pane)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.addWidget(self.composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(pages, 1)
        column.addWidget(NotesArea(self.compaction, self.notice, self.queue))
        column.addLayout(foot)

    def _connect(self) -> None:
        model = self._model
        model.thread_changed.connect(self.render_thread)
        model.threads_changed.connect(self.render_threads)
        model.turn_changed.connect(self.render_turn)
        model.pieces.connect(self.transcript.append_piece)
        model.pace.changed.connect(self.transcript.show_pace)
        model.changed.connect(self.render_state)
        viewport = self.composer.editor.viewport()
        # The whole region takes drops, the text itself too.
        DropFilter(self._writing, self, self.transcript.viewport(), viewport)
        self.transcript.insert_requested.connect(lambda code, _language: model.insert(code))
        self.transcript.turn_action.connect(self._do_with_turn)
        self.notice.intent.connect(model.act)
        self.queue.left.connect(self.composer.editor.setFocus)
        self.new.clicked.connect(model.new_thread)
        self.copy.clicked.connect(lambda: _copy(model.last_answer))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
