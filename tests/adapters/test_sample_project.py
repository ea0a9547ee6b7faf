from pathlib import Path

import pytest

from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.sample_project import ASKING, copy_sample
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.trigger import EditComment
from spark_desktop.services.sample import ask_for


class Asked:
    def __init__(self) -> None:
        self.triggers: list[object] = []

    def request(self, trigger: object) -> str:
        self.triggers.append(trigger)
        return "p1"


async def test_the_sample_asks_for_one_change(tmp_path: Path) -> None:
    folder = await copy_sample(tmp_path)
    asked = Asked()
    files = LocalFileStore(folder, IgnoreRules(folder))
    assert await ask_for(ASKING, files, TreeSitterSyntax(), asked) == 1
    (trigger,) = asked.triggers
    assert isinstance(trigger, EditComment)
    assert "percent / 100" in trigger.instruction


async def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    folders = [await copy_sample(tmp_path) for _ in range(3)]
    assert [folder.name for folder in folders] == [
        "spark-sample",
        "spark-sample-2",
        "spark-sample-3",
    ]


async def test_without_a_place_it_goes_to_a_new_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = await copy_sample(), await copy_sample()
    assert first != second
    assert first.is_relative_to(tmp_path)
    assert (first / "README.md").exists()


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="file"):
        await copy_sample(tmp_path / "file")
