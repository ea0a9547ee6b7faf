"""Line changes by libgit2: exact for any lines."""

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.domain.line_changes import changes

# Few lines, so that texts share many; the odd ones are those that are no lines to git.
LINES = st.lists(
    st.sampled_from(
        ["a\n", "b\n", "\n", "  a\n", "a\r\n", "a\r", "\r", "a", "", "\0\n", "\ud83d\n", "x\ny\n"]
    ),
    max_size=14,
)


def changed(old: list[str], new: list[str]) -> list[str]:
    lines = list(old)
    for i1, i2, j1, j2 in reversed(changes(old, new)):
        lines[i1:i2] = new[j1:j2]
    return lines


@law
@given(LINES, LINES)
def test_the_changes_make_the_new_lines_of_the_old(old: list[str], new: list[str]) -> None:
    assert changed(old, new) == new


@law
@given(LINES, LINES)
def test_what_lies_between_changes_stays_and_no_change_is_in_vain(
    old: list[str], new: list[str]
) -> None:
    found = changes(old, new)
    for (_, i2, _, j2), (i1, _, j1, _) in pairwise(found):
        assert i1 - i2 == j1 - j2 >= 1
    for i1, i2, j1, j2 in found:
        assert i1 < i2 or j1 < j2
        assert not (i1 < i2 and j1 < j2 and (old[i1] == new[j1] or old[i2 - 1] == new[j2 - 1]))


@law
@given(LINES)
def test_equal_lines_have_no_changes(lines: list[str]) -> None:
    assert changes(lines, list(lines)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a\n", "b\n", "c\n"], ["a\n", "X\n", "c\n"], [(1, 2, 1, 2)]),
        (["a\n"], ["a\n", "b"], [(1, 1, 1, 2)]),
        (["z"], ["z\n"], [(0, 1, 0, 1)]),
        (["a\r", "b\r", "c"], ["a\r", "X\r", "c"], [(1, 2, 1, 2)]),
        (["a\n", "\0b\n", "c\n"], ["a\n", "\0B\n", "c\n"], [(1, 2, 1, 2)]),
        (["a\n", "\udc80\n"], ["a\n", "\udc81\n"], [(1, 2, 1, 2)]),
        ([], ["a\n"], [(0, 0, 0, 1)]),
        (["a\n", "b"], [], [(0, 2, 0, 0)]),
        (["a", "b"], ["a", "c", "b"], [(1, 1, 1, 2)]),
    ],
)
def test_changes_are_told_in_line_numbers(
    old: list[str], new: list[str], expected: list[tuple[int, int, int, int]]
) -> None:
    assert changes(old, new) == expected


def test_an_inserted_function_begins_with_its_head_and_not_with_the_end_of_the_one_before() -> None:
    old = ["def a():\n", "    return 1\n", "\n", "def c():\n", "    return 1\n"]
    new = [*old[:3], "def b():\n", "    return 1\n", "\n", *old[3:]]
    assert changes(old, new) == [(3, 3, 3, 6)]


def test_libgit2_is_loaded_by_the_first_diff_and_not_by_the_import() -> None:
    program = (
        "import sys; from spark_desktop.domain import line_changes as it;"
        "before = 'pygit2' in sys.modules; it.load(); print(before, 'pygit2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_a_system_without_certificates_has_diffs_too() -> None:
    nowhere = {"SSL_CERT_FILE": "/nowhere/file", "SSL_CERT_DIR": "/nowhere/folder"}
    program = (
        "import os; from spark_desktop.domain.line_changes import changes;"
        "print(changes(['a\\n', 'b\\n'], ['a\\n', 'c\\n']), os.environ['SSL_CERT_DIR'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **nowhere, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[(1, 2, 1, 2)] /nowhere/folder\n", done.stderr
