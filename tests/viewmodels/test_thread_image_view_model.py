from pathlib import Path

import pytest

from spark_desktop.domain.errors import FileError
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.thread_image import tile_path
from tests.interface_fakes import FakeProject, until


@pytest.fixture
async def told(models: ProjectViewModels) -> list[Notice]:
    heard: list[Notice] = []
    models.image.told.connect(heard.append)
    return heard


async def test_one_picture_goes_to_the_chosen_file(
    project: FakeProject, models: ProjectViewModels, told: list[Notice]
) -> None:
    models.image.begin("/home/me/thread.png")
    models.image.write(1, 1, b"png")
    await until(lambda: len(told) == 2)
    assert project.lab.written == {Path("/home/me/thread.png"): b"png"}
    assert [notice.tone for notice in told] == [Tone.BUSY, Tone.GOOD]
    assert "thread.png" in told[-1].text
    assert models.chat.notice == told[-1]


async def test_several_are_numbered_and_told_of_when_all_are_written(
    project: FakeProject, models: ProjectViewModels, told: list[Notice]
) -> None:
    ended: list[bool] = []
    models.image.ended.connect(lambda: ended.append(True))
    models.image.begin("/home/me/thread.png")
    models.image.write(2, 2, b"two")
    await until(lambda: len(project.lab.written) == 1)
    assert not ended
    models.image.write(1, 2, b"one")
    await until(lambda: bool(ended))
    assert {path.name: data for path, data in project.lab.written.items()} == {
        "thread-1.png": b"one",
        "thread-2.png": b"two",
    }
    assert told[-1].hint == "2 images"


async def test_a_thread_that_is_too_long_says_how_long_and_what_to_do(
    project: FakeProject, models: ProjectViewModels, told: list[Notice]
) -> None:
    models.image.begin("/home/me/thread.png")
    models.image.refuse(123456, 80000)
    assert "123,456" in told[-1].text
    assert "80,000" in told[-1].text
    assert "Nothing was written" in told[-1].hint
    models.image.write(1, 1, b"late")
    assert project.lab.written == {}


async def test_a_file_that_cannot_be_written_is_told(
    project: FakeProject, models: ProjectViewModels, told: list[Notice]
) -> None:
    project.lab.error = FileError("/home/me is read-only.", "Choose another folder.")
    models.image.begin("/home/me/thread.png")
    models.image.write(1, 1, b"png")
    await until(lambda: len(told) == 2)
    assert told[-1].tone is Tone.PROBLEM
    assert told[-1].hint == "Choose another folder."


def test_the_names_of_several_files() -> None:
    assert tile_path(Path("/a/b.png"), 1, 1) == Path("/a/b.png")
    assert tile_path(Path("/a/b.png"), 3, 9) == Path("/a/b-3.png")
