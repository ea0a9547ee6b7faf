"""An answer stays inside the region that was asked for."""

import pytest

from spark_desktop.domain.clipping import clipped, strays, surroundings, with_explanation

BEFORE = "import math\n\n\ndef mean(values):\n    return sum(values) / len(values)\n\n\n"
REGION = "def largest(values):\n    return max(values)\n"
AFTER = "\n\ndef smallest(values):\n    return min(values)\n"
NEW = "def largest(values):\n    if not values:\n        return 0\n    return max(values)\n"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NEW, NEW),
        (BEFORE + NEW, NEW),
        (NEW + AFTER, NEW),
        (BEFORE + NEW + AFTER, NEW),
        ("def mean(values):\n    return 1\n\n\n" + NEW, NEW),
        ("import decimal\n\n\n" + NEW, "import decimal\n\n\n" + NEW),
        (NEW + "\n\ndef helper():\n    return 1\n", NEW + "\n\ndef helper():\n    return 1\n"),
        ("", ""),
    ],
    ids=[
        "only the region",
        "the file's head repeated",
        "the file's tail repeated",
        "the whole file",
        "another function, changed",
        "a new import",
        "a new function",
        "nothing",
    ],
)
def test_repeated_surroundings_are_cut_off_and_new_code_stays(answer, expected):
    result = clipped(answer, REGION, BEFORE + AFTER)
    assert result == expected
    assert strays(result, REGION, BEFORE + AFTER) == ""


def test_an_answer_about_another_function_is_a_stray():
    other = "def mean(values):\n    return 0\n"
    assert clipped(other, REGION, BEFORE + AFTER) == other
    assert strays(other, REGION, BEFORE + AFTER) == "def mean(values):"


def test_statements_that_occur_elsewhere_too_are_no_strays():
    region = "    total = compute(one)\n    return total\n"
    outside = "def other():\n    if ready(one):\n        return compute(one)\n"
    answer = "    if ready(one):\n        return compute(one)\n"
    assert clipped(answer, region, outside) == answer
    assert strays(answer, region, outside) == ""


@pytest.mark.parametrize("line", ["from decimal import Decimal", "import math", "import math, re"])
def test_an_import_that_the_file_has_already_is_dropped(line):
    outside = "from decimal import ROUND_HALF_UP, Decimal\nimport re, math\n"
    assert clipped(f"{line}\n\n{NEW}", REGION, outside) == NEW


def test_an_import_of_something_new_stays_beside_one_that_is_dropped():
    answer = "from decimal import Decimal\nfrom decimal import Context\n\n" + NEW
    kept = clipped(answer, REGION, "from decimal import Decimal\n")
    assert kept == "from decimal import Context\n\n" + NEW


def test_raising_what_others_raise_too_is_no_definition():
    region = "def one(values):\n    pass\n"
    outside = 'def two(values):\n    if not values:\n        raise ValueError("none")\n'
    answer = (
        'def one(values):\n    if not values:\n        raise ValueError("none")\n    return 1\n'
    )
    assert clipped(answer, region, outside) == answer


def test_a_method_of_a_brace_language_keeps_to_itself():
    region = "    int area() {\n        return w * h;\n    }\n"
    outside = "class Box {\n    int edge() {\n        return w + h;\n    }\n}\n"
    answer = "class Box {\n    int area() {\n        return w * h * 1;\n    }\n    int edge() {\n"
    assert (
        clipped(answer, region, outside) == "    int area() {\n        return w * h * 1;\n    }\n"
    )


OTHERS = {
    "a method of another class": (
        "class A:\n    def str(self):\n        return 1\n\n\n",
        "class B:\n    x = 1\n",
        "class B:\n    x = 1\n\n    def str(self):\n        return 2\n\n    def more(self): ...\n",
    ),
    "a method beside one of another class": (
        "class A:\n    def str(self):\n        return 1\n\n\nclass B:\n",
        "    def one(self):\n        return 1\n",
        "    def one(self):\n        return 2\n\n    def str(self):\n        return 1\n",
    ),
    "an import within another function": (
        "def f():\n    import json\n\n\n",
        "def g():\n    return 1\n",
        "def g():\n    import json\n\n    return json\n",
    ),
    "an import of the file within the function": (
        "import json\n\n\n",
        "def g():\n    return 1\n",
        "def g():\n    import json\n\n    return json\n",
    ),
    "the one method of a trait": (
        "impl Display for A {\n    fn fmt(&self) -> Result {\n        Ok(())\n    }\n}\n\n",
        "struct B;\n",
        "struct B;\n\nimpl Display for B {\n    fn fmt(&self) -> Result {\n        Ok(1)\n    }\n}",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_stands_alike_in_another_place_is_not_cut_off(case: str) -> None:
    head, region, answer = OTHERS[case]
    around = surroundings(head.splitlines(keepends=True), region, [])
    assert clipped(answer, region, around) == answer
    assert strays(answer, region, around) == ""


def test_neighbours_of_a_method_are_its_surroundings_also_behind_a_label() -> None:
    head = ["class A {\n", "  int a() {\n", "    return 1;\n", "  }\n", "public:\n"]
    tail = ["  int c() {\n", "  }\n", "};\n", "class B {\n", "  int d() {\n", "  }\n", "};\n"]
    around = surroundings(head, "  int b() {\n  }\n", tail)
    assert "int a()" in around
    assert "int c()" in around
    assert "int d()" not in around


def test_the_comment_above_is_kept_where_the_answer_left_it_out() -> None:
    region = "// Says\n// it.\nfunction f() {\n}\n"
    answer = "function f() {\n  // here\n  return 1;\n}\n"
    assert with_explanation(answer, region) == "// Says\n// it.\n" + answer
    written = "// Says more.\n" + answer
    assert with_explanation(written, region) == written
    assert with_explanation(answer, answer) == answer
    assert with_explanation("", region) == ""
    assert with_explanation("int f();\n", "#include <a>\nint f();\n") == "int f();\n"
