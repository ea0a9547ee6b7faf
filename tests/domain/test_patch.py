import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk, apply, compute, inverse
from spark_desktop.domain.unified_diff import format_patch, parse

ENDINGS = st.sampled_from(["\n", "\n", "\r\n"])
WORDS = st.sampled_from(
    ["a", "b", "c", "", " x", "-- y", "++ z", "@@ -1 +1 @@", "\\ No", "\f", "é"]
)
LINES = st.lists(st.builds(lambda word, end: word + end, WORDS, ENDINGS), max_size=14)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "z", "a"]))
ANY_ENDING_TEXTS = st.text(alphabet="ab\n\r", max_size=30)


@given(ANY_ENDING_TEXTS, ANY_ENDING_TEXTS)
def test_applying_the_computed_patch_gives_the_text_after(before: str, after: str) -> None:
    assert apply(before, compute("f", "b", before, after).hunks) == after


@given(ANY_ENDING_TEXTS, ANY_ENDING_TEXTS)
def test_undoing_what_was_applied_gives_the_text_before(before: str, after: str) -> None:
    hunks = compute("f", "b", before, after).hunks
    assert apply(apply(before, hunks), inverse(hunks)) == before


@given(ANY_ENDING_TEXTS, ANY_ENDING_TEXTS, st.randoms(use_true_random=False))
def test_undoing_some_hunks_gives_the_text_before(before: str, after: str, chance: Random) -> None:
    hunks = compute("f", "b", before, after).hunks
    some = [hunk for hunk in hunks if chance.random() < 0.5]
    chance.shuffle(some)
    assert apply(apply(before, some), inverse(some)) == before


@given(TEXTS, TEXTS, st.integers(0, 4))
def test_a_formatted_patch_is_parsed_back(before: str, after: str, context: int) -> None:
    patch = compute("dir/f.py", "base", before, after)
    diff = format_patch(patch, before, context)
    assert (parse(diff, "base").files if diff else (patch,)) == (patch,)


@given(st.lists(st.integers(0, 9), max_size=40), st.lists(st.integers(0, 9), max_size=40))
def test_hunks_never_begin_or_end_with_an_unchanged_line(old: list[int], new: list[int]) -> None:
    before = "".join(f"{number}\n" for number in old)
    after = "".join(f"{number}\n" for number in new)
    for hunk in compute("f", "b", before, after).hunks:
        assert hunk.old != hunk.new
        assert not (hunk.old and hunk.new and hunk.old[0] == hunk.new[0])


def test_equal_texts_make_no_hunks_and_no_diff() -> None:
    patch = compute("f", "b", "a\n", "a\n")
    assert patch.hunks == ()
    assert format_patch(patch, "a\n") == ""


def test_a_patch_counts_its_lines_and_names_its_hunks_apart() -> None:
    patch = compute("f", "b", "a\nb\nc\nd\n", "a\nB\nB2\nc\n")
    assert (patch.added, patch.removed) == (2, 2)
    assert [hunk.id for hunk in patch.hunks] == ["2-0", "4-1"]
    assert [(hunk.start, hunk.end) for hunk in patch.hunks] == [(1, 2), (3, 4)]


def test_a_hunk_on_other_lines_is_a_conflict_that_names_the_line() -> None:
    with pytest.raises(ConflictError, match="Line 2 is not"):
        apply("a\nX\nc\n", [Hunk("1", 1, ("b\n",), ("B\n",))])


@pytest.mark.parametrize(
    ("content", "start", "new", "result"),
    [
        ("a\r\nb", 2, "c\r\n", "a\r\nb\r\nc\r\n"),
        ("a\nb", 2, "c", "a\nb\nc"),
        ("a", 1, "b\r\n", "a\r\nb\r\n"),
        ("a", 1, "b", "a\nb"),
        ("", 0, "b", "b"),
    ],
)
def test_a_line_that_is_no_longer_the_last_gets_the_files_ending(
    content: str, start: int, new: str, result: str
) -> None:
    assert apply(content, [Hunk("1", start, (), (new,))]) == result


def test_hunks_that_meet_in_one_line_apply_in_their_order() -> None:
    hunks = [
        Hunk("a", 1, (), ("A\n",)),
        Hunk("b", 1, (), ("B\n",)),
        Hunk("c", 1, ("2\n",), ("C\n",)),
    ]
    result = apply("1\n2\n", hunks)
    assert result == "1\nA\nB\nC\n"
    assert apply(result, inverse(hunks)) == "1\n2\n"


def test_hunks_that_are_near_share_one_context() -> None:
    before = "".join(f"{number}\n" for number in range(20))
    after = before.replace("3\n", "three\n", 1).replace("\n8\n", "\neight\n")
    diff = format_patch(compute("f", "b", before, after), before)
    assert diff.count("@@ -") == 1
    assert format_patch(compute("f", "b", before, after), before, 1).count("@@ -") == 2


DIFF = """\
diff --git a/old.py b/old.py
index 1..2 100644
--- a/old.py\t2026-01-01
+++ b/new.py\t2026-01-02
@@ -1,3 +1,3 @@ def f():
 a

-c
+C
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
--- plain.py
+++ plain.py
@@ -0,0 +1 @@
+y
\\ No newline at end of file
"""


def test_a_foreign_diff_is_read_file_by_file() -> None:
    assert parse(DIFF, "base").files == (
        FilePatch("new.py", "base", (Hunk("3-0", 2, ("c\n",), ("C\n",)),)),
        FilePatch("gone.py", "base", (Hunk("1-0", 0, ("x\n",), ()),), FileKind.DELETE),
        FilePatch("plain.py", "base", (Hunk("1-0", 0, (), ("y",)),)),
    )


HUNKS = (Hunk("1-0", 0, ("x\n",), ("y\n",)),)
KINDS = {
    "create": ("", FilePatch("a b.py", ABSENT, (Hunk("1-0", 0, (), ("y\n",)),), FileKind.CREATE)),
    "create an empty one": ("", FilePatch("dir/n.py", ABSENT, (), FileKind.CREATE)),
    "delete": ("x\n", FilePatch("f.py", "b", (Hunk("1-0", 0, ("x\n",), ()),), FileKind.DELETE)),
    "delete an empty one": ("", FilePatch("f.py", "b", (), FileKind.DELETE)),
    "rename": ("x\n", FilePatch("f.py", "b", (), FileKind.RENAME, "dir/g h.py")),
    "rename and change": ("x\n", FilePatch("f.py", "b", HUNKS, FileKind.RENAME, "g.py")),
}


@pytest.mark.parametrize(("before", "patch"), KINDS.values(), ids=KINDS.keys())
def test_what_a_patch_does_to_the_file_itself_is_read_back(before: str, patch: FilePatch) -> None:
    assert parse(format_patch(patch, before), "b").files == (patch,)


def test_patches_of_all_kinds_are_read_one_after_another() -> None:
    diff = "".join(format_patch(patch, before) for before, patch in KINDS.values())
    assert parse(diff, "b").files == tuple(patch for _, patch in KINDS.values())


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        ("", "no unified diff"),
        ("just text\n", "no unified diff"),
        ("@@ -1 +1 @@\n-a\n+b\n", "Line 1 begins a hunk before any file"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n", "hunk at line 3 of the diff is cut off"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n*b\n", r"Line 5 of the diff begins with '\*'"),
        ("--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n+b\n", "cut off"),
    ],
)
def test_a_text_that_is_no_diff_is_refused_with_the_line(diff: str, reason: str) -> None:
    with pytest.raises(PatchError, match=reason):
        parse(diff)


GIT = shutil.which("git")
CASES = {
    "a change": ("a\nb\nc\n", "a\nB\nc\n"),
    "no final newline before": ("a\nb", "a\nb\nc\n"),
    "no final newline after": ("a\nb\n", "a\nb"),
    "carriage returns": ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
    "mixed endings": ("a\nb\r\nc\n", "a\nb\nc\n"),
    "lone carriage returns": ("a\rb\rc\n", "a\rB\rc\n"),
    "a lone carriage return at the end": ("a\nb\r", "a\nB\r"),
    "an empty file": ("", "a\nb\n"),
    "emptied": ("a\nb\n", ""),
    "a form feed": ("a\n\fb\n", "a\n\fB\n"),
    "two far places": (
        "".join(f"{n}\n" for n in range(40)),
        "x\n" + "".join(f"{n}\n" for n in range(39)),
    ),
}


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@pytest.mark.parametrize(("before", "patch"), KINDS.values(), ids=KINDS.keys())
def test_git_apply_creates_deletes_and_renames(
    tmp_path: Path, before: str, patch: FilePatch
) -> None:
    file, target = tmp_path / patch.path, tmp_path / (patch.target or patch.path)
    if patch.kind is not FileKind.CREATE:
        file.write_bytes(before.encode())
    diff = format_patch(patch, before)
    subprocess.run([str(GIT), "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    if patch.kind is FileKind.DELETE:
        assert not file.exists()
    else:
        assert target.read_bytes().decode() == apply(before, patch.hunks)
        assert (target == file) == file.exists()


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_git_apply_takes_a_formatted_patch(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "a file.txt"
    file.write_bytes(before.encode())
    diff = format_patch(compute(file.name, "b", before, after), before)
    command = [str(GIT), "-c", "core.autocrlf=false", "apply", "-"]
    subprocess.run(command, cwd=tmp_path, input=diff.encode(), check=True, timeout=30)
    assert (file.read_bytes() if file.exists() else b"") == after.encode()
