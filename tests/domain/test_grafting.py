"""Only the body of an answer for a stub is taken."""

import pytest

from spark_desktop.domain.grafting import Grafted, alone, with_body_of, with_imports

STUB = 'def counts(text: str) -> dict[str, int]:\n    """Count words."""\n    pass\n'
ANSWER = """\
from collections import Counter
from typing import Dict


def counts(text: str) -> Dict[str, int]:
    # in lower case
    return Counter(text.lower().split())
"""


def test_the_authors_lines_stay_and_imports_that_the_body_needs_come_along():
    assert with_body_of(STUB, ANSWER) == Grafted(
        'def counts(text: str) -> dict[str, int]:\n    """Count words."""\n'
        "    # in lower case\n    return Counter(text.lower().split())\n",
        ("from collections import Counter",),
    )


def test_a_docstring_that_was_written_anew_is_left_out():
    answer = ANSWER.replace("    # in", '    """Count all words."""\n    # in')
    assert '"""Count words."""\n    # in lower case\n' in with_body_of(STUB, answer).text
    assert "all words" not in with_body_of(STUB, answer).text


def test_a_method_keeps_its_indent_and_its_decorators():
    stub = "    @property\n    def one(self):\n        # TODO\n        ...\n"
    answer = "@property\ndef one(self):\n    if self:\n        return 1\n\n    return 2\n"
    assert with_body_of(stub, answer).text == (
        "    @property\n    def one(self):\n"
        "        if self:\n            return 1\n\n        return 2\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER.replace("def counts(text", "def count(text"),
        ANSWER.replace("(text: str)", "(text: str, most=1)"),
        ANSWER.replace("Counter(text", "more(text") + "\n\ndef more():\n    pass\n",
        "def counts(text: str) -> dict: return {}\n",
        "def counts(text:\n",
        "",
    ],
    ids=["another name", "more parameters", "two functions", "one line", "broken", "nothing"],
)
def test_what_is_not_the_same_function_is_not_taken_apart(answer):
    assert with_body_of(STUB, answer) is None


@pytest.mark.parametrize(
    ("content", "after"),
    [
        ("import os\n\nx = 1\n", "import os\nimport re\n\nx = 1\n"),
        ('"""Doc."""\n\n\nx = 1\n', '"""Doc."""\n\nimport re\n\n\nx = 1\n'),
        ("#!/bin/py\nx = 1\n", "#!/bin/py\n\nimport re\n\nx = 1\n"),
        ("x = 1\n", "import re\n\nx = 1\n"),
        ("x = 1\nimport re\n", "x = 1\nimport re\n"),
        ("import os\r\nx = 1\r\n", "import os\r\nimport re\r\nx = 1\r\n"),
        ("x = (\n", "x = (\n"),
    ],
)
def test_imports_go_where_a_file_has_its_own(content, after):
    assert with_imports(content, ("import re",)) == after


def test_blanks_in_empty_lines_go_but_not_from_a_long_string():
    stub = "def one():\n    pass\n"
    blank = "def one():\n    x = 1\n    \n    return x\n"
    assert with_body_of(stub, blank).text == "def one():\n    x = 1\n\n    return x\n"
    quoted = 'def one():\n    return """a\n    \n"""\n'
    assert with_body_of(stub, quoted).text == quoted


METHOD = "    def pay(self, cents):\n        self.sum = cents\n"
OUTSIDE = "class Account:\n    pass\n\n\nclass NotEnough(Exception):\n    pass\n"


@pytest.mark.parametrize(
    "answer",
    [
        "class Account:\n    def pay(self, cents):\n        self.sum += cents\n",
        "class NotEnough(Exception):\n    pass\n\n\ndef pay(self, cents):\n    self.sum += cents\n",
        "class Bank:\n    x = 1\n\n    def pay(self, cents):\n        self.sum += cents\n",
    ],
    ids=["its class", "another class", "a class of another name"],
)
def test_of_an_answer_that_repeats_what_is_around_the_function_alone_is_taken(answer):
    assert alone(METHOD, answer, OUTSIDE).text == METHOD.replace("= cents", "+= cents")


@pytest.mark.parametrize(
    "around",
    ["RATE = 3\n\n\n{}", "{}\n\nresult = pay(None, 3)\nprint(result)\n"],
    ids=["a constant of the file", "a use of the function"],
)
def test_values_that_the_file_has_or_that_only_try_the_function_go(around):
    function = "def pay(self, cents):\n    self.sum += cents * RATE\n"
    found = alone(METHOD, around.format(function), f"RATE: int = 3\n{OUTSIDE}")
    assert found.text == METHOD.replace("= cents", "+= cents * RATE")


def test_a_body_that_needs_a_value_beside_it_is_not_taken_without_it():
    stub = "def one():\n    pass\n"
    assert with_body_of(stub, "LIMIT = 3\n\n\ndef one():\n    return LIMIT\n") is None


def test_new_methods_and_values_of_the_class_that_the_method_uses_come_with_it():
    answer = (
        "class Account:\n    RATE = 3\n    UNUSED = 4\n\n    def pay(self, cents):\n"
        "        self.sum += self._rated(cents)\n\n    def close(self):\n        pass\n\n"
        "    @staticmethod\n    def _rated(cents):\n        return cents * Account.RATE\n"
    )
    assert alone(METHOD, answer, OUTSIDE + "    def close(self):\n        pass\n").text == (
        "    RATE = 3\n\n    def pay(self, cents):\n        self.sum += self._rated(cents)\n\n"
        "    @staticmethod\n    def _rated(cents):\n        return cents * Account.RATE\n"
    )


def test_imports_that_the_function_needs_come_with_it():
    answer = "import math\nimport os\n\nclass Account:\n    def pay(self, a):\n        math.pi\n"
    assert alone(METHOD, answer, OUTSIDE).imports == ("import math",)


@pytest.mark.parametrize(
    "answer",
    [
        "def pay(self, cents):\n    self.sum += cents\n",
        "def more():\n    pass\n\n\ndef pay(self, cents):\n    more()\n",
        "def give(self, cents):\n    pass\n",
        "def pay(self, cents:\n",
        "RATE = 3\n\n\ndef pay(self, cents):\n    self.sum += cents\n",
        "_seen = {}\n\n\ndef pay(self, cents):\n    _seen[cents] = 1\n",
        "try:\n    import a as m\nexcept ImportError:\n    m = None\n\n\n"
        "def pay(self, cents):\n    m.pay(cents)\n",
    ],
    ids=[
        "nothing else",
        "a new function",
        "another one",
        "broken",
        "a new constant",
        "a value that it uses",
        "an import that may fail",
    ],
)
def test_an_answer_that_is_or_brings_something_else_is_taken_as_it_is(answer):
    assert alone(METHOD, answer, OUTSIDE) is None
