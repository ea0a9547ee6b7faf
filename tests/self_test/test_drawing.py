"""Whether Qt can draw: what it cannot is named."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QFont

from spark_desktop.domain.self_test import Outcome
from spark_desktop.self_test import drawing
from spark_desktop.self_test.stage import Stage
from spark_resources import resource


@pytest.fixture
def stage(qapp: object, tmp_path: Path) -> Stage:
    return Stage(tmp_path / "stage", "", lambda _pid: None)


async def test_this_qt_draws_and_speaks(stage: Stage) -> None:
    for check in (drawing.images, drawing.translations, drawing.fonts):
        seen = await check(stage)
        assert seen.outcome is Outcome.OK, seen


async def test_an_unseen_screen_is_a_note(stage: Stage) -> None:
    seen = await drawing.screen(stage)
    assert seen.outcome is Outcome.NOTE
    assert "offscreen" in seen.text


async def test_a_desktop_without_a_tray_is_a_note(stage: Stage) -> None:
    assert (await drawing.tray_icon(stage)).outcome is Outcome.NOTE


async def test_an_icon_without_a_stroke_is_named(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spark_resources.resource", lambda *parts: tmp_path / parts[-1])
    (tmp_path / "blank-of-a-test.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"/>', encoding="utf-8"
    )
    seen = await drawing.images(stage, lambda: ["blank-of-a-test"])
    assert (seen.outcome, seen.text) == (
        Outcome.FAILED,
        "nothing is drawn for blank-of-a-test",
    )


async def test_a_damaged_translation_is_named(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    shutil.copytree(resource("translations"), folder)
    (folder / "spark_en.qm").write_bytes(b"torn")
    seen = await drawing.translations(stage, lambda: folder)
    assert (seen.outcome, seen.text) == (Outcome.FAILED, "not usable: spark_en.qm")


async def test_a_translation_that_knows_no_text_is_named(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    shutil.copytree(resource("translations"), folder)
    shutil.copyfile(folder / "spark_en.qm", folder / "spark_ru.qm")
    seen = await drawing.translations(stage, lambda: folder)
    assert seen.text == "not usable: spark_ru.qm knows no 'Doctor'"


async def test_a_missing_language_is_named(stage: Stage, tmp_path: Path) -> None:
    seen = await drawing.translations(stage, lambda: tmp_path)
    assert (seen.outcome, seen.text) == (Outcome.FAILED, "not usable: spark_ru.qm")


def test_a_letter_that_no_font_has_counts_as_a_box(qapp: object) -> None:
    assert drawing.is_drawn("A", QFont())
    assert not drawing.is_drawn("\U0010fffe", QFont())
