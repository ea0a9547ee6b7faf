import os
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spark_desktop.domain.anchor import Anchor, Certainty
from spark_desktop.domain.anchoring import StreamedAnchor, anchor
from spark_desktop.domain.edit_blocks import Format, Rewrite, WholeFile
from spark_desktop.domain.patch import apply
from spark_desktop.domain.text import SourceText, dominant_newline, split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot, snapshot_of

CASES = int(os.environ.get("SPARK_LAW_CASES", "60"))
law = settings(max_examples=CASES)

FILE = """\
import math


class Circle:
    def area(self):
        return math.pi * self.radius ** 2

    def name(self):
        return "circle"


class Square:
    def area(self):
        return self.side ** 2

    def name(self):
        return "square"
"""


def snapshot(content: str) -> Snapshot:
    return snapshot_of("f.py", SourceText(content, dominant_newline(content)))


def lines(text: str) -> tuple[str, ...]:
    return tuple(split_lines(text))


def rewrite(old: str, new: str, form: Format = Format.SEARCH_REPLACE, **hints: object) -> Rewrite:
    return Rewrite("f.py", form, lines(old), lines(new), **hints)  # type: ignore[arg-type]


def applied(content: str, found: Anchor) -> str:
    return apply(content, found.hunks)


def edited(content: str, old: str, new: str, **hints: object) -> tuple[Anchor, str]:
    found = anchor(rewrite(old, new, **hints), snapshot(content))  # type: ignore[arg-type]
    return found, applied(content, found)


def test_lines_that_stand_there_once_are_found_word_for_word() -> None:
    found, after = edited(FILE, '        return "square"\n', '        return "quad"\n')
    assert found.certainty is Certainty.EXACT
    assert (found.span, found.score, found.how) == (Span(16, 17), 1.0, "")
    assert after == FILE.replace('"square"', '"quad"')


def test_lines_that_stand_in_two_places_are_not_placed() -> None:
    found, after = edited(FILE, "    def area(self):\n", "    def size(self):\n")
    assert found.certainty is Certainty.FAILED
    assert found.how == "It stands in several places of the file: in 2."
    assert (found.nearest, found.hunks, after) == (Span(4, 5), (), FILE)


@pytest.mark.parametrize(
    ("hints", "line", "certainty"),
    [
        ({"near": 12}, 12, Certainty.FUZZY),
        ({"near": 13}, 12, Certainty.FUZZY),
        ({"near": 8}, None, Certainty.FAILED),
        ({"below": ("class Square:",)}, 12, Certainty.EXACT),
        ({"below": ("class Circle:",)}, 4, Certainty.EXACT),
        ({"below": ("class Squ",)}, 12, Certainty.EXACT),
        ({"below": ("class Triangle:",)}, None, Certainty.FAILED),
        ({"below": ("import math",), "form": Format.BEGIN_PATCH}, 4, Certainty.FUZZY),
        ({"below": ("import math",)}, None, Certainty.FAILED),
    ],
)
def test_what_the_answer_says_about_the_place_decides(
    hints: dict[str, object], line: int | None, certainty: Certainty
) -> None:
    found, _ = edited(FILE, "    def area(self):\n", "    def size(self):\n", **hints)
    assert found.certainty is certainty
    assert (found.span.start if found.span else None) == line
    assert found.certainty is not Certainty.FUZZY or found.score < 1


def test_the_end_of_the_file_decides() -> None:
    content = "a\nb\na\nb\n\n"
    found, after = edited(content, "b\n", "c\n", at_end=True)
    assert (found.certainty, after) == (Certainty.EXACT, "a\nb\na\nc\n\n")


@pytest.mark.parametrize(
    ("content", "old", "new", "after", "how"),
    [
        # A block without the file's indentation.
        (
            FILE,
            'def name(self):\n    return "square"\n',
            'def name(self):\n    # four sides\n    return "quad"\n',
            FILE.replace('return "square"', '# four sides\n        return "quad"'),
            "indented differently",
        ),
        # Deeper than the file.
        (
            "if a:\n    b()\n",
            "        if a:\n            b()\n",
            "        if a:\n            b()\n            c()\n",
            "if a:\n    b()\n    c()\n",
            "indented differently",
        ),
        # Blanks for the file's tabs.
        (
            "func a() {\n\tb()\n\tif c {\n\t\td()\n\t}\n}\n",
            "    b()\n    if c {\n        d()\n    }\n",
            "    b()\n    if c {\n        if e {\n            d()\n        }\n    }\n",
            "func a() {\n\tb()\n\tif c {\n\t\tif e {\n\t\t\td()\n\t\t}\n\t}\n}\n",
            "indented unevenly",
        ),
        # Two blanks for four.
        (
            "def a():\n    if b:\n        c()\n",
            "def a():\n  if b:\n    c()\n",
            "def a():\n  if b:\n    if d:\n      c()\n",
            "def a():\n    if b:\n        if d:\n            c()\n",
            "indented unevenly",
        ),
        # Only the first line lost its indentation.
        (
            FILE,
            'def name(self):\n        return "square"\n',
            'def name(self):\n        return "quad"\n',
            FILE.replace('"square"', '"quad"'),
            "indented unevenly",
        ),
        ("a  \nb\t\nc\n", "a\nb\n", "a\nx\n", "a  \nx\nc\n", "blanks at the ends of lines differ"),
        ("a\n\n\nb\nc\n", "a\nb\n", "a\nx\n", "a\n\n\nx\nc\n", "blank lines differ"),
        ("a\nb\nc\n", "\na\n\nb\n\n", "\na\n\nx\n\n", "a\nx\nc\n", "blank lines differ"),
        ("f( a,b )\nc\n", "f(a, b)\n", "f(a, b, c)\n", "f(a, b, c)\nc\n", "blanks within lines"),
    ],
)
def test_other_blanks_are_found_and_the_files_own_are_kept(
    content: str, old: str, new: str, after: str, how: str
) -> None:
    found, text = edited(content, old, new)
    assert text == after
    assert found.certainty is Certainty.FUZZY
    assert how in found.how
    assert 0.85 < found.score < 1


def test_the_same_indentation_is_preferred_to_another_one() -> None:
    content = "a = 1 \n    a = 1\n"
    found, after = edited(content, "a = 1\n", "a = 2\n")
    assert (found.certainty, found.span, after) == (
        Certainty.FUZZY,
        Span(0, 1),
        "a = 2\n    a = 1\n",
    )


def test_other_blanks_in_two_places_are_not_placed() -> None:
    found, _ = edited("  a = 1\n    a = 1\n", "a = 1\n", "a = 2\n")
    assert found.certainty is Certainty.FAILED
    assert "several places" in found.how


LONG = """\
def total(orders, tax):
    # Sums what is not cancelled.
    result = 0
    for order in orders:
        if order.is_cancelled:
            continue
        result += order.price * (1 + tax)
    return round(result, 2)


def names(orders):
    return [order.customer for order in orders]
"""


def test_lines_like_the_old_ones_are_found_with_their_score() -> None:
    old = (
        "def total(orders, tax):\n    result = 0\n    for order in orders:\n"
        "        if order.cancelled:\n            continue\n"
        "        result += order.price * (1 + tax)\n    return round(result, 2)\n"
    )
    found, after = edited(LONG, old, old.replace("round(result, 2)", "result"))
    assert (found.certainty, found.span) == (Certainty.FUZZY, Span(0, 8))
    assert 0.8 <= found.score < 0.99
    # The comment and the name that the block has not stay as they are.
    assert after == LONG.replace("round(result, 2)", "result")


def test_a_line_that_the_block_does_not_name_and_removes_is_told() -> None:
    old = LONG.partition("\n\n")[0].replace("            continue\n", "") + "\n"
    found, after = edited(LONG, old, "def total(orders, tax):\n    return 0\n")

    assert after == "def total(orders, tax):\n    return 0\n\n\n" + LONG.partition("\n\n\n")[2]
    assert found.certainty is Certainty.FUZZY
    assert "it removes 1 line that it does not name" in found.how


def test_what_is_not_there_fails_with_the_lines_most_like_it() -> None:
    old = "def names(people):\n    return sorted(person.name for person in people)\n"
    found, after = edited(LONG, old, "def names():\n")
    assert (found.certainty, after) == (Certainty.FAILED, LONG)
    assert found.nearest == Span(10, 12)
    assert 0.3 < found.score < 0.8
    assert f"{int(found.score * 100)} % alike" in found.how


def test_few_lines_must_be_more_alike_than_many() -> None:
    old = "    return round(rent, 3)\n"
    found, _ = edited(LONG, old, "    return 0\n")
    assert found.certainty is Certainty.FAILED
    assert 0.8 < found.score < 0.9
    old = "    for order in the_orders:\n        if order.is_cancelled:\n"
    found, after = edited(LONG, old, old.replace("cancelled", "void"))
    assert (found.certainty, found.span) == (Certainty.FUZZY, Span(3, 5))
    assert after == LONG.replace("order.is_cancelled", "order.is_void")


def test_what_is_like_nothing_fails_without_a_place() -> None:
    found, _ = edited(LONG, "SELECT * FROM somewhere;\n", "x\n")
    assert (found.certainty, found.nearest) == (Certainty.FAILED, None)
    assert found.how == "Nothing in the file is like its lines."


def test_two_places_that_are_as_like_are_not_placed() -> None:
    content = "".join(
        f"def handler_{name}(request):\n    check(request)\n    log(request)\n"
        f"    return respond(request, {name!r})\n\n"
        for name in ("one", "two")
    )
    old = (
        "def handler(request):\n    check(request)\n    log(request)\n    return respond(request)\n"
    )
    found, _ = edited(content, old, "def handler():\n    pass\n")
    assert found.certainty is Certainty.FAILED
    assert "several places" in found.how
    found, _ = edited(content, old, "def handler():\n    pass\n", near=5)
    assert (found.certainty, found.span) == (Certainty.FUZZY, Span(5, 9))


def test_an_edit_that_was_made_already_is_not_made_again() -> None:
    content = "a = 1\nprint(a)\nb = 2\nprint(b)\n"
    found, after = edited(content, "a = 1\nb = 2\n", "a = 1\nprint(a)\nb = 2\n")
    assert (found.certainty, after) == (Certainty.FAILED, content)
    assert (found.how, found.nearest) == ("The file holds its new lines already.", Span(0, 3))


def test_an_edit_that_only_removes_lines_is_no_edit_that_was_made() -> None:
    old = LONG.partition("\n\n")[0].replace("is_cancelled", "cancelled") + "\n"
    found, after = edited(LONG, old, "def total(orders, tax):\n    # Sums what is not cancelled.\n")
    assert found.certainty is Certainty.FUZZY
    assert after.startswith("def total(orders, tax):\n    # Sums what is not cancelled.\n\n\ndef")


@pytest.mark.parametrize(
    ("hints", "after", "certainty"),
    [
        ({"at_end": True}, "a\nb\nx\n", Certainty.EXACT),
        ({"near": 1}, "a\nx\nb\n", Certainty.FUZZY),
        ({"near": 99}, "a\nb\nx\n", Certainty.FUZZY),
        ({"below": ("a",)}, "a\nx\nb\n", Certainty.FUZZY),
        ({}, "a\nb\n", Certainty.FAILED),
        ({"below": ("nowhere",)}, "a\nb\n", Certainty.FAILED),
    ],
)
def test_lines_that_are_only_inserted_need_to_be_told_where(
    hints: dict[str, object], after: str, certainty: Certainty
) -> None:
    found, text = edited("a\nb\n", "", "x\n", **hints)
    assert (found.certainty, text) == (certainty, after)


def test_an_empty_file_takes_what_is_inserted_and_nothing_else() -> None:
    assert edited("", "", "x\n")[1] == "x\n"
    found, after = edited("", "a\n", "x\n")
    assert (found.certainty, found.how, after) == (Certainty.FAILED, "The file is empty.", "")


@pytest.mark.parametrize(
    ("content", "old", "new", "after"),
    [
        ("a\nb", "b\n", "c\n", "a\nc"),
        ("a\nb", "a\n", "c\n", "c\nb"),
        ("a\nb", "b\n", "b\nc\n", "a\nb\nc"),
        ("a\nb", "b\n", "", "a\n"),
        ("a\nb", "b\n", "\n", "a\n\n"),
        ("a\r\nb\r\n", "b\n", "c\nd\n", "a\r\nc\r\nd\r\n"),
        ("a\rb\r", "b\n", "c\n", "a\rc\r"),
        ("a\r\nb\nc\r\n", "a\nb\nc\n", "a\nb\nd\n", "a\r\nb\nd\r\n"),
    ],
)
def test_line_endings_stay_those_of_the_file(content: str, old: str, new: str, after: str) -> None:
    found, text = edited(content, old, new)
    assert (text, found.certainty) == (after, Certainty.EXACT)


@pytest.mark.parametrize(
    ("content", "old", "new", "after"),
    [
        ("a\nb", "b", "b\n", "a\nb\n"),
        ("a\nb\n", "b\n", "b", "a\nb"),
        ("a\nb", "b", "c", "a\nc"),
        ("a\nb\n", "b\n", "c", "a\nc"),
        ("a\nb\n", "a\nb\n", "a", "a"),
    ],
)
def test_a_diff_says_how_the_file_ends(content: str, old: str, new: str, after: str) -> None:
    _, text = edited(content, old, new, form=Format.UNIFIED_DIFF)
    assert text == after


@pytest.mark.parametrize(
    ("content", "written", "after"),
    [
        ("a\r\nb\nc", "a\nx\nc\n", "a\r\nx\r\nc"),
        ("a\n", "a\n", "a\n"),
        ("a\nb\n", "", ""),
        ("", "a\nb\n", "a\nb\n"),
        ("", "a", "a\n"),
    ],
)
def test_a_whole_file_becomes_hunks_that_keep_its_endings(
    content: str, written: str, after: str
) -> None:
    block = WholeFile("f.py", Format.WHOLE_FILE, lines(written))
    found = anchor(block, snapshot(content))
    assert applied(content, found) == after
    assert (found.certainty, found.span) == (
        Certainty.EXACT,
        Span(0, len(split_lines(content))),
    )


def test_the_ids_of_hunks_tell_the_line_and_the_block() -> None:
    block = WholeFile("f.py", Format.WHOLE_FILE, lines("x\nb\ny\n"))
    assert [hunk.id for hunk in anchor(block, snapshot("a\nb\nc\n"), 7).hunks] == ["1-7", "3-7"]


# ---------------------------------------------------------------------------------------- laws

WORDS = st.sampled_from(["a", "b", "}", "", "if x:", "return", "call(a, b)", "é = 1", "\f"])
INDENTS = st.sampled_from(["", "", "    ", "        ", "\t", "  "])
CODE = st.lists(
    st.builds(lambda indent, word: indent + word if word else "", INDENTS, WORDS), max_size=25
)
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])
TEXTS = st.builds(
    lambda code, end, last: end.join(code) + (end if last and code else ""),
    CODE,
    ENDINGS,
    st.booleans(),
)
NEW = st.lists(st.sampled_from(["x\n", "    y\n", "\n", "a\n", "}\n"]), max_size=5).map(tuple)
ANY = st.lists(st.text(alphabet="ab \t\n\r}", max_size=6), max_size=8).map(tuple)


def bare(lines: list[str]) -> list[str]:
    return [line.rstrip("\r\n") for line in lines]


def keys(lines: list[str]) -> list[str]:
    return ["".join(line.split()) for line in lines if line.strip()]


@law
@given(TEXTS, st.data(), NEW)
def test_an_exact_block_replaces_its_lines_and_no_others(
    content: str, data: st.DataObject, new: tuple[str, ...]
) -> None:
    there = split_lines(content)
    assume(there)
    start = data.draw(st.integers(0, len(there) - 1))
    end = data.draw(st.integers(start + 1, len(there)))
    old = tuple(f"{line}\n" for line in bare(there[start:end]))
    near = data.draw(st.none() | st.just(start))
    block = Rewrite("f", Format.SEARCH_REPLACE, old, new, near=near)
    found = anchor(block, snapshot(content))
    if found.certainty is Certainty.FAILED:
        assert near is None
        assert "several places" in found.how
        return
    assert found.span == Span(start, end)
    is_only = anchor(Rewrite("f", Format.SEARCH_REPLACE, old, new), snapshot(content)).span
    assert (found.certainty is Certainty.EXACT) == (is_only is not None)
    after = bare(split_lines(applied(content, found)))
    wanted = [*bare(there[:start]), *bare(list(new)), *bare(there[end:])]
    assert after == wanted


@law
@given(TEXTS, st.data(), st.randoms(use_true_random=False))
def test_a_block_of_the_file_with_damaged_blanks_finds_its_place_or_none(
    content: str, data: st.DataObject, chance: Random
) -> None:
    there = bare(split_lines(content))
    assume(any(map(str.strip, there)))
    start = data.draw(st.integers(0, len(there) - 1))
    end = data.draw(st.integers(start + 1, len(there)))
    assume(any(line.strip() for line in there[start:end]))
    old = tuple(damaged(there[start:end], chance))
    found = anchor(Rewrite("f", Format.SEARCH_REPLACE, old, (*old, "x\n")), snapshot(content))
    if found.span is None:
        assert "several places" in found.how
        return
    written = [n for n in range(start, end) if there[n].strip()]
    place = there[found.span.start : found.span.end]
    # Damaged, the lines may be word for word those of another place; nobody could tell.
    is_other = [line.rstrip() for line in place if line.strip()] == [
        line.rstrip() for line in bare(list(old)) if line.strip()
    ]
    assert (found.span.start <= written[0] and written[-1] < found.span.end) or is_other
    assert keys(place) == keys(list(old))
    assert (found.certainty is Certainty.EXACT) == (place == bare(list(old)))
    before, after = split_lines(content), split_lines(applied(content, found))
    added = [line for line in bare(after) if line.strip() == "x"]
    assert len(added) == 1
    at = bare(after).index(added[0])
    assert [*bare(after)[:at], *bare(after)[at + 1 :]] == bare(before)


def damaged(there: list[str], chance: Random) -> list[str]:
    kind = chance.randrange(6)
    found = []
    for line in there:
        if not line.strip() and kind in (0, 5) and len(there) > 1:
            continue
        if kind in (1, 5):
            line = f"    {line}" if line else line
        if kind == 2:
            line = line.removeprefix("    ")
        if kind == 3:
            line = line.replace("    ", "\t")
        if kind in (4, 5):
            line += chance.choice(["", " ", "\t "])
        found.append(f"{line}\n")
        if kind == 0 and chance.random() < 0.2:
            found.append("\n")
    return found


@law
@given(TEXTS, st.data(), NEW, st.randoms(use_true_random=False))
def test_a_streamed_block_ends_where_one_at_once_does(
    content: str, data: st.DataObject, new: tuple[str, ...], chance: Random
) -> None:
    there = split_lines(content)
    start = data.draw(st.integers(0, len(there)))
    end = data.draw(st.integers(start, len(there)))
    old = tuple(damaged(bare(there[start:end]), chance))
    form = data.draw(st.sampled_from([Format.SEARCH_REPLACE, Format.UNIFIED_DIFF]))
    block = Rewrite("f", form, old, new)
    one = anchor(block, snapshot(content), 3)
    streamed = StreamedAnchor(snapshot(content), 3)
    for part in growths(block, chance):
        assert_possible(streamed.grow(part), content)
    assert streamed.end(block) == one


def growths(block: Rewrite, chance: Random) -> list[Rewrite]:
    """Return the block as it grows, by characters, old and new lines in the form's order."""
    parts: list[Rewrite] = []
    old, new = "".join(block.old), "".join(block.new)
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and (block.format is Format.SEARCH_REPLACE or chance.random() < 0.5):
            i = min(len(old), i + chance.randrange(1, 9))
        else:
            j = min(len(new), j + chance.randrange(1, 9))
        parts.append(Rewrite("f", block.format, lines(old[:i]), lines(new[:j])))
    return parts


def assert_possible(found: Anchor, content: str) -> None:
    applied(content, found)
    assert len({hunk.id for hunk in found.hunks}) == len(found.hunks)
    assert (found.span is None) == (found.certainty is Certainty.FAILED)
    assert (found.score == 1.0) == (found.certainty is Certainty.EXACT) or found.span is None


@law
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_a_streamed_whole_file_grows_to_the_written_text(
    content: str, written: str, chance: Random
) -> None:
    block = WholeFile("f", Format.WHOLE_FILE, lines(written.replace("\r\n", "\n")))
    streamed = StreamedAnchor(snapshot(content))
    text = "".join(block.lines)
    at = 0
    while at < len(text):
        at = min(len(text), at + chance.randrange(1, 9))
        found = streamed.grow(WholeFile("f", Format.WHOLE_FILE, lines(text[:at])))
        assert_possible(found, content)
        shown = bare(split_lines(applied(content, found)))
        complete = bare(split_lines(text[:at]))[: text[:at].count("\n")]
        if "\r" not in text:
            assert shown[: len(complete)] == complete
    assert streamed.end(block) == anchor(block, snapshot(content))


@law
@given(
    st.text(alphabet="ab \t\n\r}", max_size=30),
    ANY,
    ANY,
    st.none() | st.integers(-3, 40),
    ANY,
    st.booleans(),
    st.sampled_from(list(Format)),
)
def test_no_block_raises_and_every_hunk_applies(
    content: str,
    old: tuple[str, ...],
    new: tuple[str, ...],
    near: int | None,
    below: tuple[str, ...],
    at_end: bool,
    form: Format,
) -> None:
    block = Rewrite("f", form, old, new, near, below, at_end)
    there = snapshot(content)
    assert_possible(anchor(block, there), content)
    streamed = StreamedAnchor(there)
    for count in range(len(old) + 1):
        streamed.grow(Rewrite("f", form, old[:count], (), near, below, at_end))
    streamed.grow(block)
    assert_possible(anchor(WholeFile("f", form, new), there), content)
