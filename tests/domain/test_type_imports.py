"""Imports that only annotations need."""

import pytest

from spark_desktop.domain.type_imports import imports_for_types, without_type_imports

CODE = "import os\n\n\ndef f(rows):\n    return os.sep.join(rows)\n"
TYPED = CODE.replace("f(rows)", "f(rows: Iterable[str])")
IMPORT = "from collections.abc import Iterable\n"


@pytest.mark.parametrize(
    "line", [IMPORT, "from typing import Iterable\n", "from __future__ import annotations\n"]
)
def test_an_import_for_types_alone_is_left_out(line):
    assert without_type_imports(CODE, line + TYPED) == TYPED


def test_a_type_that_is_a_text_needs_its_import_as_well():
    text = TYPED.replace("Iterable[str]", '"Iterable[str]"')
    assert without_type_imports(CODE, IMPORT + text) == text


@pytest.mark.parametrize(
    "after",
    [
        "import sys\n" + TYPED,
        IMPORT + CODE,
        IMPORT + TYPED.replace("return ", "print(Iterable)\n    return "),
        IMPORT.replace("\n", "; print(1)\n") + TYPED,
        IMPORT + "def f(:\n",
    ],
    ids=["of nothing", "unused", "of the code", "more on the line", "broken"],
)
def test_any_other_import_stays(after):
    assert without_type_imports(CODE, after) == after


def test_what_was_imported_before_stays():
    assert without_type_imports(IMPORT + CODE, IMPORT + TYPED) == IMPORT + TYPED


def test_the_imports_of_an_answer_that_types_use_are_told():
    answer = IMPORT + "import json\n" + TYPED
    assert imports_for_types("    def f(a: Iterable[int]): ...\n", answer) == (IMPORT.strip(),)
    assert imports_for_types("def f(a): return Iterable\n", answer) == ()
    assert imports_for_types("def f(:\n", answer) == ()
