"""The quick actions in the menu of a file's lines, and as a menu of their own by key."""

from functools import partial

from PySide6.QtWidgets import QMenu

from spark_desktop.domain.trigger import QuickAction
from spark_desktop.viewmodels.quick_actions import QuickActionsViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.shortcuts import key_text


class QuickActionsMenu:
    """Fills the menu of the view's lines; ``open`` shows the actions alone, at the selection."""

    def __init__(self, model: QuickActionsViewModel, view: DiffView) -> None:
        self._model, self._view = model, view
        view.menu_filled.connect(self.extend)

    def open(self) -> QMenu:
        """Show the actions; where none can be done the menu says why."""
        menu = QMenu(tr("Quick actions"), self._view)
        menu.setAccessibleName(tr("Quick actions"))
        menu.aboutToHide.connect(menu.deleteLater)
        if reason := self._model.missing:
            menu.addAction(reason).setEnabled(False)
            menu.addSeparator()
        self._fill(menu)
        view, cursor = self._view, self._view.selection.cursor
        place = view.viewport().rect().center()
        if cursor is not None and cursor < len(view.content.rows):
            shown = view.stage.rect_of(cursor).intersected(view.viewport().rect())
            if not shown.isEmpty():
                place = shown.bottomLeft()
        menu.popup(view.viewport().mapToGlobal(place))
        enabled = [action for action in menu.actions() if action.isEnabled() and action.text()]
        if enabled:
            menu.setActiveAction(enabled[0])
        return menu

    def extend(self, menu: QMenu) -> None:
        """Put the actions below what the menu of a file's line has; a proposal's has none."""
        if not self._view.content.is_diff and self._model.offers():
            menu.addSeparator()
            self._fill(menu)

    def _fill(self, menu: QMenu) -> None:
        menu.setToolTipsVisible(True)
        offers = self._model.offers()
        for offer in offers:
            key = key_text(offer.action.value)
            action = menu.addAction(f"{offer.label}\t{key}" if key else offer.label)
            action.triggered.connect(partial(self._run, offer.action))
            action.setEnabled(not offer.reason)
            action.setToolTip(offer.reason or offer.label)
        if not offers:
            menu.addAction(tr("All quick actions are switched off.")).setEnabled(False)

    def _run(self, action: QuickAction, _checked: bool = False) -> None:
        self._model.run(action)
