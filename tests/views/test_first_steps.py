from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.errors import FileError
from spark_desktop.viewmodels.notice import Notice
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.first_steps import dropped_folder
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from spark_desktop.views.welcome import opening
from tests.fakes import LineSyntax
from tests.interface_fakes import FakeFiles, FakeProject, until


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    made.show()
    yield made
    made.finish()
    made.deleteLater()


def dragged(*places: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls(
        [QUrl(place) if isinstance(place, str) else QUrl.fromLocalFile(place) for place in places]
    )
    return data


def test_a_folder_or_a_files_folder_can_be_dropped(qapp: object, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("")
    assert dropped_folder(dragged(str_url(tmp_path))) == str(tmp_path)
    assert dropped_folder(dragged(str_url(file))) == str(tmp_path)
    assert dropped_folder(dragged(str_url(tmp_path), str_url(file))) is None
    assert dropped_folder(dragged(str_url(tmp_path / "gone"))) is None
    assert dropped_folder(dragged("https://example.org")) is None
    assert dropped_folder(QMimeData()) is None


def str_url(place: Path) -> str:
    return QUrl.fromLocalFile(str(place)).toString()


def test_a_dropped_folder_is_opened(window: MainWindow, tmp_path: Path) -> None:
    chosen: list[str] = []
    window.folder_chosen.connect(chosen.append)
    data = dragged(str_url(tmp_path))
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, left, none.NoModifier)
    window.welcome.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(9, 9), copy, data, left, none.NoModifier)
    window.welcome.dropEvent(drop)
    assert chosen == [str(tmp_path)]


async def test_recent_projects_are_offered_newest_first(
    window: MainWindow, models: ProjectViewModels
) -> None:
    assert window.welcome.steps.heading.isHidden()
    window.show_project(models, Path("/projects/one"), "")
    window.offer_recent(["/projects/one", "/projects/two"])
    window.show_welcome()
    buttons = window.welcome.steps.recent
    assert [button.toolTip() for button in buttons] == ["/projects/one", "/projects/two"]
    chosen: list[str] = []
    window.folder_chosen.connect(chosen.append)
    buttons[1].click()
    assert chosen == ["/projects/two"]


def test_nothing_else_is_offered_while_a_folder_opens(window: MainWindow) -> None:
    window.show_welcome(opening("library"))
    assert window.welcome.steps.isHidden()
    window.show_welcome(Notice("It is gone."))
    assert not window.welcome.steps.isHidden()


def test_the_sample_goes_where_the_user_wants_it(window: MainWindow, tmp_path: Path) -> None:
    wanted: list[str] = []
    window.sample_wanted.connect(wanted.append)
    window.welcome.steps.sample.click()
    window.welcome.steps.keep.click()
    (dialog,) = window.welcome.steps.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.reject()
    assert wanted == ["", str(tmp_path)]


class SampleFiles(FakeFiles):
    def __init__(self, root: Path) -> None:
        path = "invoices/discounts.py"
        super().__init__({path: (root / path).read_text(encoding="utf-8")})


async def test_the_sample_is_copied_opened_and_asked_for(qapp: object, tmp_path: Path) -> None:
    projects: list[FakeProject] = []

    async def opened(folder: Path, _model: str | None, _data: Path) -> FakeProject:
        project = FakeProject(root=folder)
        project.files = SampleFiles(folder)
        project.syntax = LineSyntax()
        projects.append(project)
        return project

    desktop = DesktopApp(tmp_path / "data", theme="dark", opener=opened)
    desktop.window.sample_wanted.emit(str(tmp_path))
    await until(lambda: bool(projects and projects[0].turns.requests))
    assert projects[0].root == tmp_path / "spark-sample"
    (trigger,) = projects[0].turns.requests
    assert trigger.snapshot.path == "invoices/discounts.py"
    await desktop.close()


async def test_a_sample_that_cannot_be_copied_is_told(qapp: object, tmp_path: Path) -> None:
    async def refused(folder: Path, _model: str | None, _data: Path) -> FakeProject:
        raise FileError(f"{folder} is not a folder.")

    desktop = DesktopApp(tmp_path / "data", theme="dark", opener=refused)
    file = tmp_path / "file"
    file.write_text("")
    desktop.window.sample_wanted.emit(str(file))
    await until(lambda: "sample cannot be copied" in desktop.window.welcome.text)
    await desktop.close()
