"""The three regions of an open project, side by side or, in a narrow window, as tabs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
)

from spark_desktop.domain.context_item import Draft
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.rest import RestViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.announcer import Announcer, DecisionAnnouncer
from spark_desktop.views.changes_panel import ChangesPanel
from spark_desktop.views.chat_panel import ChatPanel
from spark_desktop.views.frames import single_shot
from spark_desktop.views.lab_view import LabView
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.offer_list import OfferList
from spark_desktop.views.pickers import pick_target
from spark_desktop.views.quick_actions_menu import QuickActionsMenu
from spark_desktop.views.rest_control import RestControl
from spark_desktop.views.review_panel import ReviewPanel
from spark_desktop.views.status_bar import StatusBar
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_image import LIMIT, ThreadImage

# Pixels at the usual size of type: below this width the chat becomes a tab beside the review.
NARROW = 1100
_WIDE_SIZES = (260, 640, 380)
_NARROW_SIZES = (260, 760)
# Of the three regions, unless the window is narrower.
_LEAST = (200, 590, 280)


class ProjectView(QFrame):
    """Changes, review and chat over the status bar; regions can be resized and hidden."""

    intent_raised = Signal(object)
    layout_changed = Signal()

    def __init__(self, models: ProjectViewModels, theme: Theme, memory: LayoutMemory) -> None:
        super().__init__()
        self._models, self._memory = models, memory
        self._is_narrow: bool | None = None
        self.changes = ChangesPanel(models.changes, models.threads, theme)
        self.offers = OfferList(models.offers, theme)
        self.changes.put_over_inbox(self.offers)
        self.offers.fitted.connect(self.changes.render_state)
        self.review = ReviewPanel(models.review, theme, memory)
        self.quick_actions = QuickActionsMenu(models.quick_actions, self.review.diff)
        self.rest: RestControl | None = None
        self.chat = ChatPanel(models.chat, models.composer, theme)
        self.status = StatusBar(models.core, models.status, theme)
        self.core_notice = NoticeLine(strip=True)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.tabs = QTabWidget()
        self.lab: LabView | None = None
        self._theme = theme
        self._pages = QStackedWidget()
        self._sizes_timer = single_shot(self, 0, self._apply_sizes)
        self._arrange()
        self._connect()
        self.announcer = Announcer(self.chat.transcript, models.chat, models.changes)
        self.decisions = DecisionAnnouncer(self.review.diff, models.review)
        self.render_core()

    @property
    def models(self) -> ProjectViewModels:
        """Return the view models that are shown here."""
        return self._models

    @property
    def is_narrow(self) -> bool:
        """Return whether the chat is a tab beside the review."""
        return self._is_narrow is True

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        if self.lab is not None:
            self.lab.set_theme(theme)
        for part in (self.changes, self.offers, self.review, self.chat, self.status):
            part.set_theme(theme)
        if self.rest is not None:
            self.rest.set_theme(theme)
        if self._is_narrow is not None:
            self.fit(self.width())

    def fit(self, width: int) -> None:
        """Arrange the regions for a window of this width, in pixels."""
        px = self._theme.px
        self.changes.setMinimumWidth(min(px(_LEAST[0]), width // 3))
        self.tabs.setMinimumWidth(min(px(_LEAST[1]), width // 2))
        self.chat.setMinimumWidth(min(px(_LEAST[2]), width // 3))
        is_narrow = width < px(NARROW)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        if is_narrow:
            was_in_chat = self.chat.isAncestorOf(QApplication.focusWidget() or self)
            self.tabs.addTab(self.chat, tr("Chat"))
            if was_in_chat:
                # Its tab lies behind; Qt would go to the first button of the window.
                self.review.diff.setFocus()
        else:
            self.splitter.addWidget(self.chat)
            self.splitter.setCollapsible(2, True)
            # Both have lines to show; a large screen is for both.
            self.splitter.setStretchFactor(2, 1)
            self.chat.show()
        # A tab bar that is hidden must not take the focus: Tab would end there.
        policy = Qt.FocusPolicy.TabFocus if is_narrow else Qt.FocusPolicy.NoFocus
        self.tabs.setFocusPolicy(policy)
        self._apply_sizes()
        # Once more when the splitter has its new width, which would go to the middle alone.
        self._sizes_timer.start()

    @property
    def is_in_lab(self) -> bool:
        """Return whether the speed lab is shown instead of the regions."""
        return self.lab is not None and self._pages.currentWidget() is self.lab

    def toggle_lab(self) -> None:
        """Show the speed lab, or go back to the regions."""
        if self.is_in_lab:
            self._leave_lab()
            return
        if self.lab is None:
            # Made when it is first wanted: most starts do without.
            lanes = self._models.lab.lanes
            if (chosen := self._memory.lanes) is not None:
                lanes.restore_wanted(chosen)
            lanes.wanted_changed.connect(lambda: self._memory.set_lanes(lanes.wanted))
            self.lab = LabView(self._models.lab, self._theme)
            self.lab.intent_raised.connect(self.intent_raised)
            self.lab.left.connect(self._leave_lab)
            self._pages.addWidget(self.lab)
        self._pages.setCurrentWidget(self.lab)
        self._models.lab.set_open(True)
        self.lab.begin()

    def toggle_play(self) -> None:
        """Play or pause the lanes of the speed lab, where it is shown."""
        if self.is_in_lab:
            self._models.lab.lanes.player.toggle()

    def _leave_lab(self) -> None:
        self._pages.setCurrentWidget(self.splitter)
        self._models.lab.set_open(False)
        self.changes.inbox.setFocus()

    def show_review(self, _proposal_id: str = "") -> None:
        """Bring the review to the front, where the chat is a tab beside it."""
        if self.is_narrow:
            self.tabs.setCurrentWidget(self.review)

    def begin(self, mode: Mode) -> None:
        """Put the cursor into the composer, in a mode."""
        if self.is_in_lab:
            self._leave_lab()
        self.show_chat()
        self.chat.begin(mode)

    def search_threads(self) -> None:
        """Put the cursor into the search field of the threads."""
        if self.is_in_lab:
            self._leave_lab()
        self.changes.setVisible(True)
        self.changes.search_threads()

    def _edit_question(self, question: Draft, _path: str) -> None:
        self._models.composer.begin_next_with(question)
        self.begin(Mode.ASK)

    def _show_turn(self, _thread_id: str, turn_id: str) -> None:
        self.chat.transcript.show_turn(turn_id)

    def show_chat(self) -> None:
        """Bring the chat to the front, without the cursor."""
        if self.is_in_lab:
            self._leave_lab()
        if self.is_narrow:
            self.tabs.setCurrentWidget(self.chat)
        self.chat.setVisible(True)

    def begin_find(self) -> None:
        """Ask what to find: in the diff where the focus is in the review, else in the thread."""
        if self.is_in_lab:
            self._leave_lab()
        if (
            self.review.isAncestorOf(QApplication.focusWidget() or self)
            and self.review.begin_find()
        ):
            return
        if self.is_narrow:
            self.tabs.setCurrentWidget(self.chat)
        self.chat.setVisible(True)
        if self.chat.pane.isVisible():
            # In an empty thread there is nothing to find.
            self.chat.pane.begin_find()

    def toggle_changes(self) -> None:
        """Show or hide the left region."""
        self.changes.setVisible(self.changes.isHidden())

    def toggle_chat(self) -> None:
        """Show or hide the chat; in a narrow window, go to its tab or back."""
        if not self.is_narrow:
            self.chat.setVisible(self.chat.isHidden())
        elif self.tabs.currentWidget() is self.chat:
            self.tabs.setCurrentWidget(self.review)
        else:
            self.tabs.setCurrentWidget(self.chat)

    def open_quick_actions(self) -> None:
        """Show the quick actions at the selected lines; nothing where the speed lab covers them."""
        if not self.is_in_lab:
            self.show_review()
            self.quick_actions.open()

    def show_rest(self, model: RestViewModel) -> None:
        """Show quiet mode and the snooze in the status bar."""
        self.rest = RestControl(model, self._theme)
        self.status.put_beside_state(self.rest)
        self.rest.room_changed.connect(self.status.fit)

    def stop(self) -> None:
        """Stop the answer where one streams, else the proposal."""
        if self._models.chat.is_answering:
            self._models.chat.stop()
        else:
            self._models.review.act(Intent.STOP)

    def remember(self) -> None:
        """Keep the sizes and folds of this project."""
        if self._is_narrow is not None:
            self._remember_sizes()
        folds = [int(section.is_open) for section in self.changes.sections]
        self._memory.set_sizes("sections", folds)

    def render_core(self) -> None:
        """Show what the core is doing while it cannot answer."""
        core = self._models.core
        self.core_notice.show_notice(core.notice, core.progress)

    def show_chosen(self) -> None:
        """Mark the row of what is reviewed."""
        proposal, path = self._models.review.proposal, self._models.review.path
        row = None if proposal is None else self._models.changes.row_of(proposal.id)
        self.changes.inbox.mark(row)
        self.changes.files.mark(path if proposal is None else None)

    def _arrange(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.setTabBarAutoHide(True)
        self.tabs.setAccessibleName(tr("Review and chat"))
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.review, tr("Review"))
        # The handle is a line of one pixel; Qt lets the pointer grab a few more.
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.changes)
        self.splitter.addWidget(self.tabs)
        self.splitter.setCollapsible(1, False)
        self.splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.core_notice)
        self._pages.addWidget(self.splitter)
        column.addWidget(self._pages, 1)
        column.addWidget(self.status)
        folds = self._memory.sizes("sections") or []
        for section, is_open in zip(self.changes.sections, folds, strict=False):
            section.set_open(bool(is_open))

    def _connect(self) -> None:
        self._models.core.changed.connect(self.render_core)
        self._models.review.changed.connect(self.show_chosen)
        for part in (self.changes.inbox, self.changes.files, self.changes.ignored):
            part.chosen.connect(self.show_review)
        # No lambda: the view may go before the model, and takes its own methods along.
        self._models.chat.edit_requested.connect(self.show_review)
        self._models.quick_actions.proposed.connect(self.show_review)
        self._models.quick_actions.asked.connect(self.show_chat)
        # Not when the window shrinks: what is squeezed then would stay so when it grows.
        threads = self._models.threads
        self.chat.turn_action.connect(threads.turn_action)
        self.chat.all_threads_wanted.connect(self.search_threads)
        threads.question_wanted.connect(self._edit_question)
        threads.turn_wanted.connect(self._show_turn)
        threads.chat_wanted.connect(self.show_chat)
        self.splitter.splitterMoved.connect(lambda _place, _handle: self.layout_changed.emit())
        for section in self.changes.sections:
            section.folded.connect(lambda _is_open: self.layout_changed.emit())
        self.core_notice.intent.connect(self._models.core.act)
        self.chat.pane.image_wanted.connect(self._pick_image)
        self.changes.intent_raised.connect(self.intent_raised)
        self.review.intent_raised.connect(self.intent_raised)
        self._models.chat.intent_raised.connect(self.intent_raised)

    def _pick_image(self) -> None:
        pick_target(self, "thread.png", (tr("PNG image"), "png"), self._save_image)

    def _save_image(self, path: str) -> None:
        view, model = self.chat.transcript, self._models.image
        model.begin(path)
        image = ThreadImage(self, tuple(view.turns.values()), view.theme, view.scale)
        image.tile_made.connect(model.write)
        image.refused.connect(lambda height: model.refuse(height, LIMIT))
        model.ended.connect(image.deleteLater)
        image.start()

    def _apply_sizes(self) -> None:
        default = _NARROW_SIZES if self.is_narrow else _WIDE_SIZES
        self.splitter.setSizes(self._memory.sizes(self._sizes_name()) or list(default))

    def _remember_sizes(self) -> None:
        self._memory.set_sizes(self._sizes_name(), self.splitter.sizes())

    def _sizes_name(self) -> str:
        return "narrow" if self._is_narrow else "wide"
