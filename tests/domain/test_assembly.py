import os
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spark_desktop.domain.assembly import Assembled, FileEdit, assemble, paths_of
from spark_desktop.domain.edit_blocks import (
    Block,
    Delete,
    Format,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.patch import ABSENT, FileKind, apply, compute
from spark_desktop.domain.refusals import RefusalReason
from spark_desktop.domain.text import SourceText, dominant_newline, split_lines
from spark_desktop.domain.workspace import Snapshot, snapshot_of

CASES = int(os.environ.get("SPARK_LAW_CASES", "60"))
law = settings(max_examples=CASES)
FORM = Format.SEARCH_REPLACE


def snapshot(path: str, content: str) -> Snapshot:
    return snapshot_of(path, SourceText(content, dominant_newline(content)))


def change(old: str, new: str, path: str = "f.py", **hints: object) -> Rewrite:
    form = hints.pop("form", FORM)
    return Rewrite(path, form, tuple(split_lines(old)), tuple(split_lines(new)), **hints)  # type: ignore[arg-type]


def whole(text: str, path: str = "f.py", is_new: bool = False) -> WholeFile:
    return WholeFile(path, Format.WHOLE_FILE, tuple(split_lines(text)), is_new)


def assembled(
    files: dict[str, str | None], *blocks: Block, instruction: str = "", **limits: int
) -> Assembled:
    snapshots = {
        path: None if content is None else snapshot(path, content)
        for path, content in files.items()
    }
    return assemble(list(enumerate(blocks)), snapshots, instruction, **limits)


def after(edit: FileEdit) -> str:
    return apply(edit.snapshot.text.content, edit.patch.hunks)


def one(content: str | None, *blocks: Block, instruction: str = "") -> FileEdit:
    found = assembled({"f.py": content}, *blocks, instruction=instruction)
    assert found.refused == ()
    (edit,) = found.edits
    return edit


def reasons(found: Assembled) -> list[RefusalReason]:
    return [refused.reason for refused in found.refused]


TEN = "".join(f"line {number}\n" for number in range(10))


def test_blocks_of_several_files_become_one_patch_each() -> None:
    found = assembled(
        {"a.py": "a\n", "b.py": "b\n", "c.py": None},
        change("a\n", "A\n", "a.py"),
        whole("new\n", "c.py", is_new=True),
        change("b\n", "B\n", "b.py"),
        Region("python", ("x\n",)),
    )
    assert [(edit.patch.path, edit.patch.kind, after(edit)) for edit in found.edits] == [
        ("a.py", FileKind.CHANGE, "A\n"),
        ("c.py", FileKind.CREATE, "new\n"),
        ("b.py", FileKind.CHANGE, "B\n"),
    ]
    assert found.edits[1].patch.base == found.edits[1].snapshot.digest == ABSENT


def test_blocks_may_come_in_any_order() -> None:
    edit = one(TEN, change("line 8\n", "eight\n"), change("line 2\n", "two\nzwei\n"))
    assert after(edit) == TEN.replace("line 8", "eight").replace("line 2", "two\nzwei")
    assert [hunk.id for hunk in edit.patch.hunks] == ["3-1", "9-0"]
    assert edit.places == {}


def test_blocks_that_share_context_are_both_made() -> None:
    edit = one(
        TEN,
        change("line 1\nline 2\nline 3\n", "line 1\ntwo\nline 3\n"),
        change("line 3\nline 4\n", "line 3\nfour\n"),
    )
    assert after(edit) == TEN.replace("line 2", "two").replace("line 4", "four")


def test_a_block_whose_surroundings_another_block_changed_is_made() -> None:
    edit = one(
        TEN,
        change("line 2\n", "two\n"),
        change("line 2\nline 3\n", "line 2\nthree\n"),
    )
    assert after(edit) == TEN.replace("line 2", "two").replace("line 3", "three")
    assert edit.failed == ()


def test_blocks_that_change_the_same_lines_are_told() -> None:
    edit = one(TEN, change("line 2\n", "two\n"), change("line 2\n", "deux\n"))
    assert after(edit) == TEN.replace("line 2", "two")
    (failed,) = edit.failed
    assert failed.id == "block-1"
    assert failed.reason == "Another block of the answer changes the same lines."
    assert (failed.nearest and failed.nearest.start) == 2


def test_a_later_block_may_be_about_what_an_earlier_one_wrote() -> None:
    edit = one(
        TEN,
        change("line 2\n", "line 2\nadded = 1\n"),
        change("added = 1\n", "added = 2\nmore = 3\n"),
    )
    assert after(edit) == TEN.replace("line 2", "line 2\nadded = 2\nmore = 3")
    assert len(edit.patch.hunks) == 1


def test_a_later_block_may_replace_what_an_earlier_one_wrote() -> None:
    edit = one(TEN, change("line 2\n", "two\n"), change("two\nline 3\n", "deux\ntrois\n"))
    assert after(edit) == TEN.replace("line 2\nline 3", "deux\ntrois")


def test_the_line_that_a_later_block_names_moves_with_the_blocks_before_it() -> None:
    form = Format.UNIFIED_DIFF
    before = "x\nx\nold\nx\nx\n"
    edit = one(
        before,
        change("x\nx\nold\n", "n\nn\nn\nx\nx\nnew\n", near=0, form=form),
        change("new\nx\nx\n", "new\nx\ny\n", near=2, form=form),
    )
    assert after(edit) == "n\nn\nn\nx\nx\nnew\nx\ny\n"


def test_paths_of_new_files_are_written_as_the_workspace_does() -> None:
    found = assembled(
        {"./a\\b.py": None, "a/b.py": None},
        whole("x\n", "./a\\b.py"),
        change("x\n", "y\n", "a/b.py"),
    )
    (edit,) = found.edits
    assert (edit.patch.path, edit.snapshot.path, after(edit)) == ("a/b.py", "a/b.py", "y\n")


def test_a_block_that_stands_there_twice_is_made_once_and_said() -> None:
    block = change("line 2\n", "line 2\nadded\n")
    edit = one(TEN, block, block)
    assert after(edit) == TEN.replace("line 2", "line 2\nadded")
    assert edit.notes == ("A block that stands twice in the answer is used once.",)


def test_insertions_in_one_place_come_in_the_order_of_the_answer() -> None:
    edit = one(
        "import a\nx\n",
        change("import a\n", "import a\nimport b\n"),
        change("import a\n", "import a\nimport c\n"),
    )
    assert after(edit) == "import a\nimport b\nimport c\nx\n"


def test_the_order_of_the_blocks_decides_between_places() -> None:
    content = "start\nreturn 1\nmiddle\nreturn 1\nend\n"
    edit = one(
        content,
        change("middle\n", "MIDDLE\n"),
        change("return 1\n", "return 2\n"),
        change("end\n", "END\n"),
    )
    assert after(edit) == "start\nreturn 1\nMIDDLE\nreturn 2\nEND\n"
    assert list(edit.places.values()) == [0.95]


def test_as_many_blocks_as_places_take_them_in_order() -> None:
    content = "return\na\nreturn\nb\n"
    edit = one(content, change("return\n", "return 1\n"), change("return\n", "return 2\n"))
    assert after(edit) == "return 1\na\nreturn 2\nb\n"
    assert set(edit.places.values()) == {0.95}


def test_a_block_with_several_places_and_no_order_fails() -> None:
    edit = one("x\na\nx\nb\n", change("b\n", "B\n"), change("a\n", "A\n"), change("x\n", "y\n"))
    assert after(edit) == "x\nA\nx\nB\n"
    assert [failed.id for failed in edit.failed] == ["block-2"]


def test_a_fuzzy_hunk_has_its_score() -> None:
    edit = one("    a = 1\n", change("a = 1\n", "a = 2\n"))
    assert after(edit) == "    a = 2\n"
    assert edit.places == {"1-0": 0.95}


def test_a_whole_file_takes_the_place_of_the_blocks_before_it() -> None:
    edit = one(TEN, change("line 2\n", "two\n"), whole(TEN.replace("line 3", "three")))
    assert after(edit) == TEN.replace("line 3", "three")
    assert "takes the place" in edit.notes[0]


def test_blocks_behind_a_whole_file_are_about_its_text() -> None:
    edit = one("a\nb\n", whole("a\nc\nd\n"), change("c\n", "C\n"), change("b\n", "B\n"))
    assert after(edit) == "a\nC\nd\n"
    assert [failed.id for failed in edit.failed] == ["block-2"]


def test_a_new_file_that_is_there_already_is_changed_and_said() -> None:
    edit = one("a\nb\n", whole("a\nc\n", is_new=True))
    assert (edit.patch.kind, after(edit)) == (FileKind.CHANGE, "a\nc\n")
    assert edit.notes == ("The file is there already: it is changed, not created.",)


def test_a_file_that_is_not_there_cannot_be_changed() -> None:
    found = assembled({"f.py": None}, change("a\n", "b\n"), change("c\n", "d\n"))
    assert (found.edits, reasons(found)) == ((), [RefusalReason.MISSING])


def test_lines_for_a_file_that_is_not_there_make_it() -> None:
    edit = one(None, change("", "a\n"), change("a\n", "b\n"))
    assert (edit.patch.kind, after(edit)) == (FileKind.CREATE, "b\n")


def test_an_empty_new_file_has_no_hunk() -> None:
    edit = one(None, whole(""))
    assert (edit.patch.kind, edit.patch.hunks) == (FileKind.CREATE, ())


def test_a_deleted_file_loses_every_line() -> None:
    edit = one("a\nb", Delete("f.py", FORM))
    assert (edit.patch.kind, after(edit)) == (FileKind.DELETE, "")
    assert one("", Delete("f.py", FORM)).patch.hunks == ()


def test_deleting_what_is_not_there_is_refused() -> None:
    assert reasons(assembled({"f.py": None}, Delete("f.py", FORM))) == [RefusalReason.MISSING]


def test_a_file_deleted_and_written_anew_is_changed_and_said() -> None:
    edit = one("a\nb\n", Delete("f.py", FORM), whole("a\nc\n"))
    assert (edit.patch.kind, after(edit)) == (FileKind.CHANGE, "a\nc\n")
    assert "deletes the file and writes it anew" in edit.notes[0]


def test_a_file_written_and_deleted_is_left_alone() -> None:
    assert assembled({"f.py": None}, whole("a\n"), Delete("f.py", FORM)).edits == ()


def test_a_change_of_a_file_that_the_answer_deletes_fails() -> None:
    edit = one("a\n", Delete("f.py", FORM), change("a\n", "b\n"))
    assert edit.patch.kind is FileKind.DELETE
    assert [failed.reason for failed in edit.failed] == ["The answer deletes the file."]


@pytest.mark.parametrize("path", ["f.py", "g.py"])
def test_a_renamed_file_is_changed_under_either_name(path: str) -> None:
    found = assembled(
        {"f.py": "a\nb\n", "g.py": None},
        Rename("f.py", "g.py", FORM),
        change("b\n", "c\n", path),
    )
    (edit,) = found.edits
    assert (edit.patch.path, edit.patch.target) == ("f.py", "g.py")
    assert (edit.patch.kind, after(edit)) == (FileKind.RENAME, "a\nc\n")


@pytest.mark.parametrize(
    ("files", "blocks", "reason"),
    [
        ({"f": "a\n", "g": "b\n"}, [Rename("f", "g", FORM)], RefusalReason.EXISTS),
        ({"f": None, "g": None}, [Rename("f", "g", FORM)], RefusalReason.MISSING),
        (
            {"f": "a\n", "g": None, "h": None},
            [Rename("f", "g", FORM), Rename("f", "h", FORM)],
            RefusalReason.CONTRADICTION,
        ),
        (
            {"f": "a\n", "g": None},
            [whole("x\n", "g"), Rename("f", "g", FORM)],
            RefusalReason.EXISTS,
        ),
        (
            {"f": "a\n", "g": None},
            [Rename("f", "g", FORM), Delete("f", FORM)],
            RefusalReason.CONTRADICTION,
        ),
        (
            {"f": "a\n", "e": "b\n", "g": None},
            [Rename("f", "g", FORM), Rename("e", "g", FORM)],
            RefusalReason.EXISTS,
        ),
        (
            {"f": "a\n", "g": "b\n"},
            [Delete("g", FORM), Rename("f", "g", FORM)],
            RefusalReason.EXISTS,
        ),
        (
            {"New.py": None, "new.py": None},
            [whole("a\n", "New.py"), whole("b\n", "new.py")],
            RefusalReason.LOOKALIKE,
        ),
        ({"a.py": "x\n", "A.py": None}, [whole("a\n", "A.py")], RefusalReason.LOOKALIKE),
        (
            {"a": None, "a/b": None},
            [whole("a\n", "a"), whole("b\n", "a/b")],
            RefusalReason.LOOKALIKE,
        ),
    ],
)
def test_what_cannot_be_done_with_files_is_refused(
    files: dict[str, str | None], blocks: list[Block], reason: RefusalReason
) -> None:
    found = assembled(files, *blocks)
    assert reasons(found) == [reason]


def test_a_file_may_be_renamed_to_another_case() -> None:
    found = assembled(
        {"readme.md": "a\n", "README.md": None}, Rename("readme.md", "README.md", FORM)
    )
    assert (found.refused, found.edits[0].patch.kind) == ((), FileKind.RENAME)


def test_paths_that_lead_to_one_file_are_one_file() -> None:
    there = snapshot("Src/a.py", "a\nb\n")
    blocks = [(0, change("a\n", "A\n", "src/a.py")), (1, change("b\n", "B\n", "Src/a.py"))]
    found = assemble(blocks, {"src/a.py": there, "Src/a.py": there})
    (edit,) = found.edits
    assert (edit.patch.path, after(edit)) == ("Src/a.py", "A\nB\n")


def test_blocks_of_a_path_that_was_not_admitted_are_passed_over() -> None:
    assert assembled({}, change("a\n", "b\n"), Rename("f.py", "g.py", FORM)) == Assembled()


def test_the_paths_of_blocks_have_their_targets() -> None:
    blocks = [change("a\n", "b\n", "x"), Rename("x", "y", FORM), Region("", ())]
    assert paths_of(list(enumerate(blocks))) == ("x", "y")


@pytest.mark.parametrize(
    ("block", "instruction", "reason"),
    [
        (whole("a\n# ... rest of the code\n"), "", RefusalReason.PLACEHOLDER),
        (change("line 3\n", "// existing code\n"), "", RefusalReason.PLACEHOLDER),
        (change("line 3\n", "...\n"), "", RefusalReason.PLACEHOLDER),
        (change("line 3\n", "<think>\nhm\n"), "", RefusalReason.REASONING),
        (whole("line 1\nline 2\n"), "add a title", RefusalReason.SHRUNK),
        (change(TEN.partition("line 7")[0], "x\n"), "", RefusalReason.SHRUNK),
        (change("line 3\n", "a\x00b\n"), "", RefusalReason.BINARY),
        (change("line 3\n", "a\ud800b\n"), "", RefusalReason.BINARY),
        (change("line 3\n", "x" * 500 + "\n"), "", RefusalReason.TOO_LARGE),
    ],
)
def test_bad_texts_are_refused_and_other_files_are_not(
    block: Block, instruction: str, reason: RefusalReason
) -> None:
    found = assembled(
        {"f.py": TEN, "g.py": "a\n"},
        block,
        change("a\n", "b\n", "g.py"),
        instruction=instruction,
        max_bytes=400,
    )
    assert [refused.path for refused in found.refused] == ["f.py"]
    assert reasons(found) == [reason]
    assert [after(edit) for edit in found.edits] == ["b\n"]


def test_a_character_that_the_files_encoding_has_not_is_refused() -> None:
    there = Snapshot("f.py", SourceText("é\n", "\n", "latin-1"), "digest")
    found = assemble([(0, change("é\n", "→\n"))], {"f.py": there})
    assert (found.edits, reasons(found)) == ((), [RefusalReason.BINARY])


@pytest.mark.parametrize(
    ("block", "instruction"),
    [
        (whole("line 1\nline 2\n"), "remove the other lines"),
        (change("line 3\n", "def f():\n    ...\n"), ""),
        (Delete("f.py", FORM), ""),
    ],
)
def test_what_was_asked_for_is_no_fault(block: Block, instruction: str) -> None:
    assert assembled({"f.py": TEN}, block, instruction=instruction).refused == ()


def test_a_placeholder_that_stood_there_is_no_fault() -> None:
    content = f"# ... more\n{TEN}"
    edit = one(content, whole(f"{TEN}# ... more\n"))
    assert after(edit) == f"{TEN}# ... more\n"


# ---------------------------------------------------------------------------------------- laws

LINES = st.lists(
    st.sampled_from(["a", "b", "c", "}", "", "  x", "    y = 1", "return 0"]), max_size=16
)
ENDINGS = st.sampled_from(["\n", "\r\n"])


def text_of(lines: list[str], ending: str, is_closed: bool) -> str:
    return ending.join(lines) + (ending if is_closed and lines else "")


@law
@given(LINES, LINES, ENDINGS, st.integers(0, 4), st.booleans(), st.randoms(use_true_random=False))
def test_blocks_made_of_a_change_come_to_that_change(
    old: list[str], new: list[str], ending: str, around: int, numbered: bool, chance: Random
) -> None:
    before, wanted = text_of(old, ending, True), text_of(new, ending, True)
    blocks = blocks_of(before, wanted, around, numbered)
    if not numbered:
        chance.shuffle(blocks)
    assume(before)
    found = assemble(list(enumerate(blocks)), {"f": snapshot("f", before)}, instruction="remove")
    (edit,) = found.edits or (None,)
    if not blocks:
        assert edit is None
        return
    assert edit is not None
    if numbered:
        assert edit.failed == ()
        assert after(edit) == wanted
        direct = compute("f", "", before, wanted).hunks
        assert [(h.start, h.old, h.new) for h in edit.patch.hunks] == [
            (h.start, h.old, h.new) for h in direct
        ]
    elif not edit.failed and not edit.places:
        assert after(edit) == wanted
    # Hunks never touch, and all of them apply.
    assert all(one.end < other.start for one, other in pairwise(edit.patch.hunks))


def blocks_of(before: str, wanted: str, around: int, numbered: bool) -> list[Block]:
    there = split_lines(before)
    found: list[Block] = []
    for hunk in compute("f", "", before, wanted).hunks:
        first, last = max(0, hunk.start - around), min(len(there), hunk.end + around)
        head, tail = there[first : hunk.start], there[hunk.end : last]
        old = tuple(feed(line) for line in (*head, *hunk.old, *tail))
        new = tuple(feed(line) for line in (*head, *hunk.new, *tail))
        form = Format.UNIFIED_DIFF if numbered else Format.SEARCH_REPLACE
        near = first if numbered else None
        context = (len(head), len(tail)) if numbered else (0, 0)
        found.append(Rewrite("f", form, old, new, near=near, context=context))
    return found


def feed(line: str) -> str:
    return line.rstrip("\r\n") + "\n"


BLOCKS = st.one_of(
    st.builds(
        lambda path, old, new, form: Rewrite(path, form, tuple(old), tuple(new)),
        st.sampled_from(["f", "g", "h"]),
        st.lists(st.sampled_from(["a\n", "b\n", "\n", "  a\n"]), max_size=3),
        st.lists(st.sampled_from(["a\n", "b\n", "\n", "  c"]), max_size=3),
        st.sampled_from(list(Format)),
    ),
    st.builds(
        lambda path, lines, is_new: WholeFile(path, Format.WHOLE_FILE, tuple(lines), is_new),
        st.sampled_from(["f", "g", "h"]),
        st.lists(st.sampled_from(["a\n", "b\n", "\n", "c"]), max_size=4),
        st.booleans(),
    ),
    st.builds(Delete, st.sampled_from(["f", "g", "h"]), st.just(FORM)),
    st.builds(
        Rename, st.sampled_from(["f", "g", "h"]), st.sampled_from(["f", "g", "h"]), st.just(FORM)
    ),
)


@law
@given(
    st.lists(BLOCKS, max_size=6),
    st.dictionaries(
        st.sampled_from(["f", "g", "h"]), st.none() | st.text(alphabet="ab \n\r", max_size=12)
    ),
)
def test_whatever_blocks_come_each_file_has_one_patch_that_applies(
    blocks: list[Block], files: dict[str, str | None]
) -> None:
    found = assembled(files, *blocks)
    paths = [edit.patch.path for edit in found.edits]
    assert len(set(paths)) == len(paths)
    for edit in found.edits:
        after(edit)
        ids = [hunk.id for hunk in edit.patch.hunks]
        assert len(set(ids)) == len(ids)
        assert set(edit.places) <= set(ids)
        assert all(0 < score < 1 for score in edit.places.values())
        assert edit.patch.base == edit.snapshot.digest
        if edit.patch.kind is FileKind.CREATE:
            assert files[edit.patch.path] is None
        else:
            assert files[edit.patch.path] is not None
