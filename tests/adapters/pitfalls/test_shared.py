"""What the rules for traps share: ends of lines, imports, and ways out that exclude one another."""

import pytest

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    each_then_all,
    each_way,
    importing,
    is_exact,
)
from spark_desktop.domain.go_imports import with_go_imports
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


def code_of(text, path="a.go"):
    return Code(Parsing().parse(path, text).root, text, Span(0, len(split_lines(text))))


def mended(text, old, new):
    """Return the texts of a rule that puts one text in the place of another, with imports."""
    place = text.index(old)
    change = SmallChange(place, place + len(old), new, place=7)
    found = list(importing(lambda code: iter([change]), with_go_imports)(code_of(text)))
    assert [one.place for one in found] == [7]
    return [one.applied(text) for one in found]


MIXED = "package a\n\nfunc f() {\r\n\tx()\r\n}\r\n\nfunc g() {\n\ty()\n}\n"


def test_what_needs_no_import_leaves_all_other_lines_as_they_end():
    assert mended(MIXED, "x()", "z()") == [MIXED.replace("x()", "z()")]


def test_an_import_ends_as_most_lines_do_and_all_others_stay():
    after = MIXED.replace("y()", "sort.Ints(y)")
    head, new = "package a\n", 'package a\n\nimport "sort"\n'
    assert mended(MIXED, "y()", "sort.Ints(y)") == [after.replace(head, new, 1)]


def test_an_import_that_is_needed_no_more_goes_with_the_last_use():
    head = 'package a\r\n\r\nimport (\r\n\t"fmt"\r\n\t"sort"\r\n)\n'
    text = f"{head}\nfunc f() {{\n\tsort.Ints(fmt.X)\n}}\n"
    after = text.replace('\t"sort"\r\n', "").replace("sort.Ints(fmt.X)", "use(fmt.X)")
    assert mended(text, "sort.Ints(fmt.X)", "use(fmt.X)") == [after]


@pytest.mark.parametrize(
    ("text", "end"), [("a\r\nb\nc\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a", "\n")]
)
def test_a_new_line_ends_as_most_do(text, end):
    assert code_of(text).newline == end


def texts(changes, text):
    return [one.applied(text) for one in changes]


def test_all_comes_first_of_what_is_wrong_and_last_of_what_may_be_meant():
    code, groups = code_of("a b"), [[(0, 1, "A")], [(2, 3, "B")]]
    assert texts(all_then_each(code, groups), "a b") == ["A B", "A b", "a B"]
    assert texts(each_then_all(code, groups), "a b") == ["A b", "a B", "A B"]


def test_ways_out_of_one_place_have_the_same_place():
    places = [[[(0, 1, "A")], [(0, 1, "1")]], [[(2, 3, "B")], [(2, 3, "2")]]]
    found = list(each_way(code_of("a b"), places))
    assert texts(found, "a b") == ["A b", "1 b", "a B", "a 2", "A B", "1 2"]
    assert [one.place for one in found] == [0, 0, 2, 2, 4, 4]


@pytest.mark.parametrize("name", ["token", "user.apiKey", "userID", "password_hash", "s.Secrets"])
def test_the_capitals_of_secrets_and_ids_count(name):
    code = code_of(f"package a\n\nvar x = {name}\n")
    assert is_exact(code, code.root)
    assert not is_exact(code, code.root.children[0])
