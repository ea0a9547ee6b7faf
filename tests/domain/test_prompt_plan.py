"""What is sent of a conversation, and what is left out."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.context_item import ContextItem, ItemKind, ItemRef
from spark_desktop.domain.errors import ContextExceededError
from spark_desktop.domain.prompt_plan import (
    Plan,
    Wanted,
    answer_room,
    plan,
    turns_to_sum_up,
)
from spark_desktop.domain.trigger import Span

HEAD = 4


def item(name: str, lines: int, place: Span | None = None, first: int = 0) -> ContextItem:
    """Return an item whose every line counts 10."""
    ref = ItemRef(ItemKind.FILE, name, lines=place)
    return ContextItem(ref, name, "123456789\n" * lines, first_line=first)


def show(one: ContextItem, lines: Span | None) -> str:
    shown = one.lines if lines is None else one.lines[lines.start : lines.end]
    return "-" * HEAD + "".join(shown)


def made(wanted: Wanted, context: int) -> Plan:
    return plan(wanted, context, len, show)


ITEMS = st.lists(
    st.builds(
        item,
        st.text("abc", min_size=1, max_size=3),
        st.integers(0, 60),
        st.none()
        | st.builds(lambda start, size: Span(start, start + size), *[st.integers(0, 60)] * 2),
    ),
    max_size=5,
)
WANTED = st.builds(
    Wanted,
    system=st.integers(0, 40),
    turns=st.lists(st.integers(1, 200), max_size=12).map(tuple),
    items=ITEMS.map(tuple),
    question=st.integers(1, 40),
)


@given(WANTED, st.integers(120, 3000))
def test_a_plan_never_exceeds_the_context(wanted: Wanted, context: int) -> None:
    try:
        done = made(wanted, context)
    except ContextExceededError:
        done = None
    if done is None:
        assert wanted.system + wanted.question + answer_room(context) > context
        return
    assert done.prompt + done.answer <= context
    assert all(len(show(p.item, p.lines)) == p.tokens for p in done.pieces)


@given(WANTED, st.integers(120, 3000))
def test_items_keep_their_order_and_each_is_sent_or_told_to_be_left_out(
    wanted: Wanted, context: int
) -> None:
    try:
        done = made(wanted, context)
    except ContextExceededError:
        return
    order = {id(one): n for n, one in enumerate(wanted.items)}
    sent = [order[id(piece.item)] for piece in done.pieces]
    assert sent == sorted(sent)
    whole = {order[id(piece.item)] for piece in done.pieces if piece.lines is None}
    assert whole | {order[id(lost.item)] for lost in done.left_out} == set(range(len(order)))
    assert not whole & {order[id(lost.item)] for lost in done.left_out}


@given(WANTED)
def test_what_fits_is_sent_whole(wanted: Wanted) -> None:
    whole = wanted.system + sum(wanted.turns) + wanted.question
    whole += sum(len(show(one, None)) for one in wanted.items)
    done = made(wanted, 4 * whole + 4)
    assert done.is_whole
    assert (done.prompt, done.wanted) == (whole, whole)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(400, 2000))
def test_a_growing_thread_keeps_its_beginning_until_half_of_it_must_go(
    sizes: list[int], context: int
) -> None:
    firsts = [
        made(Wanted(10, tuple(sizes[:count]), (), 10), context).first
        for count in range(len(sizes) + 1)
    ]
    assert firsts == sorted(firsts)


def test_a_file_that_does_not_fit_is_cut_to_its_first_lines_which_is_told() -> None:
    done = made(Wanted(0, (), (item("big.py", 100),), 0), 400)
    (piece,) = done.pieces
    assert piece.lines == Span(0, 29)
    assert [str(lost.text) for lost in done.left_out] == ["lines 30-100"]


def test_a_part_of_a_file_names_its_own_lines() -> None:
    done = made(Wanted(0, (), (item("parse", 100, first=200),), 0), 400)
    assert done.left_out[0].text == "lines 230-300"


def test_a_small_item_goes_whole_before_a_large_one_is_cut() -> None:
    wanted = Wanted(0, (), (item("big.py", 100), item("small.py", 5)), 0)
    done = made(wanted, 400)
    assert [(p.item.title, p.lines) for p in done.pieces] == [
        ("big.py", Span(0, 24)),
        ("small.py", None),
    ]


def test_an_item_without_room_for_three_lines_is_left_out_whole() -> None:
    done = made(Wanted(0, (), (item("a", 27), item("b", 50)), 0), 400)
    assert [lost.text for lost in done.left_out] == ["all of it"]


def test_items_go_before_earlier_turns() -> None:
    done = made(Wanted(0, (100, 100), (item("a", 25),), 0), 400)
    assert (done.first, done.history, done.items) == (2, 0, 254)


def test_a_place_in_a_long_file_is_sent_with_the_lines_around_it() -> None:
    done = made(Wanted(0, (), (item("a", 500, Span(200, 201)),), 0), 1400)
    assert done.pieces[0].lines == Span(160, 241)
    assert done.left_out[0].text == "lines 1-160, 242-500"


def test_a_question_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(ContextExceededError) as refused:
        made(Wanted(10, (), (), 300), 400)
    assert (refused.value.prompt_tokens, refused.value.context_tokens) == (410, 400)


def test_strictly_a_file_that_would_be_cut_is_refused() -> None:
    with pytest.raises(ContextExceededError):
        made(Wanted(0, (), (item("a", 100),), 0, is_strict=True), 400)
    assert made(Wanted(0, (), (item("a", 500, Span(9, 10)),), 0, is_strict=True), 1400).pieces


@pytest.mark.parametrize(("context", "room"), [(512, 128), (4096, 1024), (32768, 1024)])
def test_a_tiny_context_keeps_a_quarter_for_the_answer(context: int, room: int) -> None:
    assert answer_room(context) == room


@pytest.mark.parametrize(
    ("turns", "whole", "count"),
    [
        ((100,) * 6, 750, 0),
        ((100,) * 6, 751, 4),
        ((100, 50), 900, 0),
        ((200, 500), 900, 2),
        ((500, 240), 800, 1),
        ((), 900, 0),
    ],
)
def test_the_oldest_turns_are_summed_up_at_three_quarters_of_the_context(
    turns: tuple[int, ...], whole: int, count: int
) -> None:
    assert turns_to_sum_up(turns, whole, 1000) == count


@given(st.lists(st.integers(1, 300), min_size=4, max_size=200), st.integers(200, 4000))
def test_as_many_of_the_first_lines_are_sent_as_fit(lengths: list[int], context: int) -> None:
    text = "".join("x" * (length - 1) + "\n" for length in lengths)
    one = ContextItem(ItemRef(ItemKind.FILE, "a"), "a", text)
    done = made(Wanted(0, (), (one,), 10), context)
    room = context - answer_room(context) - 10
    fitting = sum(HEAD + total <= room for total in accumulate(lengths))
    if fitting == len(lengths):
        assert done.pieces[0].lines is None
    elif fitting >= 3:
        assert done.pieces[0].lines == Span(0, fitting)
    else:
        assert done.pieces == ()


def test_what_is_reserved_stays_free() -> None:
    one = item("a", 100)
    free = made(Wanted(0, (), (one,), 10), 400)
    spared = made(Wanted(0, (), (one,), 10, reserve=100), 400)
    assert spared.prompt <= free.prompt - 100
