"""Parts of a hunk, and hunks that the user wrote anew."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.patch import FilePatch, Hunk, Owner, apply, compute, inverse
from spark_desktop.domain.review import after_apply
from spark_desktop.domain.splitting import reworded, split

LINES = st.lists(
    st.sampled_from(["a b\n", "a c\n", "a b c d\n", "a b c\n", "\n", "x\r\n"]), max_size=9
)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "z"]))


def parts_of(hunk: Hunk, chance: Random) -> tuple[Hunk, ...]:
    """Return the hunk's parts: its own, or two at a place by chance."""
    where = chance.choice(["own", "old", "new", "both"])
    old_at = chance.randint(0, len(hunk.old)) if where in ("old", "both") else None
    new_at = chance.randint(0, len(hunk.new)) if where in ("new", "both") else None
    try:
        return split(hunk, old_at, new_at)
    except PatchError:
        return (hunk,)


@law
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_all_parts_do_what_the_whole_does(before: str, after: str, chance: Random) -> None:
    hunks = compute("f", "b", before, after).hunks
    parts = [part for hunk in hunks for part in parts_of(hunk, chance)]
    assert len({part.id for part in parts}) == len(parts)
    assert apply(before, parts) == after
    assert apply(after, inverse(parts)) == before


@law
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_parts_written_one_by_one_in_any_order_give_the_whole(
    before: str, after: str, chance: Random
) -> None:
    hunks = compute("f", "b", before, after).hunks
    patch = FilePatch("f", "b", tuple(part for hunk in hunks for part in parts_of(hunk, chance)))
    order = [hunk.id for hunk in patch.hunks]
    chance.shuffle(order)
    text = before
    for hunk_id in order:
        (hunk,) = (one for one in patch.hunks if one.id == hunk_id)
        text = apply(text, [hunk])
        patch = after_apply(patch, frozenset({hunk_id}), "next")
    assert text == after


@law
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_parts_are_never_empty_and_split_again(before: str, after: str, chance: Random) -> None:
    for hunk in compute("f", "b", before, after).hunks:
        parts = parts_of(hunk, chance)
        again = [small for part in parts for small in parts_of(part, chance)]
        assert all(small.old or small.new for small in again)
        assert apply(before, again) == apply(before, [hunk])


def shape(hunk: Hunk) -> list[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    return [(part.start, part.old, part.new) for part in split(hunk)]


def test_what_changed_and_what_came_are_parts() -> None:
    hunk = Hunk("7-0", 6, ("x = load(path)\n",), ("x = load(path, 1)\n", "check(x)\n"))
    assert shape(hunk) == [
        (6, ("x = load(path)\n",), ("x = load(path, 1)\n",)),
        (7, (), ("check(x)\n",)),
    ]
    assert [part.id for part in split(hunk)] == ["7-0.1", "7-0.2"]


def test_lines_that_all_changed_are_parts() -> None:
    hunk = Hunk("1-0", 0, ("a = one(1)\n", "b = two(1)\n"), ("a = one(2)\n", "b = two(2)\n"))
    assert shape(hunk) == [
        (0, ("a = one(1)\n",), ("a = one(2)\n",)),
        (1, ("b = two(1)\n",), ("b = two(2)\n",)),
    ]


def test_new_paragraphs_are_parts_and_new_lines_where_there_is_but_one() -> None:
    assert shape(Hunk("1-0", 3, (), ("a\n", "b\n", "\n", "c\n"))) == [
        (3, (), ("a\n", "b\n", "\n")),
        (3, (), ("c\n",)),
    ]
    assert shape(Hunk("1-0", 3, ("a\n", "b\n"), ())) == [(3, ("a\n",), ()), (4, ("b\n",), ())]


def test_a_place_on_one_side_is_completed_by_the_like_lines_of_the_other() -> None:
    hunk = Hunk("1-0", 0, ("a b\n", "c d\n"), ("new\n", "a b!\n", "c d!\n"))
    assert [part.new for part in split(hunk, old_at=1)] == [("new\n", "a b!\n"), ("c d!\n",)]
    assert [part.old for part in split(hunk, new_at=1)] == [(), ("a b\n", "c d\n")]


@pytest.mark.parametrize(
    ("old_at", "new_at"), [(0, 0), (1, 2), (5, None), (None, -1), (None, 9), (1, 7)]
)
def test_a_place_outside_is_refused(old_at: int | None, new_at: int | None) -> None:
    with pytest.raises(PatchError, match="cannot be split there"):
        split(Hunk("1-0", 0, ("a\n",), ("b\n", "c\n")), old_at, new_at)


def test_a_single_line_has_no_parts() -> None:
    with pytest.raises(PatchError, match="no parts"):
        split(Hunk("1-0", 0, (), ("b\n",)))


def test_the_files_last_line_without_an_ending_stays_in_the_last_part() -> None:
    with pytest.raises(PatchError, match="cannot be split"):
        split(Hunk("1-0", 0, ("b",), ("b\n", "c\n")), 1, 1)


HUNK = Hunk("1-0", 0, ("old\r\n",), ("new\r\n",))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("mine", ("mine\r\n",)),
        ("mine\nand\n", ("mine\r\n", "and\r\n")),
        ("mine\rx", ("mine\r\n", "x\r\n")),
        ("", ()),
    ],
)
def test_the_users_lines_end_as_the_files_do(text: str, lines: tuple[str, ...]) -> None:
    assert reworded(HUNK, text, "\r\n") == Hunk("1-0", 0, ("old\r\n",), lines, Owner.USER)


def test_the_last_line_of_a_file_without_an_ending_may_stay_so() -> None:
    assert reworded(Hunk("1-0", 0, ("a",), ("b",)), "c", "\n").new == ("c",)
    assert reworded(Hunk("1-0", 0, ("a",), ("b",)), "c\n", "\n").new == ("c\n",)


def test_a_text_that_changes_nothing_is_refused() -> None:
    with pytest.raises(PatchError, match="nothing would change"):
        reworded(HUNK, "old", "\r\n")


@law
@given(TEXTS, TEXTS, st.text(alphabet="ab\n", max_size=8))
def test_a_hunk_with_the_users_lines_applies_and_undoes(before: str, after: str, text: str) -> None:
    hunks = compute("f", "b", before, after).hunks
    assume(hunks)
    try:
        mine = reworded(hunks[0], text, "\n")
    except PatchError:
        return
    done = apply(before, [mine, *hunks[1:]])
    assert apply(done, inverse([mine, *hunks[1:]])) == before
