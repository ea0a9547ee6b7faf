"""The search in a diff: the find bar over it, and the matches that the view finds."""

from PySide6.QtCore import QObject

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.find_bar import FindBar


class DiffFind(QObject):
    """Connects a find bar, which a panel places over its diff, to the diff."""

    def __init__(self, diff: DiffView) -> None:
        super().__init__(diff)
        self._diff = diff
        self.bar = FindBar(tr("Find in the diff"))
        self.bar.searched.connect(self._search)
        self.bar.stepped.connect(self._step)
        self.bar.closed.connect(self.end)
        diff.matches_changed.connect(self._on_matches)

    def begin(self) -> None:
        """Ask what to find; what was asked before is found again."""
        self.bar.begin()
        self._search(self.bar.words.text())

    def end(self) -> None:
        """Close the bar and take the marks away; the view stays where it is."""
        self.bar.hide()
        self._diff.find("")
        self._diff.setFocus()

    def refresh(self) -> None:
        """Search in what is shown now, where the bar is open."""
        if not self.bar.isHidden() and self.bar.words.text():
            self._search(self.bar.words.text())

    def _search(self, text: str) -> None:
        # It tells its matches by the signal, at once.
        self._diff.find(text)

    def _step(self, by: int) -> None:
        if by > 0:
            self._diff.find_next()
        else:
            self._diff.find_previous()

    def _on_matches(self, current: int, count: int) -> None:
        self.bar.show_count(current, count, True)
