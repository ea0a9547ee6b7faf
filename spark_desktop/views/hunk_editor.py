"""The proposed lines of a hunk, to be written anew before they are accepted."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.hunk_work import HunkWork
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_layouts import code_font
from spark_desktop.views.drawer import Drawer
from spark_desktop.views.theme import Theme

_LEAST, _MOST = 3, 12


class HunkEditor(QWidget):
    """Draws the draft of the hunks' work; ``ended`` says that the focus needs another place."""

    ended = Signal()

    def __init__(self, model: HunkWork) -> None:
        super().__init__()
        self._model = model
        self._shown: tuple[str, str] | None = None
        self.drawer = Drawer(tr("Proposed lines"), _LEAST, _MOST)
        self.reset = QPushButton(tr("As proposed"))
        self.reset.setToolTip(tr("Write on from the lines that the model proposed"))
        self.drawer.add_button(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.drawer)
        self.drawer.kept.connect(model.keep)
        self.drawer.left.connect(model.leave)
        self.drawer.written.connect(self._on_written)
        self.reset.clicked.connect(self._on_reset)
        model.changed.connect(self.render_state)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.drawer.text.setFont(code_font(theme.font_size, theme.code_family))
        self.drawer.set_theme(theme)

    def render_state(self) -> None:
        """Open for a draft, close without one."""
        draft = self._model.draft
        if draft is None:
            had_focus = self.drawer.end()
            self.hide()
            self._shown = None
            if had_focus:
                self.ended.emit()
            return
        key = draft.proposal_id, draft.hunk_id
        if key != self._shown:
            self._shown = key
            self.show()
            said = tr("Proposed lines of the hunk at line {line}", line=draft.line + 1)
            self.drawer.begin(said, draft.text)
        else:
            self.drawer.write(draft.text)
        self.reset.setEnabled(draft.text != draft.proposed)

    def _on_written(self, text: str) -> None:
        if self._shown is not None:
            self._model.set_text(text)
            draft = self._model.draft
            self.reset.setEnabled(draft is not None and draft.text != draft.proposed)

    def _on_reset(self) -> None:
        self._model.reset()
        self.drawer.text.setFocus()
