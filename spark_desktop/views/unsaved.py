"""What the user has in hand while the window's parts are made anew."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spark_desktop.views.project_view import ProjectView


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Which page is open; what was typed is the view model's."""

    is_in_lab: bool
    is_in_chat: bool

    @staticmethod
    def of(view: "ProjectView") -> "Unsaved":
        """Return what stands in a view."""
        return Unsaved(
            view.is_in_lab,
            view.is_narrow and view.tabs.currentWidget() is view.chat,
        )

    def give_back(self, view: "ProjectView") -> None:
        """Put it into another view of the same project."""
        view.show_chosen()
        if self.is_in_chat:
            view.tabs.setCurrentWidget(view.chat)
        if self.is_in_lab:
            view.toggle_lab()
