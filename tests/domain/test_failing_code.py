"""Where the code is that a failing test is about."""

import pytest

from spark_desktop.domain.failing_code import headers_included, names_called


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("trap.hpp", ("src/trap.hpp",)),
        ("../include/trap.hpp", ("include/trap.hpp",)),
        ("../../trap.hpp", ()),
        ("/usr/include/trap.hpp", ()),
        ("", ()),
        (f"{'a' * 300}.hpp", ()),
    ],
)
def test_only_headers_of_the_workspace_are_named(written, found):
    assert headers_included("src/trap.cpp", f'#include "{written}"\n#include <map>\n') == found


def test_only_c_and_c_plus_plus_include():
    assert headers_included("a.py", '#include "trap.hpp"\n') == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("    text.lines().filter_map(read).collect()", ("filter_map", "collect", "lines", "read")),
        ("    parts.map(Layer::of)", ("map", "of")),
        ("    return sorted(stones, key=weight)", ("sorted", "stones", "weight")),
        ("    return lines.map(this.parse, 1)", ("map", "parse")),
    ],
)
def test_a_function_that_is_only_handed_over_comes_after_those_that_are_called(line, names):
    found = names_called([line], 0)
    assert sorted(found) == sorted(names)
    assert found[-1] == names[-1]
