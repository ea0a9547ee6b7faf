"""The lanes side by side, and what plays them."""

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.lab_answer import LabAnswer
from spark_desktop.viewmodels.lab_lane import Lane
from spark_desktop.viewmodels.lab_lanes import LabLanesViewModel
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.icons import icon
from spark_desktop.views.lab_figures import Figures
from spark_desktop.views.lab_lane import LaneView
from spark_desktop.views.lab_score import Score
from spark_desktop.views.motion import prefers_calm
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.shortcuts import show_key
from spark_desktop.views.theme import Theme

# Logical pixels at the usual size of type: narrower, and code wraps at every second word.
_NARROWEST = 230
_TITLE, _MENU_TITLE, _MENU_ANSWERS = 60, 60, 30


class LanesPage(QFrame):
    """Draws the lanes of one answer; time is the view model's."""

    def __init__(self, model: LabLanesViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("labpage")
        self._model, self._theme = model, theme
        self._shown: tuple[LabAnswer | None, tuple[Lane, ...]] = (None, ())
        self._columns = self._turn = 0
        self._is_following = self._is_beginning = False
        self.lanes: list[LaneView] = []
        self._score: Score | None = None
        self.answer, self.add = QToolButton(), QToolButton()
        self._answers, self._paces = QMenu(self), QMenu(self)
        self.notice = NoticeLine(strip=True)
        self.play, self.loop = QPushButton(), QToolButton()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.time = Figures(1, 150)
        self._grid = QGridLayout()
        self._controls = QFrame()
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.answer.setIcon(icon("chevron-down", theme.text_secondary))
        self.add.setIcon(icon("plus", theme.text_secondary))
        self.play.setMinimumWidth(theme.px(72))
        self.time.set_theme(theme, theme.surface)
        if self._score is not None:
            self._score.set_theme(theme)
        for lane in self.lanes:
            lane.set_theme(theme)
        self._fit(self.width())
        self._model.player.set_calm(prefers_calm(self))
        self.render_moment()

    def begin(self) -> None:
        """Give the focus to what plays, once there is something to play."""
        self._is_beginning = True
        self._focus_play()

    def render_state(self) -> None:
        """Show the answer, its lanes, and what else can be chosen."""
        model = self._model
        self.notice.show_notice(model.notice)
        self._render_answers()
        if self._shown != (model.answer, model.lanes):
            self._shown = (model.answer, model.lanes)
            self._build()
        self._paces.clear()
        for name, title in model.addable:
            action = self._paces.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=name: model.add_lane(name))
        for lane in self.lanes:
            lane.set_paces(model.addable)
        self.add.setEnabled(model.can_add)
        self.render_player()
        self.render_moment()

    def render_player(self) -> None:
        """Show whether time runs."""
        player = self._model.player
        self._controls.setVisible(bool(self.lanes) or self._model.can_add)
        for widget in (self.play, self.loop, self.slider):
            widget.setEnabled(player.duration > 0)
        self.play.setText(tr("Pause") if player.is_playing else tr("Play"))
        self.loop.setChecked(player.is_looping)
        self._is_following = True
        self.slider.setRange(0, math.ceil(player.duration * 1000))
        self._is_following = False

    def render_moment(self) -> None:
        """Show where time is."""
        player = self._model.player
        for lane in self.lanes:
            lane.show_moment(player.position)
        if self.lanes:
            # One in a frame: several lanes that come to a new part together would take too long.
            self._turn = (self._turn + 1) % len(self.lanes)
            self.lanes[self._turn].prepare()
        self._is_following = True
        self.slider.setValue(round(player.position * 1000))
        self._is_following = False
        self._focus_play()
        text = tr(
            "{position:.2f} of {duration:.2f} s",
            position=player.position,
            duration=player.duration,
        )
        self.time.set_lines((text,), (self._theme.text_secondary,))

    def _focus_play(self) -> None:
        if self._is_beginning and self.play.isVisible() and self.play.isEnabled():
            self._is_beginning = False
            self.play.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _render_answers(self) -> None:
        answer = self._model.answer
        title = tr("No answer") if answer is None else in_language(answer.title)
        self.answer.setText(title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…")
        self.answer.setAccessibleName(tr("Answer: {title}", title=title))
        self.answer.setEnabled(bool(self._model.choices))
        self._answers.clear()
        for choice in self._model.choices:
            heading = (choice.heading or tr("New thread"))[:_MENU_TITLE].replace("&", "&&")
            menu = self._answers.addMenu(heading)
            for one in choice.answers[:_MENU_ANSWERS]:
                named = in_language(one.title)[:_MENU_TITLE].replace("&", "&&")
                action = menu.addAction(named)
                action.setCheckable(True)
                action.setChecked(answer is not None and one.id == answer.id)
                action.triggered.connect(
                    lambda _checked=False, name=one.id: self._model.choose(name)
                )

    def _build(self) -> None:
        for old in self.lanes:
            self._grid.removeWidget(old)
            # It goes only when the program is idle, and must not be seen until then.
            old.hide()
            old.deleteLater()
        answer, lanes = self._shown
        score = self._score = Score("" if answer is None else answer.text, self._theme)
        self.lanes = [LaneView(lane, score, self._theme) for lane in lanes]
        for view in self.lanes:
            name = view.lane.id
            view.changed.connect(lambda new, name=name: self._model.change_lane(name, new))
            view.removed.connect(lambda name=name: self._model.remove_lane(name))
        self._columns = 0
        self._fit(self.width())

    def _fit(self, width: int) -> None:
        count = len(self.lanes)
        rows = math.ceil(count / max(1, width // self._theme.px(_NARROWEST)))
        columns = math.ceil(count / rows) if rows else 0
        if columns == self._columns:
            return
        self._columns = columns
        for number, lane in enumerate(self.lanes):
            self._grid.addWidget(lane, number // columns, number % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 1 if row < rows else 0)

    def _seek(self, milliseconds: int) -> None:
        if not self._is_following:
            self._model.player.seek(milliseconds / 1000)

    def _arrange(self) -> None:
        for button, menu in ((self.answer, self._answers), (self.add, self._paces)):
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.answer.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.answer.setToolTip(tr("Watch another answer"))
        self.add.setText(tr("Add a lane"))
        self.play.setProperty("main", True)
        show_key(self.play, "play", tr("Play or pause"))
        self.loop.setText(tr("Loop"))
        self.loop.setCheckable(True)
        self.loop.setToolTip(tr("Begin again at the end of the slowest lane"))
        self.slider.setAccessibleName(tr("Seconds since the request, in thousandths"))
        self.slider.setToolTip(tr("Go to a moment; the end is that of the slowest lane"))
        self.slider.setSingleStep(100)
        self.slider.setPageStep(1000)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self.answer)
        head.addStretch(1)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setSpacing(8)
        page = QWidget()
        page.setObjectName("labpage")
        page.setLayout(self._grid)
        # Lanes in several rows, in big type, may need more height than there is.
        lanes = QScrollArea()
        lanes.setWidget(page)
        lanes.setWidgetResizable(True)
        lanes.setFrameShape(QFrame.Shape.NoFrame)
        lanes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._controls.setObjectName("bottom")
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.play)
        row.addWidget(self.loop)
        row.addWidget(self.slider, 1)
        row.addWidget(self.time)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(lanes, 1)
        column.addWidget(self._controls)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.player.changed.connect(self.render_player)
        model.player.moved.connect(self.render_moment)
        self.play.clicked.connect(lambda: model.player.toggle())
        self.loop.toggled.connect(model.player.set_looping)
        self.slider.valueChanged.connect(self._seek)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the lanes into as few rows as their width allows."""
        super().resizeEvent(event)
        self._fit(event.size().width())

    def showEvent(self, event: QShowEvent) -> None:
        """Let time run on."""
        super().showEvent(event)
        self._model.player.set_calm(prefers_calm(self))
        self._model.player.set_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let time stand still: nobody sees it."""
        super().hideEvent(event)
        self._model.player.set_shown(False)
