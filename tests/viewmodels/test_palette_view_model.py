from collections.abc import Sequence

import pytest

from spark_desktop.domain.name_index import NameIndex
from spark_desktop.viewmodels.palette import Entry, PaletteViewModel


class FakeMemory:
    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}

    def recent(self, name: str) -> list[str]:
        return self.known.get(name, [])

    def set_recent(self, name: str, values: Sequence[str]) -> None:
        self.known[name] = list(values)


class FakeSource:
    def __init__(self, *titles: str, reason: str = "") -> None:
        self.reason = reason
        self.titles = titles
        self.done: list[str] = []

    def entries(self) -> list[Entry]:
        return [
            Entry(title, title, lambda title=title: self.done.append(title), reason=self.reason)
            for title in self.titles
        ]


class FakeFiles:
    def __init__(self, *titles: str) -> None:
        self.index = NameIndex(titles)

    def entry(self, title: str) -> Entry:
        return Entry(f"file:{title}", title, lambda: None)


@pytest.fixture
def palette(qapp: object) -> PaletteViewModel:
    return PaletteViewModel(FakeMemory())


def titles(palette: PaletteViewModel) -> list[str]:
    return [hit.entry.title for hit in palette.hits]


def test_without_letters_what_was_used_last_comes_first(palette: PaletteViewModel) -> None:
    source = FakeSource("one", "two", "three")
    palette.add_source(source)
    palette.open()
    assert titles(palette) == ["one", "two", "three"]
    assert palette.choose(palette.hits[2].entry)
    palette.open()
    assert titles(palette) == ["three", "one", "two"]
    assert source.done == ["three"]


def test_large_sources_are_listed_only_for_two_letters(palette: PaletteViewModel) -> None:
    palette.add_source(FakeSource("stop"))
    palette.add_large(FakeFiles("src/statistics.py", "src/money.py"))
    palette.open()
    assert titles(palette) == ["stop"]
    palette.search("s")
    assert titles(palette) == ["stop"]
    palette.search("st")
    assert titles(palette) == ["stop", "src/statistics.py"]
    palette.search("mo")
    assert titles(palette) == ["src/money.py"]


def test_what_cannot_be_done_is_listed_last_and_not_done(palette: PaletteViewModel) -> None:
    closed, open_ = FakeSource("accept", reason="Open a folder first."), FakeSource("accept all")
    palette.add_source(closed)
    palette.add_source(open_)
    palette.open()
    assert titles(palette) == ["accept all", "accept"]
    palette.search("acc")
    assert titles(palette) == ["accept all", "accept"]
    assert not palette.choose(palette.hits[1].entry)
    assert closed.done == []


def test_a_source_that_went_is_not_searched(palette: PaletteViewModel) -> None:
    source = FakeSource("one")
    palette.add_source(source)
    palette.remove_source(source)
    palette.remove_source(source)
    palette.open()
    assert palette.hits == ()


def test_more_letters_look_among_what_fewer_found(palette: PaletteViewModel) -> None:
    files = FakeFiles("src/statistics.py", "src/states.py", "src/money.py")
    palette.add_large(files)
    palette.search("sta")
    assert set(titles(palette)) == {"src/statistics.py", "src/states.py"}
    palette.search("stati")
    assert titles(palette) == ["src/statistics.py"]
    palette.search("sta")
    assert set(titles(palette)) == {"src/statistics.py", "src/states.py"}


def test_files_that_came_meanwhile_are_found_with_more_letters(palette: PaletteViewModel) -> None:
    files = FakeFiles("src/money.py")
    palette.add_large(files)
    palette.search("mo")
    files.index = NameIndex(("src/money.py", "src/mock.py"))
    palette.search("moc")
    assert titles(palette) == ["src/mock.py"]


def test_the_one_of_many_whose_name_begins_so_is_found(palette: PaletteViewModel) -> None:
    palette.add_large(FakeFiles(*(f"src/overview{n}.py" for n in range(2000)), "src/view.py"))
    palette.search("view")
    assert titles(palette)[0] == "src/view.py"


def test_a_large_source_that_went_is_not_searched(palette: PaletteViewModel) -> None:
    files = FakeFiles("src/money.py")
    palette.add_large(files)
    palette.search("mo")
    palette.remove_source(files)
    palette.search("mon")
    assert titles(palette) == []
