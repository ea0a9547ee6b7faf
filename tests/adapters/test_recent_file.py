"""Recent projects on disk."""

from pathlib import Path

import pytest

from spark_desktop.adapters.recent_file import RecentFile
from spark_desktop.domain.errors import StoreError
from spark_desktop.services.recent import RecentFolders


def folders(tmp_path: Path, *names: str) -> list[Path]:
    made = [tmp_path / name for name in names]
    for folder in made:
        folder.mkdir()
    return made


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_the_newest_is_first_each_once_and_at_most_ten(tmp_path: Path) -> None:
    made = folders(tmp_path, *(f"p{number}" for number in range(12)))
    recent = RecentFolders(RecentFile(tmp_path / "data" / "recent.json"))
    for folder in (*made, made[5]):
        await recent.opened(folder)
    again = RecentFolders(RecentFile(tmp_path / "data" / "recent.json"))
    names = [folder.name for folder in await again.folders()]
    assert names == ["p5", "p11", "p10", "p9", "p8", "p7", "p6", "p4", "p3", "p2"]


async def test_a_folder_that_vanished_is_listed_and_kept_no_more(tmp_path: Path) -> None:
    one, two = folders(tmp_path, "one", "two")
    file = tmp_path / "recent.json"
    recent = RecentFolders(RecentFile(file))
    await recent.opened(one)
    await recent.opened(two)
    one.rmdir()
    assert await recent.folders() == (two,)
    await recent.opened(two)
    assert "one" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[7, null]", '["relative"]', '["\\u0000"]', "[" * 5000, "[" + " " * (1 << 20)],
)
async def test_a_damaged_list_counts_as_empty(text: str, tmp_path: Path) -> None:
    file = tmp_path / "recent.json"
    file.write_text(text, encoding="utf-8")
    assert await RecentFile(file).load() == ()


async def test_a_list_that_cannot_be_written_names_its_file(tmp_path: Path) -> None:
    # A folder in the file's place: the new bytes are written, and cannot take it.
    file = tmp_path / "recent.json"
    (file / "inside").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"recent\.json") as raised:
        await RecentFile(file).save((tmp_path,))
    assert raised.value.next_step == "Make the folder writable."
    assert names_in(tmp_path) == ["recent.json"]
