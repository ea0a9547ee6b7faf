"""The transcript with what stands around it: the find bar, the way back to the end, its menu."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.find_bar import FindBar
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_view import TranscriptView
from spark_desktop.views.turn_actions import TurnAction, text_of

_GAP = 8
# Characters that a token has about, in English and in code.
_CHARACTERS_A_TOKEN = 4


class TranscriptPane(QWidget):
    """``view`` is the transcript. ``image_wanted`` asks for a picture of the whole thread."""

    image_wanted = Signal()

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self.view = view
        self.bar = FindBar()
        self.to_end = QPushButton(view)
        self.to_end.setAccessibleName(tr("To the end of the thread"))
        self.to_end.setToolTip(tr("To the end of the thread (End)"))
        self.to_end.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(view, 1)
        # The view's own size is another before that of what it shows.
        view.viewport().installEventFilter(self)
        view.moved.connect(self.show_state)
        view.menu_requested.connect(self._show_menu)
        self.to_end.clicked.connect(self._go_to_end)
        self.bar.searched.connect(view.look_for)
        self.bar.stepped.connect(view.find_next)
        self.bar.closed.connect(self.end_find)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.view.set_theme(theme)
        self.bar.set_theme(theme)
        self.to_end.setIcon(icon("end", theme.text))
        self.to_end.setIconSize(QSize(theme.px(16), theme.px(16)))

    def begin_find(self) -> None:
        """Ask what to find in the thread."""
        self.bar.begin()
        self.view.look_for(self.bar.words.text())

    def end_find(self) -> None:
        """Close the bar and take the marks away; the view stays where it is."""
        self.bar.hide()
        self.view.look_for("")
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def menu(self) -> QMenu:
        """Return the menu of the selection, the current turn and the thread."""
        menu = QMenu(self)
        view = self.view
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = _entry(menu, tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(lambda: view.copy_selection())
        markdown = _entry(menu, tr("Copy as Markdown"), QKeySequence("Ctrl+Shift+C"))
        markdown.triggered.connect(lambda: view.copy_selection(as_markdown=True))
        for entry in (copy, markdown):
            entry.setEnabled(view.has_selection)
        turn_id = view.current_turn
        if turn_id is not None:
            menu.addSeparator()
            for action in TurnAction:
                if action is TurnAction.GO_ON and not view.can_go_on(turn_id):
                    continue
                entry = menu.addAction(text_of(action))
                entry.setEnabled(not view.is_streaming(turn_id))
                entry.triggered.connect(
                    lambda _checked=False, turn_id=turn_id, action=action: view.do_with_turn(
                        turn_id, action
                    )
                )
        menu.addSeparator()
        find = _entry(menu, tr("Find in the thread"), QKeySequence("Ctrl+F"))
        find.triggered.connect(self.begin_find)
        menu.addAction(tr("Save the thread as an image…")).triggered.connect(self.image_wanted)
        return menu

    def show_state(self) -> None:
        """Show the way to the end where the view is not there, and how far the search is."""
        view = self.view
        finding = view.finding
        is_done = finding.searched >= len(view.stage.column.placed)
        if self.bar.isVisible():
            self.bar.show_count(finding.ordinal, finding.total, is_done)
        if view.stage.follows:
            self.to_end.hide()
            return
        tokens = view.unseen.characters // _CHARACTERS_A_TOKEN
        text = tr("about %n new token(s)", "", tokens) if tokens else ""
        if self.to_end.text() != text or self.to_end.isHidden():
            self.to_end.setText(text)
            self.to_end.show()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the way to the end in its corner."""
        if watched is self.view.viewport() and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _go_to_end(self) -> None:
        self.view.go_to_end()
        # The button goes: the focus must not go elsewhere than to what it led to.
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        size = self.to_end.sizeHint()
        area = self.view.viewport()
        left = (area.width() - size.width()) // 2
        self.to_end.setGeometry(left, area.height() - size.height() - _GAP, *size.toTuple())

    def _show_menu(self, place: QPoint) -> None:
        self.menu().popup(place)


def _entry(menu: QMenu, text: str, keys: QKeySequence) -> QAction:
    action = menu.addAction(text)
    action.setShortcut(keys)
    # Shown only: the key itself is the view's.
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    return action
