import dataclasses
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.patch import FilePatch, Hunk, apply, compute, inverse
from spark_desktop.domain.proposal import Conflict, Decision, Proposal, Ready
from spark_desktop.domain.review import (
    after_apply,
    decide,
    moved_onto,
    pending,
    told_whole,
)
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction
from spark_desktop.domain.workspace import snapshot_of
from tests.edit_fakes import rebase

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "dd\n"]), max_size=12)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "z", "a"]))


def numbered(count: int) -> str:
    return "".join(f"line {number}\n" for number in range(1, count + 1))


def proposal_with(patch: FilePatch | None) -> Proposal:
    snapshot = snapshot_of("a.py", SourceText(numbered(9)))
    return Proposal("p1", Instruction(snapshot, None, "do it"), Ready(), patch=patch)


def two_hunks() -> FilePatch:
    before = numbered(9)
    after = before.replace("line 2\n", "two\n2b\n").replace("line 8\n", "eight\n")
    return compute("a.py", "base", before, after)


@given(TEXTS, TEXTS)
def test_rebasing_onto_an_unchanged_text_is_the_identity(before: str, after: str) -> None:
    patch = compute("a.py", "base", before, after)
    assert rebase(patch, before, before, "base") == patch


@given(TEXTS, TEXTS)
def test_rebasing_onto_the_proposed_text_leaves_nothing_to_do(before: str, after: str) -> None:
    patch = compute("a.py", "base", before, after)
    assert rebase(patch, before, after, "new").hunks == ()


@given(
    st.lists(st.integers(0, 999), min_size=8, max_size=20, unique=True),
    st.data(),
)
def test_a_rebased_patch_keeps_both_edits(numbers: list[int], data: st.DataObject) -> None:
    lines = [f"{number}\n" for number in numbers]
    mine, theirs = data.draw(
        st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True)
    )
    ours, others = list(lines), list(lines)
    ours[mine] = "mine 1\nmine 2\n"
    others[theirs] = data.draw(st.sampled_from(["", "theirs\n", "t1\nt2\nt3\n"]))
    merged = list(others)
    merged[mine] = ours[mine]
    before, after = "".join(lines), "".join(others)
    patch = rebase(compute("a", "b", before, "".join(ours)), before, after, "new")
    assert apply(after, patch.hunks) == "".join(merged)


@given(TEXTS, TEXTS, TEXTS)
def test_a_rebased_patch_applies_and_can_be_undone(before: str, mine: str, theirs: str) -> None:
    try:
        patch = rebase(compute("a", "b", before, mine), before, theirs, "new")
    except ConflictError:
        return
    merged = apply(theirs, patch.hunks)
    assert apply(merged, inverse(patch.hunks)) == theirs


@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_hunks_applied_one_by_one_in_any_order_give_the_whole(
    before: str, after: str, chance: Random
) -> None:
    patch = compute("a.py", "base", before, after)
    order = [hunk.id for hunk in patch.hunks]
    chance.shuffle(order)
    text = before
    for hunk_id in order:
        (hunk,) = (h for h in patch.hunks if h.id == hunk_id)
        text = apply(text, [hunk])
        patch = after_apply(patch, frozenset({hunk_id}), "next")
    assert text == after
    assert patch.hunks == ()


def test_rebasing_shifts_hunks_and_keeps_their_ids_and_sets_the_base() -> None:
    patch = two_hunks()
    moved = rebase(patch, numbered(9), "new first\n" + numbered(9), "digest")
    assert moved.base == "digest"
    assert [hunk.id for hunk in moved.hunks] == [hunk.id for hunk in patch.hunks]
    assert [hunk.start for hunk in moved.hunks] == [2, 8]


def test_an_applied_hunk_is_dropped_and_the_other_kept() -> None:
    patch = two_hunks()
    after = apply(numbered(9), patch.hunks[:1])
    moved = rebase(patch, numbered(9), after, "digest")
    assert [hunk.id for hunk in moved.hunks] == [patch.hunks[1].id]
    assert apply(after, moved.hunks) == apply(numbered(9), patch.hunks)


def test_a_touched_line_is_a_conflict_that_names_file_and_line() -> None:
    after = "new first\n" + numbered(9).replace("line 8\n", "mine\n")
    with pytest.raises(ConflictError, match=r"a\.py, line 9: .*changed"):
        rebase(two_hunks(), numbered(9), after, "digest")


def test_a_deleted_file_is_a_conflict() -> None:
    with pytest.raises(ConflictError, match=r"a\.py, line 1"):
        rebase(two_hunks(), numbered(9), "", "digest")


INSERT = FilePatch("a.py", "base", (Hunk("3-0", 2, (), ("new\n",)),))


@pytest.mark.parametrize(
    ("after", "merged"),
    [
        ("1\nX\n3\n4\n", "1\nX\nnew\n3\n4\n"),
        ("1\n2\nX\n4\n", "1\n2\nnew\nX\n4\n"),
        ("1\n3\n4\n", "1\nnew\n3\n4\n"),
        ("0\n1\n2\n3\n4\n", "0\n1\n2\nnew\n3\n4\n"),
    ],
)
def test_an_insertion_follows_the_neighbour_that_stayed(after: str, merged: str) -> None:
    patch = rebase(INSERT, "1\n2\n3\n4\n", after, "digest")
    assert apply(after, patch.hunks) == merged


@pytest.mark.parametrize("after", ["1\nX\nY\n4\n", "1\n4\n", "1\n2\nother\n3\n4\n"])
def test_an_insertion_without_a_certain_place_is_a_conflict(after: str) -> None:
    with pytest.raises(ConflictError):
        rebase(INSERT, "1\n2\n3\n4\n", after, "digest")


def test_an_insertion_that_the_user_made_too_is_dropped() -> None:
    assert rebase(INSERT, "1\n2\n3\n4\n", "1\n2\nnew\n3\n4\n", "digest").hunks == ()


def test_lines_inserted_inside_the_replaced_ones_are_a_conflict() -> None:
    patch = compute("a.py", "base", "1\n2\n3\n4\n", "1\nnew\n4\n")
    with pytest.raises(ConflictError):
        rebase(patch, "1\n2\n3\n4\n", "1\n2\nmine\n3\n4\n", "digest")


def test_insertions_that_meet_after_a_deletion_keep_their_order() -> None:
    patch = FilePatch("a", "b", (Hunk("a", 1, (), ("A\n",)), Hunk("b", 2, (), ("B\n",))))
    moved = rebase(patch, "1\n2\n3\n", "1\n3\n", "digest")
    assert apply("1\n3\n", moved.hunks) == "1\nA\nB\n3\n"


def test_an_unclosed_last_line_is_closed_where_it_no_longer_is_the_last() -> None:
    patch = compute("a", "b", "1\r\n2\r\n", "1\r\nnew")
    after = "1\r\n2\r\n3\r\n"
    moved = rebase(patch, "1\r\n2\r\n", after, "digest")
    merged = apply(after, moved.hunks)
    assert merged == "1\r\nnew\r\n3\r\n"
    assert apply(merged, inverse(moved.hunks)) == after


def test_an_insertion_behind_an_unclosed_last_line_closes_it_and_undo_opens_it() -> None:
    patch = FilePatch("a", "b", (Hunk("2-0", 2, (), ("3\n",)),))
    moved = rebase(patch, "1\n2\n", "1\nX", "digest")
    merged = apply("1\nX", moved.hunks)
    assert merged == "1\nX\n3\n"
    assert apply(merged, inverse(moved.hunks)) == "1\nX"


def test_pending_hunks_are_those_without_a_decision() -> None:
    proposal = proposal_with(two_hunks())
    first, second = pending(proposal)
    assert pending(decide(proposal, [first.id], Decision.REJECTED)) == (second,)


def test_a_decision_leaves_the_given_proposal_as_it_was() -> None:
    proposal = proposal_with(two_hunks())
    ids = [hunk.id for hunk in pending(proposal)]
    decided = decide(proposal, ids, Decision.ACCEPTED)
    assert proposal.decisions == {}
    assert decided == dataclasses.replace(proposal, decisions=dict.fromkeys(ids, Decision.ACCEPTED))


def test_a_decision_can_be_taken_back() -> None:
    proposal = proposal_with(two_hunks())
    ids = [hunk.id for hunk in pending(proposal)]
    decided = decide(proposal, ids, Decision.REJECTED)
    assert [hunk.id for hunk in pending(decide(decided, ids, Decision.PENDING))] == ids


@pytest.mark.parametrize("patch", [two_hunks(), None])
def test_deciding_on_an_unknown_hunk_is_an_error(patch: FilePatch | None) -> None:
    with pytest.raises(PatchError, match="'99-9'"):
        decide(proposal_with(patch), ["99-9"], Decision.ACCEPTED)


def test_a_proposal_without_a_patch_has_nothing_pending() -> None:
    assert pending(proposal_with(None)) == ()


def test_a_conflict_of_one_hunk_is_told_as_one_of_all_where_no_side_can_be_chosen() -> None:
    proposal = proposal_with(two_hunks())
    assert told_whole(proposal) == proposal
    after = numbered(9).replace("line 8\n", "mine\n")
    moved = moved_onto(proposal, snapshot_of("a.py", SourceText(after)))
    assert moved.state == Ready()
    assert told_whole(moved).state == Conflict(
        "a.py, line 8: it was changed since the proposal was made."
    )
