"""One lane of the speed lab: its pace, its figures, its text."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from spark_desktop.domain.lab_answer import revealed
from spark_desktop.viewmodels.emulation_words import badge
from spark_desktop.viewmodels.lab_lane import Lane
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon
from spark_desktop.views.lab_figures import Figures
from spark_desktop.views.lab_score import Score
from spark_desktop.views.lab_text import LaneText
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type: a few lines of text.
_BADGE, _TEXT = 20, 72


class LaneView(QFrame):
    """Draws one lane at a moment. ``changed`` carries the id of the pace that it shall get."""

    changed = Signal(str)
    removed = Signal()

    def __init__(self, lane: Lane, score: Score, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("lane")
        self.lane = lane
        self._score, self._theme = score, theme
        self._is_done: bool | None = None
        self.title = ElidedLabel(lane.title)
        self.badge, self.kind = QLabel(badge()), QLabel(lane.kind)
        self.choose, self.remove = QToolButton(), QToolButton()
        self.figures = Figures(2)
        self.text = LaneText(theme)
        self._menu = QMenu(self)
        self._arrange()
        self.set_theme(theme)
        self.text.set_score(score)
        # The last moment has the longest texts, or as good as.
        end = lane.schedule.duration
        self.figures.reserve((lane.amounts(end), lane.times(end)))

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.text.set_theme(theme)
        self.text.setMinimumHeight(theme.px(_TEXT))
        self.figures.set_theme(theme, theme.window)
        side = QSize(theme.px(16), theme.px(16))
        for button in (self.choose, self.remove):
            button.setIconSize(side)
        for label in (self.badge, self.kind):
            label.setFixedHeight(theme.px(_BADGE))
        self.choose.setIcon(icon("chevron-down", theme.text_secondary))
        self.remove.setIcon(icon("rejected", theme.text_secondary))

    def set_paces(self, paces: Iterable[tuple[str, str]]) -> None:
        """Offer other paces, as (id, title)."""
        self._menu.clear()
        for pace_id, title in paces:
            action = self._menu.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=pace_id: self.changed.emit(name))
        self.choose.setEnabled(not self._menu.isEmpty())

    def show_moment(self, seconds: float) -> None:
        """Show the answer as far as it is so many seconds after the request."""
        lane, theme = self.lane, self._theme
        schedule = lane.schedule
        tokens = schedule.tokens_at(seconds)
        self.text.reveal(revealed(self._score.length, tokens, schedule.tokens))
        is_done = lane.is_done(seconds)
        strong = theme.emulated if lane.is_emulated else theme.text
        lines = (lane.amounts(seconds), lane.times(seconds))
        self.figures.set_lines(lines, (theme.text, strong if is_done else theme.text_secondary))
        if is_done != self._is_done:
            self._is_done = is_done
            # Not in each frame: a reader of the screen would never come to the end of it.
            self.setAccessibleDescription(", ".join(lines))

    def prepare(self) -> None:
        """Get ready for what comes next."""
        self.text.prepare()

    def _arrange(self) -> None:
        lane = self.lane
        self.setAccessibleName(tr("Lane {title}", title=lane.title))
        self.title.setProperty("strong", True)
        # As wide as its lane, whatever it says: all lanes are equally wide.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.badge.setObjectName("emulated")
        if not lane.is_emulated:
            # Never shown here: without a parent yet, it would be a window of its own.
            self.badge.hide()
        self.kind.setProperty("quiet", True)
        for widget in (self.title, self.badge, self.kind, self.figures):
            widget.setToolTip(lane.tip)
        self.choose.setMenu(self._menu)
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        texts = (
            (self.choose, tr("Give this lane another pace")),
            (self.remove, tr("Remove this lane")),
        )
        for button, text in texts:
            button.setToolTip(text)
            button.setAccessibleName(f"{text}: {lane.title}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.remove.clicked.connect(lambda: self.removed.emit())
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        head.addWidget(self.choose)
        head.addWidget(self.remove)
        origin = QHBoxLayout()
        origin.setSpacing(8)
        origin.addWidget(self.badge)
        origin.addWidget(self.kind)
        origin.addStretch(1)
        above = QFrame()
        above.setObjectName("lanehead")
        top = QVBoxLayout(above)
        top.setContentsMargins(12, 4, 4, 4)
        top.setSpacing(2)
        top.addLayout(head)
        top.addLayout(origin)
        top.addWidget(self.figures)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(above)
        column.addWidget(self.text, 1)
