"""What models write, and what it comes to; each answer is also read character by character."""

import pytest

from spark_desktop.domain.edit_blocks import (
    Block,
    BlockEnded,
    BlockGrew,
    BlockRefused,
    Delete,
    Format,
    Prose,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from tests.domain.answers import Read, check_every_character_is_somewhere, events_of, read

F = "```"
CODE = "x = 1\n"


def lines(text: str) -> tuple[str, ...]:
    return tuple(text.splitlines(keepends=True))


def whole(path: str, text: str = CODE) -> WholeFile:
    return WholeFile(path, Format.WHOLE_FILE, lines(text))


def swap(path: str, old: str = "a\n", new: str = "b\n") -> Rewrite:
    return Rewrite(path, Format.SEARCH_REPLACE, lines(old), lines(new))


def both_ways(answer: str) -> Read:
    """Read at once and character by character: the same, and nothing is lost."""
    at_once = read(answer)
    assert read(*answer) == at_once
    check_every_character_is_somewhere(answer, events_of(answer))
    return at_once


WHOLE_FILES = {
    "a bare path above": (f"src/a.py\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "in backticks": (f"`src/a.py`\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "in backticks with a colon": (f"`src/a.py`:\n\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "bold": (f"**src/a.py**\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "bold with a colon within": (f"**src/a.py:**\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "bold backticks": (f"**`src/a.py`**\n\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a heading": (f"### src/a.py\n\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a heading in backticks": (f"#### `src/a.py`\n\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a numbered heading": (f"### 1. `src/a.py`\n\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a label": (f"File: src/a.py\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a bold label": (f"**File: `src/a.py`**\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a bold label only": (f"**File:** `src/a.py`\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a heading with a label": (f"## New file: src/a.py\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "told to be new": (f"`src/a.py` (new)\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a verb": (f"### Updated `src/a.py`\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a verb and a file": (f"Create the file `src/a.py`:\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a step": (f"Step 1: `src/a.py`\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a picture": (f"\U0001f4c4 **src/a.py**\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a colon": (f"src/a.py:\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a link": (f"[src/a.py](src/a.py):\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a comment that tells more": (f"{F}python\n# src/a.py (updated)\n{CODE}{F}\n", "src/a.py"),
    "a list": (f"- `src/a.py`\n{F}python\n{CODE}{F}\n", "src/a.py"),
    "a name without a folder": (f"main.py\n{F}python\n{CODE}{F}\n", "main.py"),
    "a name without an ending": (f"**Makefile**\n{F}make\n{CODE}{F}\n", "Makefile"),
    "a hidden file": (f".gitignore\n{F}\n{CODE}{F}\n", ".gitignore"),
    "a path of Windows": (f"src\\app\\a.py\n{F}python\n{CODE}{F}\n", "src\\app\\a.py"),
    "outside of the workspace": (f"../a.py\n{F}python\n{CODE}{F}\n", "../a.py"),
    "the info string": (f"{F}python src/a.py\n{CODE}{F}\n", "src/a.py"),
    "the info string with a colon": (f"{F}python:src/a.py\n{CODE}{F}\n", "src/a.py"),
    "only a path in the info string": (f"{F}src/a.py\n{CODE}{F}\n", "src/a.py"),
    "an attribute": (f"{F}python path=src/a.py\n{CODE}{F}\n", "src/a.py"),
    "an attribute alone": (f"{F}path=src/a.py\n{CODE}{F}\n", "src/a.py"),
    "a quoted title": (f'{F}python title="src/my a.py"\n{CODE}{F}\n', "src/my a.py"),
    "attributes in braces": (f'{F}{{.python filename="a.py"}}\n{CODE}{F}\n', "a.py"),
    "a comment": (f"{F}python\n# src/a.py\n{CODE}{F}\n", "src/a.py"),
    "a comment with a label": (f"{F}python\n# File: src/a.py\n{CODE}{F}\n", "src/a.py"),
    "a comment of C": (f"{F}ts\n// src/a.ts\n{CODE}{F}\n", "src/a.ts"),
    "a comment of CSS": (f"{F}css\n/* src/a.css */\n{CODE}{F}\n", "src/a.css"),
    "a comment of HTML": (f"{F}html\n<!-- index.html -->\n{CODE}{F}\n", "index.html"),
    "a comment and a path above": (f"a.py\n{F}python\n# a.py\n{CODE}{F}\n", "a.py"),
    "tildes": (f"a.py\n~~~python\n{CODE}~~~\n", "a.py"),
    "a longer fence": (f"a.py\n````python\n{CODE}````\n", "a.py"),
    "a longer fence at the end": (f"a.py\n{F}python\n{CODE}`````\n", "a.py"),
    "the fence behind the last line": (f"a.py\n{F}python\nx = 1{F}\n", "a.py"),
    "no newline at the end": (f"a.py\n{F}python\n{CODE}{F}", "a.py"),
    "a fence in a list": (f"1. `a.py`\n\n   {F}python\n   x = 1\n   {F}\n", "a.py"),
    "a fence that is the item": (f"a.py\n- {F}python\n  x = 1\n  {F}\n", "a.py"),
    "carriage returns": (f"a.py\r\n{F}python\r\nx = 1\r\n{F}\r\n", "a.py"),
    "only carriage returns": (f"a.py\r{F}python\rx = 1\r{F}\r", "a.py"),
}


@pytest.mark.parametrize(("answer", "path"), WHOLE_FILES.values(), ids=WHOLE_FILES.keys())
def test_a_fence_with_a_path_is_a_whole_file(answer: str, path: str) -> None:
    found = both_ways(answer)
    assert found.blocks == (whole(path),)
    assert (found.cut, found.refused) == ((), ())


REGIONS = {
    "no path": f"Do this:\n{F}python\n{CODE}{F}\n",
    "a sentence with a path": f"In `src/a.py` one would write:\n{F}python\n{CODE}{F}\n",
    "a sentence that ends in a path": f"Now look at src/a.py:\n{F}python\n{CODE}{F}\n",
    "an excerpt": f"`src/a.py` (excerpt)\n{F}python\n{CODE}{F}\n",
    "lines of a file": f"`src/a.py`, lines 1-3:\n{F}python\n{CODE}{F}\n",
    "a place": f"In `src/a.py`:\n{F}python\n{CODE}{F}\n",
    "a request to change": f"Update `src/a.py`:\n{F}python\n{CODE}{F}\n",
    "a request to change a file": f"Edit the file `src/a.py`:\n{F}python\n{CODE}{F}\n",
    "a verb and no file": f"Updated os.path:\n{F}python\n{CODE}{F}\n",
    "a product": f"### Node.js\n\n{F}python\n{CODE}{F}\n",
    "a member": f"**`os.path`**\n{F}python\n{CODE}{F}\n",
    "a version": f"Python 3.11:\n{F}python\n{CODE}{F}\n",
    "a slash": f"and/or\n{F}python\n{CODE}{F}\n",
    "an address": f"https://example.com/a.py\n{F}python\n{CODE}{F}\n",
    "a route": f"### `/users/list`\n{F}python\n{CODE}{F}\n",
    "a path far above": f"src/a.py\n\n\n\n{F}python\n{CODE}{F}\n",
    "text between": f"src/a.py\n\nIt holds one value.\n\n{F}python\n{CODE}{F}\n",
    "a language that is no path": f"{F}python title=Example\n{CODE}{F}\n",
}


@pytest.mark.parametrize("answer", REGIONS.values(), ids=REGIONS.keys())
def test_an_example_asks_for_nothing(answer: str) -> None:
    found = both_ways(answer)
    assert found.blocks == (Region("python", lines(CODE)),)
    assert found.prose == answer[: answer.index(F)]


@pytest.mark.parametrize("language", ["Dockerfile", "makefile", "c++", "vb.net", "vue", "c#"])
def test_a_language_that_looks_like_a_file_is_a_language(language: str) -> None:
    assert both_ways(f"{F}{language}\n{CODE}{F}\n").blocks == (Region(language, lines(CODE)),)


@pytest.mark.parametrize("comment", ["# total/self.count", "# a/b", "// see.", "# 1/2.5", "# e.g."])
def test_a_comment_that_is_no_path_is_code(comment: str) -> None:
    assert both_ways(f"{F}\n{comment}\n{F}\n").blocks == (Region("", (f"{comment}\n",)),)


@pytest.mark.parametrize(
    ("path", "is_file"),
    [("setup.py", False), ("Makefile", False), ("run.sh", True), (".bashrc", True), ("b/x", False)],
)
def test_commands_below_a_files_name_are_not_the_file(path: str, is_file: bool) -> None:
    (block,) = both_ways(f"### {path}\n{F}bash\n{CODE}{F}\n").blocks
    assert block == (whole(path) if is_file else Region("bash", lines(CODE)))


def test_a_fence_that_is_not_closed_before_the_next_one_is_refused() -> None:
    found = both_ways(f"a.py\n{F}py\n{CODE}\nb.py\n{F}py\n{CODE}{F}\n")
    assert found.blocks == ()
    assert "not closed" in found.refused[0][1]


def test_a_citation_of_a_file_is_no_edit() -> None:
    found = both_ways(f"src/a.py\n{F}12:15:src/a.py\n# src/a.py\nx\n{F}\n")
    assert found.blocks == (Region("", ("# src/a.py\n", "x\n")),)


def test_a_listing_of_files_is_no_edit() -> None:
    assert both_ways(f"{F}\nsrc/a.py\nsrc/b.py\n{F}\n").blocks == (
        Region("", ("src/a.py\n", "src/b.py\n")),
    )


def test_a_comment_that_says_more_than_a_path_is_code() -> None:
    answer = f"{F}python\n# see src/a.py\nx\n{F}\n{F}sh\n#!/usr/bin/env a.sh\n{F}\n"
    assert both_ways(answer).blocks == (
        Region("python", ("# see src/a.py\n", "x\n")),
        Region("sh", ("#!/usr/bin/env a.sh\n",)),
    )


def test_the_comment_with_the_path_is_a_label_and_no_line() -> None:
    (block,) = read(f"{F}py\n# src/a.py\n{CODE}{F}\n").blocks
    assert isinstance(block, WholeFile)
    assert (block.label, block.lines) == ("# src/a.py", (CODE,))


def test_a_comment_with_another_path_stays_in_the_file() -> None:
    assert both_ways(f"a.py\n{F}py\n# b.py\nx\n{F}\n").blocks == (whole("a.py", "# b.py\nx\n"),)


def test_a_path_names_one_fence_only() -> None:
    answer = f"a.py\n{F}py\n{CODE}{F}\n\n{F}sh\npytest\n{F}\n"
    assert both_ways(answer).blocks == (whole("a.py"), Region("sh", ("pytest\n",)))


NESTED = {
    "a longer fence outside": f"README.md\n````markdown\nUse:\n{F}\nrun\n{F}\nEnd.\n````\n",
    "an inner fence with a language": f"README.md\n{F}markdown\nUse:\n{F}sh\nrun\n{F}\nEnd.\n{F}\n",
    "a bare inner fence": f"README.md\n{F}md\nUse:\n{F}\nrun\n{F}\nEnd.\n{F}\n\nDone.\n",
}


@pytest.mark.parametrize("answer", NESTED.values(), ids=NESTED.keys())
def test_fences_of_a_markdown_file_stay_in_it(answer: str) -> None:
    found = both_ways(answer)
    (block,) = found.blocks
    assert isinstance(block, WholeFile)
    assert [line.strip(f"{F}sh\n") for line in block.lines] == ["Use:", "", "run", "", "End."]
    assert found.cut == ()


def test_a_fence_in_a_docstring_stays_in_it() -> None:
    text = 'def f():\n    """F.\n\n    ```\n    f()\n    ```\n    """\n'
    assert both_ways(f"a.py\n{F}python\n{text}{F}\n").blocks == (whole("a.py", text),)


def marked(old: str = "a\n", new: str = "b\n", size: int = 7) -> str:
    return f"{'<' * size} SEARCH\n{old}{'=' * size}\n{new}{'>' * size} REPLACE\n"


SWAPS = {
    "without a fence": f"src/a.py\n{marked()}",
    "in a fence, path above": f"src/a.py\n{F}python\n{marked()}{F}\n",
    "in a fence, path in it": f"{F}python\nsrc/a.py\n{marked()}{F}\n",
    "in a fence, path as comment": f"{F}python\n# src/a.py\n{marked()}{F}\n",
    "in a fence, path in its info": f"{F}python src/a.py\n{marked()}{F}\n",
    "path behind the mark": f"<<<<<<< SEARCH src/a.py\n{marked()[15:]}",
    "named in a sentence": f"I change `src/a.py` so:\n\n{F}python\n{marked()}{F}\n",
    "five": f"src/a.py\n{marked(size=5)}",
    "nine": f"src/a.py\n{marked(size=9)}",
    "exact marks": f"src/a.py\n{marked(size=12)}",
    "ragged": "src/a.py\n<<<<<<< SEARCH\na\n=====\nb\n>>>>>>>> REPLACE\n",
    "a mark of its end alone": "src/a.py\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>>\n",
    "other words": "src/a.py\n<<<<<<< ORIGINAL\na\n=======\nb\n>>>>>>> UPDATED\n",
    "dashes and plusses": "src/a.py\n------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n",
    "no space": "src/a.py\n<<<<<<<SEARCH\na\n=======\nb\n>>>>>>>REPLACE\n",
    "carriage returns": f"src/a.py\n{marked()}".replace("\n", "\r\n"),
    "the end missing in a fence": f"src/a.py\n{F}\n<<<<<<< SEARCH\na\n=======\nb\n{F}\nDone.\n",
    "blank lines in the fence": f"src/a.py\n{F}\n\n{marked()}\n{F}\n",
    "in a list": f"1. `src/a.py`\n{F}\n{marked()}{F}".replace("\n", "\n   "),
}


@pytest.mark.parametrize("answer", SWAPS.values(), ids=SWAPS.keys())
def test_a_search_replace_block_is_read(answer: str) -> None:
    found = both_ways(answer)
    assert found.blocks == (swap("src/a.py"),)
    assert (found.cut, found.refused) == ((), ())


def test_several_blocks_stand_in_one_fence() -> None:
    answer = f"a.py\n{F}\n{marked()}\n{marked('c' + chr(10), 'd' + chr(10))}{F}\nDone.\n"
    found = both_ways(answer)
    assert found.blocks == (swap("a.py"), swap("a.py", "c\n", "d\n"))
    assert found.prose == "a.py\nDone.\n"


def test_a_path_between_blocks_is_the_next_ones() -> None:
    answer = f"{F}\na.py\n{marked()}b.py\n{marked()}{F}\n"
    assert both_ways(answer).blocks == (swap("a.py"), swap("b.py"))


def test_prose_between_blocks_is_for_the_chat() -> None:
    fenced = both_ways(f"a.py\n{F}\n{marked()}Then the other:\n{marked()}{F}\n")
    assert fenced.blocks == (swap("a.py"), swap("a.py"))
    assert fenced.prose == "a.py\nThen the other:\n"
    bare = both_ways(f"a.py\n{marked()}\nThen the other:\n\n{marked()}\nDone.\n")
    assert bare.blocks == (swap("a.py"), swap("a.py"))
    assert bare.prose == "a.py\n\nThen the other:\n\n\nDone.\n"


@pytest.mark.parametrize(
    "answer",
    [
        f"a.py\n{marked()}{F}\nDone.\n",
        f"a.py\n{F}py\n{marked()[:-16]}{F}\n>>>>>>> REPLACE\nDone.\n",
    ],
)
def test_a_mark_that_is_left_over_opens_nothing(answer: str) -> None:
    found = both_ways(answer)
    assert (found.blocks, found.prose) == ((swap("a.py"),), "a.py\nDone.\n")


def test_a_fence_that_was_not_closed_before_the_next_is_left() -> None:
    answer = f"a.py\n{F}py\n{marked()}Next.\n{F}py b.py\n{marked()}{F}\n"
    found = both_ways(answer)
    assert found.blocks == (swap("a.py"), swap("b.py"))
    assert found.prose == "a.py\nNext.\n"


HEADINGS = "Title\n=======\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{HEADINGS}text\n", f"{HEADINGS}other\n"),
        (f"a\n{HEADINGS}b\n", f"a\n{HEADINGS}c\n"),
        ("a\n====\n", "b\n====\n"),
        ("a\n==========\n", "b\n==========\n"),
    ],
)
def test_underlines_are_told_from_the_divider(old: str, new: str) -> None:
    assert both_ways(f"a.rst\n{marked(old, new)}").blocks == (swap("a.rst", old, new),)


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "b\n"), ("a\n", ""), ("<html>\n", "<<<<\n"), ("<<<<<<< HEAD\n", "x\n"), ("\n", " \n")],
)
def test_halves_of_a_block_are_kept_as_they_are(old: str, new: str) -> None:
    assert both_ways(f"a.py\n{marked(old, new)}").blocks == (swap("a.py", old, new),)


def test_a_block_of_markdown_holds_fences() -> None:
    old, new = f"{F}sh\nold\n{F}\n", f"{F}\nnew\n{F}\n"
    assert both_ways(f"README.md\n{F}md\n{marked(old, new)}{F}\n").blocks == (
        swap("README.md", old, new),
    )


DEFECTS = {
    "no divider": (f"a.py\n{F}\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n{F}\n", "equals signs", ()),
    "no divider before the fence": (f"a.py\n{F}\n<<<<<<< SEARCH\na\n{F}\n", "equals signs", ()),
    "cut in its first half": (f"a.py\n{F}\n<<<<<<< SEARCH\na\n", "equals signs", ()),
    "two dividers": (
        "a.py\n<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n",
        "Several",
        (),
    ),
    "no end": (
        f"a.py\n<<<<<<< SEARCH\na\n=======\nb\n\nThen:\n{marked()}",
        "missing",
        (swap("a.py"),),
    ),
    "no file": (f"{marked()}", "which file", ()),
    "marks in code": (f"a.py\n{F}py\nimport x\n{marked()}{F}\n", "in the middle", (swap("a.py"),)),
}


@pytest.mark.parametrize(("answer", "reason", "blocks"), DEFECTS.values(), ids=DEFECTS.keys())
def test_what_cannot_be_read_is_refused(
    answer: str, reason: str, blocks: tuple[Block, ...]
) -> None:
    found = both_ways(answer)
    assert [one for one in found.refused if reason in one[1]] == list(found.refused)
    assert len(found.refused) == 1
    assert found.blocks == blocks


def test_an_edit_that_names_no_file_is_for_the_default_one() -> None:
    assert read(marked(), default_path="a.py").blocks == (swap("a.py"),)


def diffed(path: str, old: str, new: str, near: int | None = None, **more: object) -> Rewrite:
    return Rewrite(path, Format.UNIFIED_DIFF, lines(old), lines(new), near, **more)  # type: ignore[arg-type]


HEAD = "--- a/src/a.py\n+++ b/src/a.py\n"
BODY = " one\n-two\n+2\n three\n"
HUNK = f"@@ -5,3 +5,3 @@\n{BODY}"
PLAIN = diffed("src/a.py", "one\ntwo\nthree\n", "one\n2\nthree\n", 4, context=(1, 1))
DIFFS = {
    "without a fence": f"{HEAD}{HUNK}",
    "with prose behind": f"{HEAD}{HUNK}\nDone.\n",
    "with a list behind": f"{HEAD}{HUNK}\n- changed two\n- kept one\n",
    "in a fence": f"{F}diff\n{HEAD}{HUNK}{F}\n",
    "in a fence of no language": f"{F}\n{HEAD}{HUNK}{F}\n",
    "of git": f"{F}diff\ndiff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n{HEAD}{HUNK}{F}\n",
    "of git, without a fence": f"diff --git a/src/a.py b/src/a.py\nindex 1..2\n{HEAD}{HUNK}",
    "without sides": f"{F}diff\n--- src/a.py\n+++ src/a.py\n{HUNK}{F}\n",
    "with times": f"{F}diff\n--- src/a.py\t2020-01-01\n+++ src/a.py\t2020-01-02\n{HUNK}{F}\n",
    "with another old name": f"{F}diff\n--- original.py\n+++ src/a.py\n{HUNK}{F}\n",
    "too few counted": f"{F}diff\n{HEAD}@@ -5,1 +5,1 @@\n{BODY}{F}\n",
    "too many counted": f"{F}diff\n{HEAD}@@ -5,9 +5,12 @@\n{BODY}{F}\n",
    "too few counted, without a fence": f"{HEAD}@@ -5,1 +5,1 @@\n{BODY}Done.\n",
    "other words in the head": (f"src/a.py\n{F}diff\n--- original\n+++ modified\n{HUNK}{F}\n"),
    "no head, path above": f"src/a.py\n{F}diff\n{HUNK}{F}\n",
    "no head, path in a sentence": f"Change `src/a.py`:\n{F}diff\n{HUNK}{F}\n",
    "no head, path in it": f"{F}diff\n# src/a.py\n{HUNK}{F}\n",
    "carriage returns": f"{F}diff\n{HEAD}{HUNK}{F}\n".replace("\n", "\r\n"),
    "in a list": f"1. So:\n   {F}diff\n{HEAD}{HUNK}{F}\n".replace("\n", "\n   "),
    "quoted": f'{F}diff\n--- "a/src/a.py"\n+++ "b/src/\\141.py"\n{HUNK}{F}\n',
}


@pytest.mark.parametrize("answer", DIFFS.values(), ids=DIFFS.keys())
def test_a_unified_diff_is_read(answer: str) -> None:
    found = both_ways(answer)
    assert found.blocks == (PLAIN,)
    assert (found.cut, found.refused) == ((), ())


@pytest.mark.parametrize(
    ("hunk", "block"),
    [
        ("@@\n-a\n+b\n", diffed("f.py", "a\n", "b\n")),
        ("@@ ... @@\n-a\n+b\n", diffed("f.py", "a\n", "b\n")),
        ("@@ def f():\n-a\n+b\n", diffed("f.py", "a\n", "b\n", below=("def f():",))),
        ("@@ def f(): @@\n-a\n+b\n", diffed("f.py", "a\n", "b\n", below=("def f():",))),
        ("@@ -1 +1 @@ f()\n-a\n+b\n", diffed("f.py", "a\n", "b\n", 0, below=("f()",))),
        ("@@ -3,0 +4,1 @@\n+b\n", diffed("f.py", "", "b\n", 3)),
        ("-a\n+b\n", diffed("f.py", "a\n", "b\n")),
        (
            "@@ -1,3 +1,3 @@\n x\n\n-a\n+b\n",
            diffed("f.py", "x\n\na\n", "x\n\nb\n", 0, context=(2, 0)),
        ),
        (
            "@@ -1,3 +1,3 @@\n-a\n+b\n\nx\n",
            diffed("f.py", "a\n\nx\n", "b\n\nx\n", 0, context=(0, 2)),
        ),
        ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", diffed("f.py", "a", "b\n", 0)),
        ("@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", diffed("f.py", "a\n", "b", 0)),
        (
            "@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline\n",
            diffed("f.py", "a\nc", "b\nc", 0, context=(0, 1)),
        ),
        (
            "@@ -1,2 +1,2 @@\n--- x\n+++ y\n z\n",
            diffed("f.py", "-- x\nz\n", "++ y\nz\n", 0, context=(0, 1)),
        ),
        ("@@ -1 +1 @@\n--- a/x\n+++ b/x\n", diffed("f.py", "-- a/x\n", "++ b/x\n", 0)),
    ],
)
def test_a_hunk_is_read_by_its_lines(hunk: str, block: Rewrite) -> None:
    found = both_ways(f"{F}diff\n--- a/f.py\n+++ b/f.py\n{hunk}{F}\n")
    assert found.blocks == (block,)


def test_a_diff_of_several_files_is_several_blocks() -> None:
    other = HEAD.replace("src/a.py", "b.py")
    expected = (PLAIN, PLAIN, diffed("b.py", *PLAIN_TEXTS, 4, context=(1, 1)))
    for gap in ("", "\n"):
        for fence in (f"{F}diff\n", ""):
            answer = f"{fence}{HEAD}{HUNK}{gap}{HUNK}{gap}{other}{HUNK}{fence and F}"
            assert both_ways(answer).blocks == expected
    miscounted = f"{F}diff\n{HEAD}@@ -5,9 +5,12 @@\n{BODY}{other}{HUNK}{F}\n"
    assert both_ways(miscounted).blocks == (PLAIN, expected[-1])


PLAIN_TEXTS = ("one\ntwo\nthree\n", "one\n2\nthree\n")


def test_a_diff_makes_removes_and_renames_files() -> None:
    answer = (
        f"{F}diff\ndiff --git a/new.py b/new.py\nnew file mode 100644\n--- /dev/null\n"
        "+++ b/new.py\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        "diff --git a/empty.py b/empty.py\nnew file mode 100644\nindex 000..e69\n"
        "diff --git a/old.py b/old.py\ndeleted file mode 100644\n--- a/old.py\n+++ /dev/null\n"
        "@@ -1 +0,0 @@\n-x\n"
        "diff --git a/was.py b/is.py\nsimilarity index 90%\nrename from was.py\n"
        f"rename to is.py\n--- a/was.py\n+++ b/is.py\n{HUNK}{F}\n"
    )
    diff = Format.UNIFIED_DIFF
    assert both_ways(answer).blocks == (
        WholeFile("new.py", diff, ("x\n", "y\n"), is_new=True),
        WholeFile("empty.py", diff, (), is_new=True),
        Delete("old.py", diff),
        Rename("was.py", "is.py", diff),
        diffed("was.py", *PLAIN_TEXTS, 4, context=(1, 1)),
    )


def test_a_new_file_in_a_bare_diff_needs_no_hunk_heading() -> None:
    found = both_ways("--- /dev/null\n+++ b/new.py\n+x\n+y\n\nDone.\n")
    assert found.blocks == (WholeFile("new.py", Format.UNIFIED_DIFF, ("x\n", "y\n"), is_new=True),)
    assert found.prose.strip() == "Done."


@pytest.mark.parametrize(
    "answer",
    [
        f"{F}diff\ndiff --git a/a.png b/a.png\nBinary files a/a.png and b/a.png differ\n{F}\n",
        f"a.py\n{F}diff\ndiff --git a.py\n@@ -1 +1 @@\n-a\n+b\n{F}\n",
        f"{F}diff\n{HEAD}{F}\n",
        f"{F}diff\n@@ -1 +1 @@\n{F}\n{F}diff\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n{F}\n",
    ],
)
def test_a_diff_that_says_nothing_is_refused(answer: str) -> None:
    assert len(both_ways(answer).refused) == 1


def test_a_diff_as_an_example_is_a_region() -> None:
    assert both_ways(f"Like so:\n{F}diff\n-a\n+b\n{F}\n").blocks == (
        Region("diff", ("-a\n", "+b\n")),
    )


def test_a_patch_file_is_a_file() -> None:
    text = f"{HEAD}{HUNK}"
    assert both_ways(f"fix.patch\n{F}diff\n{text}{F}\n").blocks == (whole("fix.patch", text),)


def test_a_yaml_file_and_a_rule_are_no_diffs() -> None:
    assert both_ways(f"{F}yaml\n--- # one\na: 1\n{F}\n").blocks == (
        Region("yaml", ("--- # one\n", "a: 1\n")),
    )
    answer = "One.\n\n---\n\n--- two\nThree.\n-- \n"
    assert both_ways(answer).prose == answer


PATCH = """*** Begin Patch
*** Add File: new.py
+x
+
+y
*** Update File: src/a.py
@@ class A:
@@     def f(self):
 one
-two
+2
 three
@@
-end
+END
*** End of File
*** Delete File: old.py
*** Update File: was.py
*** Move to: is.py
@@ -5,3 +5,3 @@
-a
+b
*** End Patch
"""
ENVELOPE = Format.BEGIN_PATCH
PATCHED = (
    WholeFile("new.py", ENVELOPE, ("x\n", "\n", "y\n"), is_new=True),
    Rewrite(
        "src/a.py",
        ENVELOPE,
        ("one\n", "two\n", "three\n"),
        ("one\n", "2\n", "three\n"),
        below=("class A:", "def f(self):"),
        context=(1, 1),
    ),
    Rewrite("src/a.py", ENVELOPE, ("end\n",), ("END\n",), at_end=True),
    Delete("old.py", ENVELOPE),
    Rename("was.py", "is.py", ENVELOPE),
    Rewrite("was.py", ENVELOPE, ("a\n",), ("b\n",), near=4),
)
PATCHES = {
    "bare": PATCH,
    "in a fence": f"{F}\n{PATCH}{F}\n",
    "in a fence of a language": f"{F}diff\n{PATCH}{F}\n",
    "in a heredoc": f"apply_patch <<'EOF'\n{PATCH}EOF\n",
    "in a heredoc in a fence": f"{F}bash\napply_patch <<'EOF'\n{PATCH}EOF\n{F}\n",
    "in a shell in a fence": f"{F}bash\nbash -lc \"apply_patch <<'EOF'\n{PATCH}EOF\"\n{F}\n",
    "without its beginning and end in a fence": f"{F}\n{PATCH[16:-14]}{F}\n",
    "blank lines between": PATCH.replace("\n*** ", "\n\n*** "),
    "carriage returns": PATCH.replace("\n", "\r\n"),
    "its end missing in a fence": f"{F}\n{PATCH[:-14]}{F}\n",
    "a plus missing": PATCH.replace("\n+\n", "\n\n"),
    "a space missing": PATCH.replace("\n three\n", "\nthree\n"),
}


@pytest.mark.parametrize("answer", PATCHES.values(), ids=PATCHES.keys())
def test_a_patch_envelope_is_read(answer: str) -> None:
    found = both_ways(f"Here:\n\n{answer}\nDone.\n")
    assert found.blocks == PATCHED
    assert found.prose == "Here:\n\n\nDone.\n"
    assert (found.cut, found.refused) == ((), ())


def test_an_envelope_without_its_beginning_ends_at_prose() -> None:
    found = both_ways("*** Update File: a.py\n@@\n-a\n+b\n\nThat is it.\n")
    assert found.blocks == (Rewrite("a.py", ENVELOPE, ("a\n",), ("b\n",)),)
    assert found.prose == "\nThat is it.\n"


def test_a_file_of_an_envelope_without_a_path_is_refused() -> None:
    assert len(both_ways("*** Begin Patch\n*** Add File:\n*** End Patch\n").refused) == 1


CUT = {
    "a whole file": (f"a.py\n{F}py\nx = 1\ny", whole("a.py", "x = 1\ny\n")),
    "a region": (f"{F}py\nx", Region("py", ("x\n",))),
    "a fence alone": (f"a.py\n{F}py", whole("a.py", "")),
    "a second half": ("a.py\n<<<<<<< SEARCH\na\n=======\nb", swap("a.py")),
    "a hunk": (
        f"{HEAD}@@ -5,3 +5,3 @@\n one\n-two\n",
        diffed("src/a.py", "one\ntwo\n", "one\n", 4, context=(1, 0)),
    ),
    "an envelope": (
        "*** Begin Patch\n*** Update File: a.py\n@@\n-a\n+b",
        Rewrite("a.py", ENVELOPE, ("a\n",), ("b\n",)),
    ),
    "an added file": (
        "*** Begin Patch\n*** Add File: a.py\n+a",
        WholeFile("a.py", ENVELOPE, ("a\n",), True),
    ),
}


@pytest.mark.parametrize(("answer", "block"), CUT.values(), ids=CUT.keys())
def test_a_block_that_the_answers_end_cuts_says_so(answer: str, block: Block) -> None:
    found = both_ways(answer)
    assert (found.blocks, found.cut, found.refused) == ((block,), (0,), ())


def test_reasoning_is_neither_prose_nor_block() -> None:
    thought = f"<think>\nHm: `a.py`\n{F}py\nno\n{F}\n{marked()}</think>"
    found = both_ways(f"{thought}\n\na.py\n{F}py\n{CODE}{F}\n")
    assert (found.reasoning, found.blocks) == (thought, (whole("a.py"),))
    assert found.prose == "\n\na.py\n"


def test_reasoning_that_never_ends_is_all_there_is() -> None:
    found = both_ways(f"<THINKING>a.py\n{F}py\n{CODE}{F}\n</think>")
    assert (found.prose, found.blocks) == ("", ())


def test_the_end_of_reasoning_refuses_the_blocks_before() -> None:
    found = both_ways(f"So a.py:\n{F}a.py\nno\n{F}\nGood.\n</think>\n{F}a.py\n{CODE}{F}\n")
    assert [one[0] for one in found.refused] == [0]
    assert found.blocks[1:] == (whole("a.py"),)
    assert "reasoning" in found.refused[0][1]


def test_talk_about_the_tags_is_prose() -> None:
    answer = f"Models write <think> and `</think>`.\n{F}a.py\n<think>\n{CODE}</think>\n{F}\n"
    found = both_ways(answer)
    assert found.blocks == (whole("a.py", f"<think>\n{CODE}</think>\n"),)
    assert found.refused == ()


def test_prose_streams_as_it_comes() -> None:
    pieces = ["He", "llo", " `", "x`", "\n", "- it", "em **b", "old**\n", "1. o", "ne\n"]
    assert "".join(e.text for e in events_of(pieces) if isinstance(e, Prose)) == "".join(pieces)
    told = [events_of(pieces[:size])[-1] for size in range(1, 4)]
    assert told == [Prose("He"), Prose("llo"), Prose(" `")]


def test_a_block_tells_of_its_growth_by_whole_lines() -> None:
    reader_events = events_of([f"a.py\n{F}py\n", "x = 1\ny", " = 2\n", f"{F}\n"])
    assert reader_events[1:] == [
        BlockGrew(0, whole("a.py")),
        BlockGrew(0, whole("a.py", "x = 1\ny = 2\n")),
        BlockEnded(0, whole("a.py", "x = 1\ny = 2\n")),
    ]


def test_a_block_changes_nothing_before_its_second_half() -> None:
    events = events_of(
        ["a.py\n<<<<<<< SEARCH\n", "a\n", "c\n", "=======\n", "b\n", ">>>>>>> REPLACE\n"]
    )
    assert [event.block for event in events if isinstance(event, BlockGrew)] == [
        swap("a.py", "a\n", "a\n"),
        swap("a.py", "a\nc\n", "a\nc\n"),
        swap("a.py", "a\nc\n", ""),
        swap("a.py", "a\nc\n", "b\n"),
    ]


def test_what_grew_can_be_looked_at_later() -> None:
    events = [e for e in events_of(PATCH.splitlines(keepends=True)) if isinstance(e, BlockGrew)]
    shown = [event.block for event in events]
    again = [
        e.block
        for e in reversed(events_of(PATCH.splitlines(keepends=True)))
        if isinstance(e, BlockGrew)
    ]
    assert shown == again[::-1]


def test_numbers_follow_the_order_of_the_blocks() -> None:
    answer = f"{F}py\n{CODE}{F}\n{marked()}a.py\n{marked()}"
    events = [e for e in events_of([answer]) if isinstance(e, BlockEnded | BlockRefused)]
    assert [event.number for event in events] == [0, 1, 2]
    assert isinstance(events[1], BlockRefused)
