"""Comments by markers, for languages without a grammar, and runs of line comments."""

import pytest

from spark_desktop.adapters.comments import Comment, comments_by_markers, runs
from spark_desktop.domain.ai_comment import parse_ai_comment
from spark_desktop.domain.trigger import Span


def asked(path: str, content: str) -> list[tuple[str, Span]]:
    found = []
    for comment in runs(comments_by_markers(path, content)):
        said = parse_ai_comment(comment.text)
        if said is not None:
            found.append((said.text, comment.lines))
    return found


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.html", "<!-- do it AI! -->"),
        ("a.css", "/* do it AI! */"),
        ("a.css", "a { color: red } /* do it AI! */"),
        ("a.sql", "SELECT 1 -- do it AI!"),
        ("a.lua", "local x = 1 -- do it AI!"),
        ("a.lua", "--[[ do it AI! ]]"),
        ("a.yaml", "key: 'a # b' # do it AI!"),
        ("a.toml", 'key = "#fff" # do it AI!'),
        ("a.ini", "; do it AI!"),
        ("Makefile", "all: x # do it AI!"),
        ("Dockerfile", "# do it AI!"),
        ("a.vim", '" do it AI!'),
        ("a.tex", "text % do it AI!"),
        ("a.hs", "x = 1 -- do it AI!"),
        ("a.kt", "val x = 1 // do it AI!"),
        ("a.el", ";; do it AI!"),
        ("a.bat", "REM do it AI!"),
        ("a.vb", "' do it AI!"),
        ("a.md", "<!-- do it AI! -->"),
        ("a.unknown", "  # do it AI!"),
        ("a.unknown", "// do it AI!"),
    ],
)
def test_a_comment_is_found_by_the_languages_markers(path: str, line: str) -> None:
    assert asked(path, f"\n{line}\nlast\n") == [("do it", Span(1, 2))]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.yaml", 'key: "x # do it AI!"'),
        ("a.sql", "SELECT '-- do it AI!'"),
        ("a.lua", 'x = "-- do it AI!"'),
        ("a.html", "see https://x.y/z do it AI!"),
        ("a.md", "# Do it AI!"),
        ("a.txt", "# do it AI!"),
        ("a.json", '{"a": "// do it AI!"}'),
        ("a.unknown", "it is # do it AI!"),
    ],
)
def test_what_only_looks_like_a_comment_asks_for_nothing(path: str, line: str) -> None:
    assert asked(path, f"{line}\n") == []


def test_a_block_over_lines_has_all_of_them() -> None:
    content = "a {}\r\n/* do it\r\n   here AI! */\r\nb {}\r\n"
    assert asked("a.css", content) == [("do it\nhere", Span(1, 3))]


def test_an_open_block_is_no_comment() -> None:
    assert asked("a.css", "/* do it AI!\n") == []


def test_line_comments_below_each_other_are_one() -> None:
    assert asked("a.lua", "-- first\n-- second AI!\nx = 1\n") == [("first\nsecond", Span(0, 2))]


def test_an_indented_line_comment_begins_another() -> None:
    assert asked("a.lua", "-- first\n  -- second AI!\n") == [("second", Span(1, 2))]


def test_a_comment_after_code_stands_alone() -> None:
    content = "x = 1 -- first\n-- second AI!\n"
    assert asked("a.lua", content) == [("second", Span(1, 2))]


def test_two_instructions_below_each_other_stay_two() -> None:
    content = "-- first AI!\n-- more of\n-- the second AI!\n-- rest\n"
    assert asked("a.lua", content) == [
        ("first", Span(0, 1)),
        ("more of\nthe second", Span(1, 3)),
    ]


def test_an_instruction_above_a_remark_is_heard() -> None:
    assert asked("a.lua", "-- do it AI!\n-- a remark\n") == [("do it", Span(0, 1))]


def test_the_column_counts_bytes_as_the_grammars_do() -> None:
    (comment,) = comments_by_markers("a.lua", 'x = "é" -- c\n')
    assert comment == Comment("-- c", Span(0, 1), 9, alone=False, block=False)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("# What it is.\n# AI? how long?\n", [("how long?", Span(1, 2))]),
        ("# What it is.\n# AI! sort them\n# by name\n", [("sort them\nby name", Span(1, 3))]),
        (
            "# What it is.\n# AI! sort them\n# AI? why?\n",
            [("sort them", Span(1, 2)), ("why?", Span(2, 3))],
        ),
        ("# AI! sort them\n# by name\n", [("sort them\nby name", Span(0, 2))]),
        ("# Sort them\n# by name, AI!\n", [("Sort them\nby name", Span(0, 2))]),
    ],
)
def test_a_line_that_begins_with_its_mark_begins_a_comment_of_its_own(content, found):
    assert asked("a.yaml", content) == found
