"""Laws of reading an answer: any split, any text, what was written reads back, at a fair price.

SPARK_LAW_CASES sets how many cases each law tries.
"""

import os
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_desktop.domain.answer_format import format_blocks
from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.edit_blocks import (
    Block,
    BlockEnded,
    BlockGrew,
    Delete,
    Format,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from tests.domain.answers import check_every_character_is_somewhere, events_of, read

CASES = settings(max_examples=int(os.environ.get("SPARK_LAW_CASES", "60")))
# What answers are made of; most of it in the wrong order is what models write on a bad day.
PARTS = [
    "```",
    "````",
    "~~~",
    "```python",
    "```diff",
    "```md",
    "```python src/a.py",
    "src/a.py",
    "# src/a.py",
    "`b.md`:",
    "README.md",
    "<<<<<<< SEARCH",
    "<<<<< SEARCH",
    "=======",
    "=====",
    ">>>>>>> REPLACE",
    "<<<<<<<<<< SEARCH",
    "==========",
    ">>>>>>>>>> REPLACE",
    "diff --git a/a.py b/b.py",
    "--- a/src/a.py",
    "+++ b/src/a.py",
    "--- /dev/null",
    "+++ /dev/null",
    "rename from a.py",
    "rename to b.py",
    "new file mode 100644",
    "deleted file mode 100644",
    "Binary files a and b differ",
    "@@ -1,2 +1,2 @@ def f():",
    "@@ -3 +3 @@",
    "@@ class A",
    "@@",
    "\\ No newline at end of file",
    "*** Begin Patch",
    "*** End Patch",
    "*** Add File: c.py",
    "*** Update File: d.py",
    "*** Delete File: e.py",
    "*** Move to: f.py",
    "*** End of File",
    "apply_patch <<'EOF'",
    "EOF",
    "<think>",
    "</think>",
    "- item",
    "1. ```python",
    "   ```",
    "  x",
    " x",
    "+x",
    "-x",
    "x",
    "x```",
    "--- ",
    "+++ ",
    "",
    "",
    " ",
    "\u0130</THINK>",
    "\ufeff\x00\u2028y",
]
ENDINGS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", ""])
ANSWERS = st.lists(st.tuples(st.sampled_from(PARTS), ENDINGS), max_size=24).map(
    lambda parts: "".join(text + ending for text, ending in parts)
)
TEXTS = st.one_of(ANSWERS, st.text(alphabet="`~<>=-+*@ \n\rabc./:\\", max_size=80), st.text())


def cut(answer: str, data: st.DataObject) -> list[str]:
    places = data.draw(st.lists(st.integers(0, len(answer)), max_size=12).map(sorted))
    return [
        answer[start:end] for start, end in zip([0, *places], [*places, len(answer)], strict=True)
    ]


@CASES
@given(TEXTS, st.data())
def test_an_answer_reads_the_same_however_it_is_split(answer: str, data: st.DataObject) -> None:
    at_once = read(answer)
    assert read(*answer) == at_once
    assert read(*cut(answer, data)) == at_once


@CASES
@given(TEXTS)
def test_each_character_is_prose_hidden_or_of_one_block(answer: str) -> None:
    check_every_character_is_somewhere(answer, events_of([answer]))
    check_every_character_is_somewhere(answer, events_of(answer))


@CASES
@given(TEXTS)
def test_whatever_grew_ends_and_can_be_looked_at(answer: str) -> None:
    events = events_of(answer.splitlines(keepends=True))
    grown = {event.number: event.block for event in events if isinstance(event, BlockGrew)}
    ended = {event.number: event.block for event in events if isinstance(event, BlockEnded)}
    for number, block in grown.items():
        if number in ended and not isinstance(ended[number], Delete):
            assert type(block) is type(ended[number])
            assert getattr(block, "path", "") == getattr(ended[number], "path", "")


PATHS = st.sampled_from(["a.py", "src/a.py", "src/deep/my_file.test.tsx", "README.md", "Makefile"])
DIFF_PATHS = st.sampled_from(["a.py", "a b/c d.py", 'q"\\.py', "tab\t.py", "é.py", "b/a.py"])
WORDS = st.sampled_from(
    ["a", "b", "", " x", "\tx", "-- y", "++ z", "é", "=", "...", "- i", "x = 1", "\u2028", "-- a/x"]
    + [part for part in PARTS if "\\" not in part]
)
LINES = st.lists(WORDS.map(lambda word: f"{word}\n"), max_size=8).map(tuple)
# The first line of a fence decides what is in it.
CODE = st.lists(WORDS, max_size=8).map(lambda words: ("x\n", *(f"{word}\n" for word in words)))
CHANGED = st.tuples(LINES, LINES, LINES, LINES).filter(lambda parts: bool(parts[1] or parts[2]))


def hunk(form: Format, path: str, parts: tuple[tuple[str, ...], ...], **more: object) -> Rewrite:
    lead, old, new, tail = parts
    return Rewrite(
        path,
        form,
        lead + old + tail,
        lead + new + tail,
        context=(len(lead), len(tail)),
        **more,  # type: ignore[arg-type]
    )


def with_last_line(block: Rewrite, has_end: tuple[bool, bool]) -> Rewrite:
    """Take the last ending of either side, where that side's last line is not the other's, too."""
    lead, tail = block.context
    old, new = block.old, block.new
    is_old_last = bool(tail) or len(old) > lead
    is_new_last = bool(tail) or len(new) > lead
    if tail:
        has_end = (has_end[0], has_end[0])
    if is_old_last and not has_end[0]:
        old = (*old[:-1], old[-1].removesuffix("\n"))
    if is_new_last and not has_end[1]:
        new = (*new[:-1], new[-1].removesuffix("\n"))
    return replace(block, old=old, new=new)


DIFF, PATCH = Format.UNIFIED_DIFF, Format.BEGIN_PATCH
HEADINGS = st.sampled_from(["def f():", "class A", "x = [", "fn main() {"])
BLOCKS: dict[Format, st.SearchStrategy[Block]] = {
    Format.WHOLE_FILE: st.builds(
        lambda path, lines: WholeFile(path, Format.WHOLE_FILE, lines), PATHS, CODE
    ),
    Format.REGION: st.builds(Region, st.sampled_from(["", "python", "c++", "sh"]), CODE),
    Format.SEARCH_REPLACE: st.builds(
        lambda path, old, new: Rewrite(path, Format.SEARCH_REPLACE, old, new), PATHS, LINES, LINES
    ),
    DIFF: st.one_of(
        st.builds(
            lambda path, parts, near, below, ends: with_last_line(
                hunk(DIFF, path, parts, near=near, below=below), ends
            ),
            DIFF_PATHS,
            CHANGED,
            st.integers(0, 2000),
            st.lists(HEADINGS, max_size=1).map(tuple),
            st.tuples(st.booleans(), st.booleans()),
        ),
        st.builds(lambda path, lines: WholeFile(path, DIFF, lines, True), DIFF_PATHS, LINES),
        st.builds(lambda path: Delete(path, DIFF), DIFF_PATHS),
        st.builds(lambda path, target: Rename(path, target, DIFF), DIFF_PATHS, DIFF_PATHS),
    ),
    PATCH: st.one_of(
        st.builds(
            lambda path, parts, below, at_end: hunk(PATCH, path, parts, below=below, at_end=at_end),
            PATHS,
            CHANGED,
            st.lists(HEADINGS, max_size=3).map(tuple),
            st.booleans(),
        ),
        st.builds(lambda path, lines: WholeFile(path, PATCH, lines, True), PATHS, LINES),
        st.builds(lambda path: Delete(path, PATCH), PATHS),
        st.builds(lambda path, target: Rename(path, target, PATCH), PATHS, PATHS),
    ),
}


@pytest.mark.parametrize("form", BLOCKS, ids=lambda form: form.name)
def test_what_is_written_reads_back(form: Format) -> None:
    @CASES
    @given(st.lists(BLOCKS[form], max_size=4), st.data())
    def check(blocks: Sequence[Block], data: st.DataObject) -> None:
        answer = format_blocks(blocks)
        found = read(*cut(answer, data))
        assert found.blocks == tuple(blocks)
        assert (found.cut, found.refused) == ((), ())

    cast(Callable[[], None], check)()


def test_blocks_of_all_forms_stand_in_one_answer() -> None:
    @CASES
    @given(st.lists(st.one_of(*BLOCKS.values()), max_size=6))
    def check(blocks: Sequence[Block]) -> None:
        answer = f"Here it is.\n\n{format_blocks(blocks)}\nDone.\n"
        assert read(answer).blocks == tuple(blocks)

    cast(Callable[[], None], check)()


@pytest.mark.parametrize(
    "block",
    [
        Delete("a.py", Format.WHOLE_FILE),
        Region("py", ("# a.py\n", "x\n")),
        Region("py", ("<<<<<<< SEARCH\n",)),
        WholeFile("no path", Format.WHOLE_FILE, ("x\n",)),
        Rewrite("a.py", Format.UNIFIED_DIFF, ("a\n",), ("b\n",), at_end=True),
        Rewrite("a.py", Format.BEGIN_PATCH, ("a\n",), ("b\n",), near=3),
        Region("py", ("x\n",), Format.UNIFIED_DIFF),
        Region("py", ("x\n",), Format.BEGIN_PATCH),
    ],
)
def test_a_block_that_its_form_cannot_say_is_not_written(block: Block) -> None:
    with pytest.raises(ValueError, match=r"a (block|region)"):
        format_blocks([block])


def test_a_label_is_written_above_the_lines() -> None:
    block = WholeFile("src/a.py", Format.WHOLE_FILE, ("x\n",), label="# a.py")
    assert "# a.py\nx\n" in format_blocks([block])
    own = WholeFile("src/a.py", Format.WHOLE_FILE, ("# src/a.py\n", "x\n"))
    assert read(format_blocks([own])).blocks == (own,)


def work_of(answer: str) -> tuple[int, int]:
    """Count the calls made and the characters told, read in pieces of four."""
    reader = AnswerReader()
    calls = characters = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    pieces = [answer[start : start + 4] for start in range(0, len(answer), 4)]
    sys.setprofile(count)
    try:
        events = [event for piece in pieces for event in reader.feed(piece)]
    finally:
        sys.setprofile(None)
    characters = sum(len(getattr(event, "text", "")) for event in events)
    return calls, characters


LONG = {
    "a whole file": ("a.py\n```py\n", "x = 1 + 2\n", "```\n"),
    "a search/replace block": (
        "a.py\n<<<<<<< SEARCH\nx\n=======\n",
        "y = 1\n",
        ">>>>>>> REPLACE\n",
    ),
    "a diff": ("--- a/a\n+++ b/a\n@@ -1 +1,5000 @@\n", "+y = 1\n", ""),
    "an envelope": ("*** Begin Patch\n*** Add File: a.py\n", "+y = 1\n", "*** End Patch\n"),
    "prose": ("", "- It is **so**, since `x` is.\n", ""),
    "reasoning": ("<think>", "Hm, hm.\n", "</think>"),
    "a line without an end": ("", "<<<<<<", ""),
    "blanks without an end": ("", "      ", ""),
}


@pytest.mark.parametrize("name", LONG)
def test_the_work_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    head, line, end = LONG[name]
    steps = []
    for size in (200, 2000):
        calls, characters = work_of(head + line * size + end)
        assert characters <= len(head + line * size + end)
        steps.append(calls)
    assert steps[1] <= 11 * steps[0]


def test_telling_of_growth_copies_no_lines() -> None:
    answer = "a.py\n```py\n" + "x\n" * 5000
    tracemalloc.start()
    events = [event for event in events_of(answer) if isinstance(event, BlockGrew)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(events) == 5000
    # Copies of all lines so far would be 100 MB.
    assert peak < 8_000_000
    assert isinstance(events[2999].block, WholeFile)
    assert len(events[2999].block.lines) == 3000
