import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.mentions import (
    Mention,
    alone,
    best_paths,
    mention_at,
    refs_in,
    without,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@", Mention(0, 1, "")),
        ("see @par", Mention(4, 8, "par")),
        ("see (@par", Mention(5, 9, "par")),
        ("@file:src/pa", Mention(0, 12, "src/pa", ItemKind.FILE)),
        ("@folder:", Mention(0, 8, "", ItemKind.FOLDER)),
        ("@Symbol:parse", Mention(0, 13, "parse", ItemKind.SYMBOL)),
        ("@diff", Mention(0, 5, "diff")),
        ("@other:x", Mention(0, 8, "other:x")),
        ("me@example.org", None),
        ("@done ", None),
        ("nothing", None),
    ],
)
def test_a_mention_is_the_at_word_before_the_cursor(text: str, found: Mention | None) -> None:
    assert mention_at(text, len(text)) == found


@given(st.text("ab @:\n", max_size=12), st.integers(0, 12))
def test_taking_a_mention_out_leaves_the_rest(text: str, cursor: int) -> None:
    mention = mention_at(text, min(cursor, len(text)))
    if mention is not None:
        rest, place = without(text, mention)
        assert rest[:place] == text[: mention.start]
        # Of two blanks that would meet, one goes.
        behind = text[mention.end :]
        assert rest[place:] in (behind, behind.removeprefix(" "))


def test_no_double_blank_stays_where_a_mention_stood() -> None:
    text = "look @par now"
    mention = mention_at(text, 9)
    assert mention is not None
    assert without(text, mention) == ("look now", 5)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [("", ["diff", "clipboard"]), ("cl", ["clipboard"]), ("dif", ["diff"]), ("x", [])],
)
def test_diff_and_clipboard_are_offered_by_their_beginning(query: str, kinds: list[str]) -> None:
    assert [ref.kind.value for ref in alone(Mention(0, 1, query))] == kinds
    assert alone(Mention(0, 1, query, ItemKind.FILE)) == []


def test_the_closest_paths_come_first() -> None:
    paths = ["src/deep/parser.py", "parser.py", "src/my_parser.py", "parse/x.py", "p_a_r.py", "z"]
    assert best_paths(paths, "par", 9) == [
        "parser.py",
        "src/deep/parser.py",
        "parse/x.py",
        "src/my_parser.py",
        "p_a_r.py",
    ]
    assert best_paths(paths, "par", 1) == ["parser.py"]


@pytest.mark.parametrize(
    ("ref", "label", "mention"),
    [
        (ItemRef(ItemKind.FILE, "src/a.py"), "a.py", "@file:src/a.py"),
        (ItemRef(ItemKind.OPEN, "src/a.py"), "a.py", "@open"),
        (ItemRef(ItemKind.FOLDER, "src"), "src/", "@folder:src"),
        (ItemRef(ItemKind.SYMBOL, "src/a.py", "parse"), "parse", "@symbol:parse"),
        (ItemRef(ItemKind.DIFF), "diff", "@diff"),
        (ItemRef(ItemKind.CLIPBOARD, text="x"), "clipboard", "@clipboard"),
        (ItemRef(ItemKind.TEXT, text="one\n two"), "one two", "@text"),
        (ItemRef(ItemKind.TEXT, text="word " * 20), "word word word word wor…", "@text"),
    ],
)
def test_an_item_has_a_short_name(ref: ItemRef, label: str, mention: str) -> None:
    assert (ref.label, ref.mention) == (label, mention)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Why @file:src/a.py?", ["@file:src/a.py"]),
        ("@folder:src/ and @diff, twice @diff", ["@folder:src", "@diff"]),
        ("@file:", []),
        ("me@file:a @different @symbol:x", []),
    ],
)
def test_items_that_are_written_out_are_found(text: str, mentions: list[str]) -> None:
    assert [ref.mention for ref in refs_in(text)] == mentions
