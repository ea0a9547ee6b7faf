"""The question about a project's own commands in the window, and the dialog that answers it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from spark_desktop.consent_desk import ConsentDesk
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.events import ConsentNeeded
from spark_desktop.domain.sandboxing import Sandboxing
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.consent import ConsentViewModel
from spark_desktop.viewmodels.settings import unkept_settings
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.viewmodels.told import Told
from spark_desktop.views.consent_dialog import ConsentDialog
from spark_desktop.wiring import open_project
from tests.interface_fakes import FakeProject, until
from tests.views.test_link_entry import Panel
from tests.views.walking import cut_off, without_name

LINES = ("ruff check --no-cache a.py", "python -m pytest -q tests/test_a.py")
SHUT_IN = ConsentNeeded(("ruff check", "pytest"), LINES, Sandboxing(True, "", "0.8.0"))
OPEN = replace(SHUT_IN, sandboxing=Sandboxing(False, say("bubblewrap (bwrap) is not installed")))


async def _opened(folder: Path, _model: str | None, _data: Path) -> FakeProject:
    return FakeProject(root=folder)


@pytest.fixture(params=["dark", "light"])
async def desktop(
    qapp: object, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[DesktopApp]:
    made = DesktopApp(tmp_path / "data", theme=request.param, opener=_opened, panel=Panel())
    made.begin(None)
    made.window.resize(1024, 640)
    await made.open_folder(tmp_path)
    yield made
    if not made.closed.is_set():
        await made.close()


def ask(desktop: DesktopApp, needed: ConsentNeeded = SHUT_IN) -> None:
    project = desktop.project
    assert project is not None
    project.bus.publish(needed)


def dialog_of(desktop: DesktopApp) -> ConsentDialog:
    (dialog,) = desktop.window.findChildren(ConsentDialog)
    return dialog


async def test_the_question_stands_over_the_window_and_takes_no_focus(
    desktop: DesktopApp,
) -> None:
    window = desktop.window
    window.activateWindow()
    await until(window.isActiveWindow)
    before = QApplication.focusWidget()
    ask(desktop)
    told = window.told
    assert "own checks (ruff check, pytest) in a sandboxed copy" in told.text
    buttons = (told.button, told.other, told.never)
    assert [one.text() for one in buttons] == ["Allow…", "Not now", "Never for this project"]
    assert QApplication.focusWidget() is before
    await until(lambda: cut_off(told) == [])
    assert without_name(window) == []
    told.other.click()
    assert told.isHidden()
    ask(desktop)
    assert told.isHidden()


@pytest.mark.parametrize("is_heard", [True, False])
async def test_a_reader_of_the_screen_is_told_the_question(
    desktop: DesktopApp, is_heard: bool
) -> None:
    read: list[tuple[QWidget, str]] = []
    desk = ConsentDesk(desktop.window, Told(), lambda *said: read.append(said), lambda: is_heard)
    desk.follow(desktop.project)
    ask(desktop)
    told = desktop.window.told
    assert read == ([(told, told.text)] if is_heard else [])


async def test_the_dialog_lists_the_commands_and_what_shuts_them_in(desktop: DesktopApp) -> None:
    ask(desktop)
    desktop.window.told.button.click()
    dialog = dialog_of(desktop)
    assert tuple(dialog.lines.item(n).text() for n in range(dialog.lines.count())) == LINES
    assert "bubblewrap shuts them in." in dialog.sandbox.text()
    assert dialog.unshut.isHidden()
    assert dialog.cancel.isDefault()
    QApplication.processEvents()
    assert (without_name(dialog), cut_off(dialog)) == ([], [])
    dialog.allow.click()
    assert desktop.project is not None
    root = desktop.project.root
    assert desktop.settings.current.project(root).allow_commands
    # At once, and without a new start.
    assert desktop.project.settings.for_project(root).allow_commands
    assert not desktop.project.settings.for_project(root).without_sandbox
    assert desktop.window.told.isHidden()


async def test_leaving_the_dialog_answers_nothing(desktop: DesktopApp) -> None:
    ask(desktop)
    desktop.window.told.button.click()
    QTest.keyClick(dialog_of(desktop), Qt.Key.Key_Escape)
    assert desktop.settings.current.projects == {}
    assert not desktop.window.told.isHidden()


async def test_the_dialog_goes_with_the_project_that_it_is_about(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    ask(desktop)
    desktop.window.told.button.click()
    dialog = dialog_of(desktop)
    other = tmp_path / "other"
    other.mkdir()
    await desktop.open_folder(other)
    assert not dialog.isVisible()
    assert desktop.window.told.isHidden()
    ask(desktop, OPEN)
    assert not desktop.window.told.isHidden()
    assert desktop.settings.current.projects == {}


async def test_without_a_sandbox_a_second_choice_is_needed(desktop: DesktopApp) -> None:
    ask(desktop, OPEN)
    desktop.window.told.button.click()
    dialog = dialog_of(desktop)
    assert "There is no sandbox here: bubblewrap (bwrap) is not installed." in dialog.sandbox.text()
    assert not dialog.allow.isEnabled()
    dialog.unshut.click()
    QApplication.processEvents()
    assert (without_name(dialog), cut_off(dialog)) == ([], [])
    dialog.allow.click()
    assert desktop.project is not None
    choices = desktop.settings.current.for_project(desktop.project.root)
    assert (choices.allow_commands, choices.without_sandbox) == (True, True)


async def test_a_project_that_is_never_to_be_asked_is_kept(desktop: DesktopApp) -> None:
    ask(desktop)
    desktop.window.told.never.click()
    assert desktop.project is not None
    assert not desktop.settings.current.project(desktop.project.root).ask_commands
    assert desktop.window.told.isHidden()


async def test_what_was_allowed_is_taken_back_in_the_settings_at_once(desktop: DesktopApp) -> None:
    ask(desktop)
    desktop.window.told.button.click()
    dialog_of(desktop).allow.click()
    page = desktop.window.preferences.show(Category.PROJECT)
    line = page.line_of("project.allow_commands")
    assert line.isVisible()
    line.control.click()  # type: ignore[attr-defined]
    project = desktop.project
    assert project is not None
    assert not project.settings.for_project(project.root).allow_commands
    assert desktop.settings.current.projects == {}


async def test_real_checks_run_from_the_answer_on_until_it_is_taken_back(
    qapp: object, tmp_path: Path
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "shop.py").write_text("x = 1\n")
    settings, told = unkept_settings(), Told()
    model = ConsentViewModel(settings, told)
    project = await open_project(root, data_dir=tmp_path / "data")
    settings.changed.connect(lambda: project.use(settings.current))
    model.follow(project)

    async def evidence() -> list[str]:
        found = await project.shadow.evidence("shop.py", "x = 1\n", "x = 2\n")
        return [one.name for one in found]

    try:
        assert await evidence() == []
        assert told.notice is not None
        assert model.needed is not None
        model.allow(without_sandbox=not model.needed.sandboxing.works)
        assert await evidence() == ["python"]
        settings.set_own(project.root, allow_commands=False)
        assert await evidence() == []
        # Once a session.
        assert told.notice is None
    finally:
        await project.close()
