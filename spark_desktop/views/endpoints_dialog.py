"""The window of the endpoints: their order, the leaderboard, what was spent."""

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from spark_desktop.viewmodels.endpoint_desk_models import EndpointViewModels
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.costs_page import CostsPage
from spark_desktop.views.endpoint_editor import EndpointEditorDialog
from spark_desktop.views.endpoints_page import EndpointsPage
from spark_desktop.views.leaderboard_page import LeaderboardPage
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import ToolWindow

_SIZE = (960, 520)


class EndpointsDialog(ToolWindow):
    """Editing happens in a window of its own, one at a time."""

    def __init__(self, parent: QWidget, models: EndpointViewModels, theme: Theme) -> None:
        super().__init__(parent, tr("Endpoints"), theme)
        self._models = models
        self.list = EndpointsPage(models.endpoints, theme)
        self.leaderboard = LeaderboardPage(models.leaderboard, theme)
        self.costs = CostsPage(models.costs, theme)
        self.editor: EndpointEditorDialog | None = None
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.list, tr("Endpoints"))
        self.tabs.addTab(self.leaderboard, tr("Leaderboard"))
        self.tabs.addTab(self.costs, tr("Costs"))
        for part in (self.tabs, self.tabs.tabBar()):
            part.setAccessibleName(tr("Pages"))
        self.list.edit_asked.connect(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        for page in (self.list, self.leaderboard, self.costs):
            page.set_theme(theme)
        if self.editor is not None:
            self.editor.set_theme(theme)

    def edit(self, endpoint_id: str) -> None:
        """Edit an endpoint, or add one for ""; what is edited already stays in front."""
        if self.editor is not None and self.editor.isVisible():
            if self.editor.endpoint_id != endpoint_id:
                # It asks first where something would be lost.
                self.editor.close()
            if self.editor.isVisible():
                self.editor.show_front()
                return
        if self.editor is not None:
            self.editor.deleteLater()
        model = self._models.endpoints.editor(endpoint_id or None)
        self.editor = EndpointEditorDialog(self, model, self.theme)
        self.editor.show_front()

    def reject(self) -> None:
        """Close, by Esc or the system's button; stay while something would be lost."""
        if self.editor is not None and self.editor.isVisible():
            self.editor.close()
            if self.editor.isVisible():
                self.editor.show_front()
                return
        super().reject()
        # What was removed is removed for good.
        self._models.endpoints.settle()
