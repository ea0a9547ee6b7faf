"""The review says what joined the prompt; the list opens by the keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.domain.events import ContextGathered
from spark_desktop.domain.gathered import Gathered
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.context_window import ContextWindow
from spark_desktop.views.review_panel import ReviewPanel
from spark_desktop.views.theme import Theme, load_theme
from tests.interface_fakes import FakeProject, proposal, until
from tests.viewmodels.test_prompt_context import GATHERED
from tests.views.walking import cut_off, without_name


@pytest.fixture
async def panel(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, either_theme: Theme
) -> ReviewPanel:
    made = ReviewPanel(models.review, either_theme)
    qtbot.addWidget(made)
    made.resize(720, 500)
    project.turns.put(proposal())
    models.review.show_proposal("p1")
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    return made


def gather(project: FakeProject, gathered: Gathered = GATHERED) -> None:
    project.bus.publish(ContextGathered(project.turns.known["p1"].trigger, gathered))


async def test_without_context_there_is_no_button(panel: ReviewPanel) -> None:
    assert panel.foot.context.isHidden()


async def test_the_list_opens_by_the_keyboard_and_closes_by_esc(
    panel: ReviewPanel, project: FakeProject
) -> None:
    gather(project)
    button = panel.foot.context
    assert button.text() == "Context: 3 parts, 420 tokens; 1 left out"
    QApplication.processEvents()
    assert (without_name(panel), cut_off(panel)) == ([], [])
    assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    (window,) = panel.findChildren(ContextWindow)
    assert not window.isModal()
    assert window.table.text_at(2, 0) == "src/a.py, line 3"
    assert window.table.text_at(3, 1) == "left out: may hold secrets: a key"
    QApplication.processEvents()
    assert (without_name(window), cut_off(window)) == ([], [])
    QTest.keyClick(window.table, Qt.Key.Key_Escape)
    assert window.isHidden()


async def test_an_open_list_follows_the_review_and_its_theme(
    panel: ReviewPanel, project: FakeProject
) -> None:
    gather(project)
    panel.foot.context.click()
    (window,) = panel.findChildren(ContextWindow)
    gather(project, Gathered(GATHERED.parts[:1]))
    assert window.table.rowCount() == 1
    assert window.summary.text() == "Context: 1 part, 20 tokens"
    other = load_theme("light")
    panel.set_theme(other)
    assert window.theme is other
    panel.foot.context.click()
    assert len(panel.findChildren(ContextWindow)) == 1
