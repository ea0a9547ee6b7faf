"""The line over a review: which file, how it changes, which hunk, and how it is shown."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from spark_desktop.domain.proposal import Proposal
from spark_desktop.viewmodels.emulation_words import badge, emulation_tip
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.review_words import counts_text, file_text, kind_text, position_text
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon
from spark_desktop.views.shortcuts import show_key
from spark_desktop.views.theme import Theme

UNIFIED, SPLIT = "unified", "split"


class ReviewHead(QFrame):
    """``layout_chosen`` carries UNIFIED or SPLIT, ``wrap_chosen`` whether long lines are broken."""

    layout_chosen = Signal(str)
    wrap_chosen = Signal(bool)
    find_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("head")
        self.name, self.kind = ElidedLabel(), ElidedLabel()
        self.added, self.removed, self.position = QLabel(), QLabel(), QLabel()
        self.emulated = QLabel(badge())
        self.unified, self.split = QToolButton(), QToolButton()
        self.wrap, self.search = QToolButton(), QToolButton()
        self._is_wide = self._has_layouts = True
        self._arrange()
        self._connect()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.setFixedHeight(theme.px(36))
        self.emulated.setFixedHeight(theme.px(20))
        for button, name in ((self.wrap, "wrap"), (self.search, "search")):
            button.setIcon(icon(name, theme.text_secondary))
            button.setIconSize(QSize(theme.px(16), theme.px(16)))

    def render_state(self, model: ReviewViewModel) -> None:
        """Show what is reviewed."""
        proposal, patch = model.proposal, model.patch
        self.name.setText(model.path or "")
        self.name.setToolTip(plain_tip(model.path or ""))
        self.kind.setText(kind_text(patch))
        self.kind.setVisible(bool(self.kind.text()))
        added, _space, removed = counts_text(patch).partition(" ")
        self.added.setText(added)
        self.removed.setText(removed)
        self._render_emulation(proposal)
        hunk = position_text(proposal, model.current_hunk) if patch is not None else ""
        self.position.setText(hunk)
        self.position.setToolTip(file_text(proposal, model.group))
        self._has_layouts = patch is not None
        self._show_choices()

    def show_layout(self, layout: str, *, is_wide: bool) -> None:
        """Mark the layout that was chosen; side by side needs a review that ``is_wide``."""
        self._is_wide = is_wide
        (self.split if layout == SPLIT and is_wide else self.unified).setChecked(True)
        self._show_choices()

    def show_wrap(self, is_on: bool) -> None:
        """Mark whether long lines are broken."""
        self.wrap.setChecked(is_on)

    def _show_choices(self) -> None:
        # A narrow review has no choice, and needs the room.
        for button in (self.unified, self.split):
            button.setVisible(self._has_layouts and self._is_wide)

    def _render_emulation(self, proposal: Proposal | None) -> None:
        emulation = None if proposal is None else proposal.emulation
        self.emulated.setVisible(emulation is not None)
        self.emulated.setToolTip("" if emulation is None else emulation_tip(emulation))

    def _connect(self) -> None:
        self.unified.clicked.connect(lambda: self.layout_chosen.emit(UNIFIED))
        self.split.clicked.connect(lambda: self.layout_chosen.emit(SPLIT))
        self.wrap.clicked.connect(self.wrap_chosen)
        self.search.clicked.connect(self.find_wanted)

    def _arrange(self) -> None:
        self.name.setProperty("strong", True)
        self.kind.setProperty("quiet", True)
        self.added.setObjectName("added")
        self.removed.setObjectName("removed")
        self.emulated.setObjectName("emulated")
        self.position.setProperty("quiet", True)
        self.kind.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        for label in (self.name, self.kind, self.added, self.removed, self.emulated):
            row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.position)
        self._fill_choices(row)

    def _fill_choices(self, row: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        texts = (
            (self.unified, tr("unified"), "layout", tr("One column")),
            (self.split, tr("split"), "layout", tr("Side by side")),
            (self.wrap, "", "wrap", tr("Wrap long lines")),
            (self.search, "", "find", tr("Find in the diff")),
        )
        choices = QHBoxLayout()
        choices.setSpacing(4)
        for button, text, name, spoken in texts:
            button.setText(text)
            button.setAccessibleName(spoken)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            show_key(button, name, spoken)
            button.setCheckable(button is not self.search)
            choices.addWidget(button)
        group.addButton(self.unified)
        group.addButton(self.split)
        self.unified.setChecked(True)
        row.addLayout(choices)
