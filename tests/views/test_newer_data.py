"""A program that is older than its data says so in a window of its own, and does nothing else."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.adapters.schema_version import check_schema
from spark_desktop.domain.errors import StoreError
from spark_desktop.newer_data import newer_data_notice, tell_newer_data
from spark_desktop.views.newer_data import NewerData
from spark_desktop.views.theme import Theme
from tests.interface_fakes import until
from tests.old_folders import newer_folder
from tests.views.walking import without_name


def refusal(folder: Path) -> StoreError:
    with pytest.raises(StoreError) as caught:
        check_schema(folder / "spark.db")
    return caught.value


def shown() -> NewerData | None:
    windows = QApplication.topLevelWidgets()
    return next((one for one in windows if isinstance(one, NewerData) and one.isVisible()), None)


async def test_the_window_says_what_is_wrong_and_what_was_not_done(
    qtbot: QtBot, tmp_path: Path, either_theme: Theme
) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    window = NewerData(newer_data_notice(refusal(folder.data), folder.data), either_theme)
    qtbot.addWidget(window)
    window.show()
    assert "of a newer Spark" in window.line.text
    assert f"Nothing in {folder.data} was changed." in window.line.text
    assert "Update Spark, or start it with another data folder." in window.line.text
    assert without_name(window) == []
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    QTest.keyClick(window.line.button, Qt.Key.Key_Space)
    assert closed == [True]
    assert folder.digests() == before


async def test_the_program_ends_when_it_was_read_and_has_written_nothing(
    qapp: object, tmp_path: Path
) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    telling = asyncio.ensure_future(tell_newer_data(refusal(folder.data), folder.data, "dark"))
    await until(lambda: shown() is not None)
    window = shown()
    assert window is not None
    window.close()
    assert await telling == 1
    assert folder.digests() == before
    assert not window.isVisible()
