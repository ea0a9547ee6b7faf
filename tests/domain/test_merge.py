"""Merging a patch onto a file that changed meanwhile, hunk by hunk."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.domain.merge import Merged, merged
from spark_desktop.domain.patch import (
    ABSENT,
    FileKind,
    FilePatch,
    Hunk,
    apply,
    compute,
    in_order,
    inverse,
)
from spark_desktop.domain.text import split_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d\r\n"]), max_size=12)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "z", "a"]))
# A line that lost its ending belongs to two changes at once: some laws are about files without.
CLOSED = LINES.map("".join)
# What becomes of each line of a file: how many lines come before it, and whether it stays.
FATES = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=9, max_size=9)
BEFORE = "1\n2\n3\n4\n5\n6\n"


def merge(mine: str, theirs: str, before: str = BEFORE) -> Merged:
    return merged(compute("a", "b", before, mine), before, theirs, "new")


def bare(text: str) -> list[str]:
    return [line.rstrip("\r\n") for line in split_lines(text)]


def pending(found: Merged) -> list[Hunk]:
    return [hunk for hunk in found.patch.hunks if hunk.id not in found.conflicts]


@law
@given(TEXTS, TEXTS, TEXTS)
def test_what_is_left_applies_and_undoes(before: str, mine: str, theirs: str) -> None:
    found = merge(mine, theirs, before)
    for hunks in (pending(found), found.patch.hunks):
        done = apply(theirs, hunks)
        assert apply(done, inverse(hunks)) == theirs
    assert list(found.patch.hunks) == in_order(found.patch.hunks)


@law
@given(TEXTS, TEXTS, TEXTS)
def test_accepting_what_fits_loses_no_line_of_the_users(
    before: str, mine: str, theirs: str
) -> None:
    found = merge(mine, theirs, before)
    written = [line for hunk in compute("a", "b", before, theirs).hunks for line in hunk.new]
    done = apply(theirs, pending(found))
    assert Counter(line.rstrip("\r\n") for line in written) <= Counter(bare(done))


@law
@given(TEXTS, TEXTS, TEXTS)
def test_every_hunk_is_moved_stale_or_in_conflict(before: str, mine: str, theirs: str) -> None:
    patch = compute("a", "b", before, mine)
    found = merged(patch, before, theirs, "new")
    ids = [hunk.id for hunk in found.patch.hunks]
    assert len(ids) == len(set(ids))
    assert set(ids) | found.stale == {hunk.id for hunk in patch.hunks}
    assert not set(ids) & found.stale
    assert set(found.conflicts) <= set(ids)


@law
@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_without_conflict_is_the_same_from_both_sides(
    before: str, mine: str, theirs: str
) -> None:
    one, other = merge(mine, theirs, before), merge(theirs, mine, before)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        done = apply(theirs, one.patch.hunks), apply(mine, other.patch.hunks)
        # Which ending a line gets that has none any more is up to the file.
        assert bare(done[0]) == bare(done[1])


@law
@given(CLOSED, CLOSED, CLOSED)
def test_a_conflict_shows_both_versions_and_what_they_were_made_of(
    before: str, mine: str, theirs: str
) -> None:
    one, other = merge(mine, theirs, before), merge(theirs, mine, before)
    seen = [
        (one.conflicts[hunk.id], hunk.old, hunk.new)
        for hunk in one.patch.hunks
        if hunk.id in one.conflicts
    ]
    mirrored = [
        (other.conflicts[hunk.id], hunk.new, hunk.old)
        for hunk in other.patch.hunks
        if hunk.id in other.conflicts
    ]
    assert seen == mirrored


def edited(fates: list[tuple[int, bool]], name: str) -> str:
    """Return nine lines edited so that each line occurs once, which leaves no diff a choice."""
    lines = []
    for number, (inserted, stays) in enumerate(fates):
        lines += [f"{name} {number}.{n}\n" for n in range(inserted)]
        lines += [f"line {number}\n"] if stays else []
    return "".join(lines)


@law
@given(FATES, FATES)
def test_a_conflict_is_over_when_the_file_is_as_it_was(
    ours: list[tuple[int, bool]], others: list[tuple[int, bool]]
) -> None:
    before = edited([(0, True)] * 9, "")
    mine, theirs = edited(ours, "mine"), edited(others, "theirs")
    there = merge(mine, theirs, before)
    colliding = [hunk for hunk in there.patch.hunks if hunk.id in there.conflicts]
    # Where several touch, which of them a line belongs to may stay open: they stay conflicts.
    assume(len(colliding) <= 1)
    patch = replace(there.patch, hunks=tuple(colliding))
    back = merged(patch, theirs, before, "b", there.conflicts)
    assert back.conflicts == {}
    whole = merged(there.patch, theirs, before, "b", there.conflicts)
    if not there.stale and not whole.conflicts:
        assert apply(before, whole.patch.hunks) == mine


@law
@given(TEXTS, TEXTS)
def test_on_the_same_text_nothing_changes(before: str, mine: str) -> None:
    patch = compute("a", "b", before, mine)
    assert merged(patch, before, before, "b") == Merged(patch, {}, frozenset())


@law
@given(TEXTS, TEXTS)
def test_what_the_file_holds_already_is_stale(before: str, mine: str) -> None:
    patch = compute("a", "b", before, mine)
    found = merged(patch, before, mine, "n")
    assert found.patch.hunks == ()
    assert found.stale == {hunk.id for hunk in patch.hunks}


def test_a_line_changed_by_both_is_a_conflict_and_the_rest_moves() -> None:
    found = merge("1\nTWO\n3\n4\n5\nsix\n", "0\n1\nzwei\n3\n4\n5\n6\n")
    assert found.patch.hunks == (
        Hunk("2-0", 2, ("zwei\n",), ("TWO\n",)),
        Hunk("6-1", 6, ("6\n",), ("six\n",)),
    )
    assert found.conflicts == {"2-0": ("2\n",)}
    assert found.patch.base == "new"


def test_both_inserted_at_the_same_place() -> None:
    found = merge("1\n2\nours\n3\n4\n5\n6\n", "1\n2\ntheirs\n3\n4\n5\n6\n")
    assert found.patch.hunks == (Hunk("3-0", 2, ("theirs\n",), ("ours\n",)),)
    assert found.conflicts == {"3-0": ()}


def test_a_rewritten_function_with_several_hunks_in_it_is_one_conflict() -> None:
    found = merge("1\nB\n3\nD\n5\n6\n", "1\nall\nnew\n6\n")
    assert found.patch.hunks == (Hunk("2-0", 1, ("all\n", "new\n"), ("B\n", "3\n", "D\n", "5\n")),)
    assert found.conflicts == {"2-0": ("2\n", "3\n", "4\n", "5\n")}
    assert found.stale == {"4-1"}


def test_lines_that_the_user_deleted_and_the_model_changed_are_a_conflict_with_nothing() -> None:
    found = merge("1\nTWO\n3\n4\n5\n6\n", "1\n3\n4\n5\n6\n")
    assert found.patch.hunks == (Hunk("2-0", 1, (), ("TWO\n",)),)
    assert found.conflicts == {"2-0": ("2\n",)}


def test_a_conflict_follows_what_the_user_types_on() -> None:
    first = merge("1\nTWO\n3\n4\n5\n6\n", "1\nzw\n3\n4\n5\n6\n")
    again = "0\n1\nzwei\n3\n4\n5\n6\n"
    found = merged(first.patch, "1\nzw\n3\n4\n5\n6\n", again, "n", first.conflicts)
    assert found.patch.hunks == (Hunk("2-0", 2, ("zwei\n",), ("TWO\n",)),)
    assert found.conflicts == {"2-0": ("2\n",)}


def test_a_conflict_of_several_hunks_ends_in_several_hunks() -> None:
    mine, theirs = "1\nB\n3\nD\n5\n6\n", "1\nall\nnew\n6\n"
    first = merge(mine, theirs)
    back = merged(first.patch, theirs, BEFORE, "n", first.conflicts)
    assert [(hunk.id, hunk.new) for hunk in back.patch.hunks] == [
        ("2-0", ("B\n",)),
        ("2-0.1", ("D\n",)),
    ]


def test_a_conflict_whose_file_takes_the_proposal_is_stale() -> None:
    mine, theirs = "1\nB\n3\n4\n5\n6\n", "1\nx\n3\n4\n5\n6\n"
    first = merge(mine, theirs)
    done = merged(first.patch, theirs, mine, "n", first.conflicts)
    assert (done.patch.hunks, done.conflicts, done.stale) == ((), {}, {"2-0"})


def test_an_untouched_conflict_stays_one() -> None:
    theirs = "1\nx\n3\n4\n5\n6\n"
    first = merge("1\nB\n3\n4\n5\n6\n", theirs)
    later = merged(first.patch, theirs, f"0\n{theirs}", "n", first.conflicts)
    assert later.patch.hunks == (Hunk("2-0", 2, ("x\n",), ("B\n",)),)
    assert later.conflicts == {"2-0": ("2\n",)}


def test_two_hunks_that_both_need_the_lost_last_ending_are_one() -> None:
    patch = FilePatch("a", "b", (Hunk("2-0", 1, ("2\n",), ("X\n",)), Hunk("3-1", 2, (), ("3\n",))))
    found = merged(patch, "1\n2\n", "1\n2", "n")
    assert found.patch.hunks == (Hunk("2-0", 1, ("2",), ("X\n", "3\n")),)
    assert found.stale == {"3-1"}
    assert apply("1\n2", found.patch.hunks) == "1\nX\n3\n"


CREATE = FilePatch("a", ABSENT, (Hunk("1-0", 0, (), ("x\n",)),), FileKind.CREATE)
DELETE = FilePatch("a", "b", (Hunk("1-0", 0, ("1\n", "2\n"), ()),), FileKind.DELETE)


def test_a_new_file_that_came_to_be_there_is_a_conflict_until_it_is_gone() -> None:
    found = merged(CREATE, "", "theirs\n", "n")
    assert found.patch.hunks == (Hunk("1-0", 0, ("theirs\n",), ("x\n",)),)
    assert found.conflicts == {"1-0": ()}
    back = merged(found.patch, "theirs\n", "", ABSENT, found.conflicts)
    assert back == Merged(CREATE, {}, frozenset())


def test_a_file_to_delete_that_grew_is_a_conflict_over_all_of_it() -> None:
    found = merged(DELETE, "1\n2\n", "1\n2\nmore\n", "n")
    assert found.patch.hunks == (Hunk("1-0", 0, ("1\n", "2\n", "more\n"), ()),)
    assert found.conflicts == {"1-0": ("1\n", "2\n")}
    back = merged(found.patch, "1\n2\nmore\n", "1\n2\n", "b", found.conflicts)
    assert back == Merged(DELETE, {}, frozenset())


def test_an_empty_file_to_delete_that_was_filled_is_a_conflict() -> None:
    found = merged(replace(DELETE, hunks=()), "", "more\n", "n")
    assert found.conflicts == {"1-0": ()}
    assert found.patch.hunks == (Hunk("1-0", 0, ("more\n",), ()),)


def test_a_file_that_is_deleted_already_leaves_nothing_to_delete() -> None:
    found = merged(DELETE, "1\n2\n", "", ABSENT)
    assert (found.patch.hunks, found.stale) == ((), {"1-0"})


@pytest.mark.parametrize("theirs", ["1\n2\n", ""])
def test_a_file_to_delete_stays_one_to_delete(theirs: str) -> None:
    found = merged(DELETE, "1\n2\n", theirs, "n")
    assert found.conflicts == {}
    assert apply(theirs, found.patch.hunks) == ""
