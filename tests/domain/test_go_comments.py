"""Documentation of Go: new comments get the form that its tools read, and others stay."""

import pytest

from spark_desktop.domain.go_comments import go_documented

FUNC = "func (b *Bag) Take(count int) (int, error) {\n\treturn 0, nil\n}\n"
BLOCK = """\
/**
 * Takes marbles out of the bag.
 * The bag may get empty.
 *
 * @param count The number of marbles.
 * @return How many were taken.
 * @throws error If the count is negative.
 */
"""
LINES = """\
// Take takes marbles out of the bag.
// The bag may get empty.
//
// count is the number of marbles.
// It returns how many were taken.
// It returns an error if the count is negative.
"""


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        (BLOCK, LINES),
        ("// Takes marbles out.\n", "// Take takes marbles out.\n"),
        ("// This method takes marbles out.\n", "// Take takes marbles out.\n"),
        ("/* Take gives marbles. */\n", "// Take gives marbles.\n"),
        ("/* Marbles. */\n", "// Marbles.\n"),
        ("//\n// Takes.\n", "//\n// Takes.\n"),
        ("// Take takes marbles.\n//\n// @see Bag\n", "// Take takes marbles.\n//\n// @see Bag\n"),
        ("// Class of all bags.\n", "// Class of all bags.\n"),
        ("//go:noinline\n// Takes marbles.\n", "//go:noinline\n// Takes marbles.\n"),
        ("", ""),
    ],
)
def test_a_new_comment_begins_with_the_name(comment, told):
    assert go_documented(comment + FUNC, FUNC) == told + FUNC


def test_comments_of_before_and_those_within_stay():
    inside = FUNC.replace("\treturn", "\t// Returns nothing.\n\treturn")
    assert go_documented(inside, FUNC) == inside
    known = "// Takes marbles out.\n" + FUNC
    assert go_documented(known, known) == known
    typed = go_documented("// Holds marbles.\r\ntype Bag struct{}\r\n", "")
    assert typed == "// Bag holds marbles.\r\ntype Bag struct{}\r\n"
