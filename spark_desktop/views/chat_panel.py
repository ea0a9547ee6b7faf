"""The right region: the thread, its turns, the composer."""

from PySide6.QtCore import Qt
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
from spark_desktop.viewmodels.chat import ChatViewModel, Mode
from spark_desktop.views.composer import Composer
from spark_desktop.views.icons import icon
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_pane import TranscriptPane
from spark_desktop.views.transcript_view import TranscriptView
from spark_desktop.views.turn_actions import TurnAction

_EMPTY = "Ask about the code.\nThe open file goes with the question."
_TITLE, _MENU_TITLE = 32, 48


class ChatPanel(QFrame):
    """Draws one thread; what the user types goes to the view model."""

    def __init__(self, model: ChatViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("side")
        self._model = model
        self.transcript = TranscriptView()
        self.pane = TranscriptPane(self.transcript)
        self.composer = Composer()
        self.notice = NoticeLine(narrow=True)
        self.empty = QLabel(_EMPTY)
        self.threads, self.new, self.copy = QToolButton(), QToolButton(), QToolButton()
        self._menu = QMenu(self)
        self._pages = QStackedLayout()
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.render_thread()
        self.render_threads()
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.pane.set_theme(theme)
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
        self.threads.setAccessibleName(f"Thread: {title}")
        self.threads.setToolTip(f"{title}\nChoose another thread")
        self._menu.clear()
        for thread in self._model.threads:
            name = self._model.name_of(thread)
            # An ampersand would underline the next letter.
            action = self._menu.addAction(name[:_MENU_TITLE].replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(thread.id == self._model.thread_id)
            action.triggered.connect(
                lambda _checked=False, thread_id=thread.id: self._model.open_thread(thread_id)
            )

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

    def _do_with_turn(self, turn_id: str, action: TurnAction) -> None:
        if action is TurnAction.ASK_AGAIN:
            self._model.ask_again(turn_id)

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self._model.turns else 0)

    def _arrange(self) -> None:
        self.threads.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.threads.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.threads.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.threads.setMenu(self._menu)
        for button in (self.threads, self.new, self.copy):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.new.setToolTip("New thread (Ctrl+N)")
        self.new.setAccessibleName("New thread")
        self.copy.setToolTip("Copy the last answer")
        self.copy.setAccessibleName("Copy the last answer")
        head = QFrame()
        head.setObjectName("sidehead")
        head.setMinimumHeight(36)
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
        column.addWidget(self.notice)
        column.addLayout(foot)

    def _connect(self) -> None:
        model = self._model
        model.thread_changed.connect(self.render_thread)
        model.threads_changed.connect(self.render_threads)
        model.turn_changed.connect(self.render_turn)
        model.pieces.connect(self.transcript.append_piece)
        model.pace.changed.connect(self.transcript.show_pace)
        model.changed.connect(self.render_state)
        model.refused.connect(self.composer.give_back)
        self.composer.sent.connect(model.send)
        self.composer.stopped.connect(model.stop)
        self.composer.mode_chosen.connect(model.set_mode)
        self.transcript.insert_requested.connect(lambda code, _language: model.insert(code))
        self.transcript.turn_action.connect(self._do_with_turn)
        self.notice.intent.connect(model.act)
        self.new.clicked.connect(model.new_thread)
        self.copy.clicked.connect(lambda: _copy(model.last_answer))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
