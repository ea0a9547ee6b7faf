"""Items of a question: read as they are now, or refused with the reason."""

from datetime import UTC, datetime

import pytest
from composer_fakes import FakeDiffs
from fakes import LineSyntax, MemoryFiles, MemorySteps

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    SecretFileError,
    SparkError,
)
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.services import context_items
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.working_diff import WorkingDiff

CODE = "def one():\n    return 1\ndef two():\n    return 2\n"
START = datetime(2026, 3, 1, tzinfo=UTC)


def items_of(files: MemoryFiles, diffs: FakeDiffs | None = None) -> ContextItems:
    diff = WorkingDiff(diffs or FakeDiffs(), files, MemorySteps(), START)
    return ContextItems(files, LineSyntax(), diff.read)


async def test_a_file_is_read_whole_with_its_language():
    item = await items_of(MemoryFiles(a__py=CODE)).read(ItemRef(ItemKind.FILE, "a.py"))
    assert (item.title, item.language, item.text) == ("File: a.py", "python", CODE)


async def test_a_symbol_is_its_lines_only():
    ref = ItemRef(ItemKind.SYMBOL, "a.py", "two")
    item = await items_of(MemoryFiles(a__py=CODE)).read(ref)
    assert (item.text, item.first_line) == ("def two():\n    return 2\n", 2)
    assert item.title == "two in a.py (lines 3 to 4):"


async def test_of_several_symbols_by_one_name_the_one_that_stood_there_is_meant():
    files = MemoryFiles(a__py=f"def two():\n    return 0\n{CODE}")
    item = await items_of(files).read(ItemRef(ItemKind.SYMBOL, "a.py", "two", lines=Span(3, 5)))
    assert (item.text, item.first_line) == ("def two():\n    return 2\n", 4)
    assert item.place is None
    first = await items_of(files).read(ItemRef(ItemKind.SYMBOL, "a.py", "two"))
    assert first.first_line == 0


async def test_a_symbol_that_is_gone_is_refused():
    with pytest.raises(FileError, match=r"three is no longer in a\.py"):
        await items_of(MemoryFiles(a__py=CODE)).read(ItemRef(ItemKind.SYMBOL, "a.py", "three"))


async def test_a_folder_is_its_files_and_says_what_could_not_be_read():
    files = MemoryFiles(a__py=CODE)
    files.data |= {"src/b.py": b"B = 1\n", "src/c.bin": b"\0\0", "src/d.py": b"D = 1\n"}
    files.error_on_read["src/d.py"] = FileError("src/d.py cannot be read.")
    item = await items_of(files).read(ItemRef(ItemKind.FOLDER, "src"))
    assert item.text == "==== src/b.py ====\nB = 1\n"
    assert [note.split(":")[0] for note in item.notes] == [
        "The file is not text",
        "src/d.py cannot be read.",
    ]


async def test_the_workspace_itself_can_be_the_folder():
    item = await items_of(MemoryFiles(a__py=CODE)).read(ItemRef(ItemKind.FOLDER, "."))
    assert "==== a.py ====" in item.text


@pytest.mark.parametrize(
    ("limit", "value", "match"),
    [("MAX_FOLDER_FILES", 1, "2 files"), ("MAX_FOLDER_CHARS", 9, "over 9 characters")],
)
async def test_a_folder_that_is_too_large_is_refused(monkeypatch, limit, value, match):
    monkeypatch.setattr(context_items, limit, value)
    files = MemoryFiles()
    files.data |= {"src/a.py": b"A = 1\n", "src/b.py": b"B = 1\n"}
    with pytest.raises(FileTooLargeError, match=match):
        await items_of(files).read(ItemRef(ItemKind.FOLDER, "src"))


async def test_a_folder_without_files_is_refused():
    with pytest.raises(FileError, match="no files"):
        await items_of(MemoryFiles()).read(ItemRef(ItemKind.FOLDER, "src"))


async def test_a_folder_of_binaries_is_refused_with_the_reason():
    files = MemoryFiles()
    files.data["src/c.bin"] = b"\0"
    with pytest.raises(FileError, match="not text"):
        await items_of(files).read(ItemRef(ItemKind.FOLDER, "src"))


@pytest.mark.parametrize(
    "error", [SecretFileError, NotTextError, FileTooLargeError, OutsideWorkspaceError]
)
async def test_a_file_that_may_not_be_read_is_refused_as_the_store_says(error):
    files = MemoryFiles()
    files.error_on_read["a.py"] = error("Not this one.", "Another.")
    with pytest.raises(error):
        await items_of(files).read(ItemRef(ItemKind.FILE, "a.py"))


async def test_an_ignored_file_is_refused_unless_it_is_the_one_that_is_shown():
    files = MemoryFiles(a__py=CODE)
    files.ignored_paths["a.py"] = Ignored("a.py", IgnoreReason.GITIGNORE, "*.py in .gitignore")
    with pytest.raises(FileError, match=r"ignored by \.gitignore \(\*\.py in"):
        await items_of(files).read(ItemRef(ItemKind.FILE, "a.py"))
    assert (await items_of(files).read(ItemRef(ItemKind.OPEN, "a.py"))).text == CODE


@pytest.mark.parametrize("kind", [ItemKind.CLIPBOARD, ItemKind.TEXT])
async def test_text_goes_as_it_is_and_an_empty_one_is_refused(kind):
    assert (await items_of(MemoryFiles()).read(ItemRef(kind, text="x = 1"))).text == "x = 1"
    with pytest.raises(SparkError, match=r"no text|is empty"):
        await items_of(MemoryFiles()).read(ItemRef(kind, text=" \n"))
    with pytest.raises(SparkError, match="too long"):
        await items_of(MemoryFiles()).read(ItemRef(kind, text="x" * 1_000_001))


async def test_a_dropped_path_is_a_file_or_folder_of_the_workspace(tmp_path, monkeypatch):
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").write_text("A = 1\n")
    monkeypatch.setattr(MemoryFiles, "root", root)
    items = items_of(MemoryFiles())
    assert await items.ref_of(root / "src" / "a.py") == ItemRef(ItemKind.FILE, "src/a.py")
    assert await items.ref_of(root / "src") == ItemRef(ItemKind.FOLDER, "src")
    with pytest.raises(OutsideWorkspaceError, match="is not in"):
        await items.ref_of(tmp_path / "other.py")


async def test_gits_diff_goes_as_git_gives_it():
    item = await items_of(MemoryFiles(), FakeDiffs("diff --git a b\n")).read(ItemRef(ItemKind.DIFF))
    assert (item.text, item.language) == ("diff --git a b\n", "diff")


@pytest.mark.parametrize(
    ("diff", "match"),
    [("", "everything is committed"), (None, "no git here"), ("x" * 1_000_001, "too large")],
)
async def test_a_diff_that_is_not_there_is_refused(diff, match):
    with pytest.raises(SparkError, match=match):
        await items_of(MemoryFiles(), FakeDiffs(diff)).read(ItemRef(ItemKind.DIFF))


async def test_without_git_the_diff_is_what_this_session_applied():
    files = MemoryFiles(a__py="new\n", b__py="b\n", gone__py="x\n")
    kept = MemorySteps()
    before, old = b"old\n", datetime(2026, 2, 1, tzinfo=UTC)
    for name, created, undone in (
        ("a.py", START, False),
        ("b.py", old, False),
        ("gone.py", START, False),
        ("undone.py", START, True),
    ):
        change = AppliedChange(
            name, name, "t", (), digest_of(before), digest_of(b"new\n"), created, undone
        )
        kept.kept.append(Step(name, "t", StepKind.EDIT, created, (change,)))
        kept.contents[change.before] = before
    del files.data["gone.py"]
    told = (await WorkingDiff(FakeDiffs(None), files, kept, START).read()).text
    assert "-old\n+new\n" in told
    assert told.count("+++") == 1
