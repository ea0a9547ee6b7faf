"""Where the code is that a failing test is about."""

import pytest

from spark_desktop.domain.failing_code import headers_included


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
