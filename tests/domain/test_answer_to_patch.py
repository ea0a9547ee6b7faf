"""From a model's words to a patch: the forms, read in any split, come to the change they are of."""

import os
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spark_desktop.domain.anchor import Certainty
from spark_desktop.domain.anchoring import StreamedAnchor, anchor
from spark_desktop.domain.answer_format import format_blocks
from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.assembly import assemble
from spark_desktop.domain.edit_blocks import (
    Block,
    BlockEnded,
    BlockGrew,
    Format,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.patch import apply, compute
from spark_desktop.domain.text import SourceText, dominant_newline, split_lines
from spark_desktop.domain.workspace import Snapshot, snapshot_of

law = settings(max_examples=int(os.environ.get("SPARK_LAW_CASES", "60")))
PATH = "src/f.py"
CODE = st.lists(
    st.sampled_from(
        [
            "import os",
            "",
            "def f(a):",
            "    return a",
            "class A:",
            "    x = 1",
            "}",
            "    # so",
            "b",
        ]
    ),
    min_size=1,
    max_size=18,
)
FORMS = st.sampled_from(
    [Format.WHOLE_FILE, Format.SEARCH_REPLACE, Format.UNIFIED_DIFF, Format.BEGIN_PATCH]
)


def snapshot(content: str) -> Snapshot:
    return snapshot_of(PATH, SourceText(content, dominant_newline(content)))


def in_line_feeds(line: str) -> str:
    return line.rstrip("\r\n") + "\n"


def blocks_of(before: str, after: str, form: Format, around: int) -> list[Block]:
    if form is Format.WHOLE_FILE:
        return [WholeFile(PATH, form, tuple(map(in_line_feeds, split_lines(after))))]
    there = split_lines(before)
    found: list[Block] = []
    for hunk in compute("", "", before, after).hunks:
        first, last = max(0, hunk.start - around), min(len(there), hunk.end + around)
        head = tuple(map(in_line_feeds, there[first : hunk.start]))
        tail = tuple(map(in_line_feeds, there[hunk.end : last]))
        old = (*head, *map(in_line_feeds, hunk.old), *tail)
        new = (*head, *map(in_line_feeds, hunk.new), *tail)
        is_marked = form is not Format.SEARCH_REPLACE
        near = first if form is Format.UNIFIED_DIFF else None
        context = (len(head), len(tail)) if is_marked else (0, 0)
        found.append(Rewrite(PATH, form, old, new, near, context=context))
    return found


def said(blocks: list[Block]) -> str:
    try:
        return f"Here is the change.\n\n{format_blocks(blocks)}\nThat is all.\n"
    except ValueError:
        # The form has no words for it: a block that begins where its context ends, for instance.
        assume(False)
        raise


@law
@given(
    CODE,
    CODE,
    st.sampled_from(["\n", "\r\n"]),
    FORMS,
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_an_answer_comes_to_the_change_that_it_was_made_of(
    old: list[str], new: list[str], ending: str, form: Format, around: int, chance: Random
) -> None:
    before, after = (ending.join([*lines, ""]) for lines in (old, new))
    assume(before != after)
    there = snapshot(before)
    answer = said(blocks_of(before, after, form, around))
    reader = AnswerReader()
    growing: dict[int, StreamedAnchor] = {}
    whole: list[tuple[int, Block]] = []
    events = []
    at = 0
    while at < len(answer):
        step = chance.randrange(1, 40)
        events += reader.feed(answer[at : at + step])
        at += step
    for event in (*events, *reader.finish()):
        if not isinstance(event, BlockGrew | BlockEnded):
            continue
        block = event.block
        assert isinstance(block, Rewrite | WholeFile)
        one = growing.setdefault(event.number, StreamedAnchor(there, event.number))
        if isinstance(event, BlockGrew):
            apply(before, one.grow(block).hunks)
        else:
            assert one.end(block) == anchor(block, there, event.number)
            whole.append((event.number, block))
    found = assemble(whole, {PATH: there}, "remove lines")
    assert found.refused == ()
    (edit,) = found.edits
    if not edit.failed and not edit.places:
        assert apply(before, edit.patch.hunks) == after
    if form is Format.WHOLE_FILE:
        assert edit.patch.hunks
        assert not edit.failed
    if form is Format.UNIFIED_DIFF and around:
        # Its line numbers leave nothing open.
        assert not edit.failed
        assert set(edit.places.values()) <= {0.98}
        assert apply(before, edit.patch.hunks) == after
        shapes = [(hunk.start, hunk.old, hunk.new) for hunk in edit.patch.hunks]
        direct = compute("", "", before, after).hunks
        assert shapes == [(hunk.start, hunk.old, hunk.new) for hunk in direct]


FILE = "a = 1\n\n\ndef f():\n    return a\n"


def read(answer: str) -> list[tuple[int, Block]]:
    reader = AnswerReader()
    events = (*reader.feed(answer), *reader.finish())
    return [(event.number, event.block) for event in events if isinstance(event, BlockEnded)]


@pytest.mark.parametrize("first", ["# src/f.py\n", ""])
def test_a_label_belongs_to_a_file_that_begins_with_it(first: str) -> None:
    answer = f"```python\n# src/f.py\n{FILE.replace('a = 1', 'a = 2')}```\n"
    there = snapshot(first + FILE)
    ((number, block),) = read(answer)
    assert isinstance(block, WholeFile)
    (edit,) = assemble([(number, block)], {PATH: there}).edits
    wanted = first + FILE.replace("a = 1", "a = 2")
    assert apply(there.text.content, edit.patch.hunks) == wanted
    assert apply(there.text.content, anchor(block, there).hunks) == wanted
    assert apply(there.text.content, StreamedAnchor(there).grow(block).hunks) == wanted


def test_a_block_is_anchored_while_its_old_lines_are_all_that_is_known() -> None:
    answer = (
        "src/f.py\n<<<<<<< SEARCH\ndef f():\n    return a\n=======\n"
        "def f():\n    return a + 1\n>>>>>>> REPLACE\n"
    )
    reader, streamed = AnswerReader(), StreamedAnchor(snapshot(FILE))
    seen = []
    for character in answer:
        for event in reader.feed(character):
            if isinstance(event, BlockGrew) and isinstance(event.block, Rewrite):
                found = streamed.grow(event.block)
                seen.append((found.certainty, apply(FILE, found.hunks)))
    certainties = {certainty for certainty, _ in seen}
    assert certainties == {Certainty.EXACT}
    assert seen[0][1] == FILE
    assert seen[-1][1].startswith("a = 1\n\n\ndef f():\n    return a + 1\n")
