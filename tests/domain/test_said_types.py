"""Types that a docstring tells, written into the signature."""

import pytest

from spark_desktop.domain.said_types import with_exact_result, with_said_types


def written(*lines):
    """Return a docstring as it stands in a function."""
    return "".join(f"    {line}".rstrip() + "\n" for line in ('"""Go.', "", *lines, '"""'))


IT = ("Returns:", "    int: It.")
GOOGLE = written(
    *("Args:", "    a (int): One.", "    b (list[str], optional): More."),
    *("", "Returns:", "    float: It."),
)
NUMPY = written(
    *("Parameters", "----------", "a : int", "    One.", "b : list[str]"),
    *("", "Returns", "-------", "float", "    It."),
)
SPHINX = written(*(":param int a: One.", ":param b: More.", ":type b: list[str]", ":rtype: float"))
LOOSE = written(
    *("Parameters:", "a (int): One.", "- b (list[str]): More.", "", "Returns:", "float: It.")
)


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, SPHINX, LOOSE])
@pytest.mark.parametrize("indent", ["", "    "])
def test_each_style_is_read_and_only_the_signature_changes(doc, indent):
    text = f"def f(a, b=None):\n{doc}    return a  # so\n"
    text = "".join(f"{indent}{line}\n" if line else "\n" for line in text.splitlines())
    found = with_said_types(text)
    assert found == text.replace(
        "def f(a, b=None):", "def f(a: int, b: list[str] | None = None) -> float:"
    )


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    return a\n",
        f"def f(a):\n{written(*IT)}    return a\n",
        f"def f(a):\n{written('Args:', '    a (int): It.')}    return a\n",
        f"def f(a):\n{written('Args:', '    a (Path): It.', *IT)}    return a\n",
        f"def f(*a):\n{written(*IT)}    return a\n",
        f"def f(a: int) -> int:\n{written()}    return a\n",
        "not python (",
    ],
)
def test_what_is_not_told_of_all_is_left(text):
    assert with_said_types(text) is None


@pytest.mark.parametrize(
    ("told", "written_as"),
    [
        ("integer", "int"),
        ("string", "str"),
        ("list of floats", "list[float]"),
        ("list of str", "list[str]"),
        ("List[int]", "list[int]"),
        ("Dict[str, List[int]]", "dict[str, list[int]]"),
        ("Optional[str]", "str | None"),
        ("str or None", "str | None"),
        ("int | None", "int | None"),
        ("tuple[int, ...]", "tuple[int, ...]"),
        ("tuple[int, str, float]", "tuple[int, str, float]"),
    ],
)
def test_a_type_in_words_or_of_typing_is_written_as_an_annotation(told, written_as):
    doc = written("Args:", f"    a ({told}): One.", "", "Returns:", f"    {told}: It.")
    found = with_said_types(f"def f(a):\n{doc}    return a\n")
    assert found is not None
    assert found.startswith(f"def f(a: {written_as}) -> {written_as}:\n")


@pytest.mark.parametrize("told", ["number", "the amount", "int, str", "Path", "list of things"])
def test_what_is_no_type_or_needs_an_import_is_not_written(told):
    doc = written("Args:", f"    a ({told}): One.", "", "Returns:", f"    {told}: It.")
    assert with_said_types(f"def f(a):\n{doc}    return a\n") is None


def test_what_stands_in_the_signature_stays_as_it_is_written():
    doc = written("Args:", "    mask (int): It.", "    name (string): It.", *("", *IT))
    text = f"def f(mask=0xFF_00, *, name = 'ä'):  # noqa: D417\n{doc}    return mask\n"
    assert with_said_types(text) == text.replace(
        "mask=0xFF_00, *, name = 'ä'):", "mask: int = 0xFF_00, *, name: str = 'ä') -> int:"
    )


@pytest.mark.parametrize(
    "type_",
    [
        *("int[str]", "int.str", "list[int[str]]", "(int)(str)"),
        *("dict[str]", "list[int, str]", "set[int, int]", "None | None", "list[...]"),
    ],
)
def test_what_cannot_be_evaluated_is_no_type(type_):
    text = f"def f(a):\n{written('Args:', f'    a ({type_}): It.', '', *IT)}    return a\n"
    assert with_said_types(text) is None


def test_a_type_behind_a_bracket_in_a_default_is_found():
    doc = written("Args:", "    a (str): It.", "", *IT)
    text = f'def f(a="):"):\n{doc}    return a\n'
    assert with_said_types(text) == text.replace('a="):"):', 'a: str = "):") -> int:')


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("def f(a) -> tuple:", "def f(a) -> tuple[str, int]:"),
        ("    def f(ä) -> tuple:  # so", "    def f(ä) -> tuple[str, int]:  # so"),
        ("def f(a) -> tuple[str, str]:", "def f(a) -> tuple[str, str]:"),
        ("def f(a):", "def f(a):"),
    ],
)
def test_a_tuple_says_what_it_holds(head, wanted):
    indent = " " * (len(head) - len(head.lstrip()))
    body = f"\n{indent}    return str(a), int(a)\n"
    assert with_exact_result(head + body, "") == wanted + body
    unknown = f"{head}\n{indent}    return a\n"
    assert with_exact_result(unknown, "") == unknown


def test_a_list_says_what_it_holds_with_the_imports_of_the_file():
    text = "def f(a: int) -> list:\n    found = []\n    found.append(gcd(a, 2))\n    return found\n"
    assert with_exact_result(text, "from math import gcd\n") == text.replace("list:", "list[int]:")
    assert with_exact_result(text, "from math import (\n") == text
    may_be_none = "def f(a: int) -> list:\n    if a:\n        return [a]\n"
    assert with_exact_result(may_be_none, "") == may_be_none


def test_the_type_of_the_result_is_seen_in_the_code():
    text = 'def f(a: int):\n    """Return the next one."""\n    return a + 1\n'
    assert with_said_types(text) == text.replace("int):", "int) -> int:")


def test_of_several_functions_each_gets_the_types_that_it_tells():
    text = (
        "    class Line:\n"
        "        def join(self, plate, first=False):\n"
        '            """Let a car wait.\n\n            Args:\n                plate (str): which\n'
        '                first (bool): whether\n            """\n'
        "            return plate in self.all\n\n"
        "        def leave(self, plate):\n"
        '            """Let it go."""\n            del self.all[plate]\n'
    )
    head = "def join(self, plate: str, first: bool = False) -> bool:"
    assert with_said_types(text) == text.replace("def join(self, plate, first=False):", head)
    assert with_said_types(text.partition("        def leave")[0].replace("(", "[")) is None


def test_a_name_that_the_parser_writes_in_another_form_is_found():
    text = (
        'def to_\u00b5m(value: float):\n    """Return it in \u00b5m."""\n    return value * 1e6\n'
    )
    assert with_said_types(text) == text.replace("float):", "float) -> float:")


def test_a_result_is_seen_with_the_names_of_the_file():
    text = 'def f(a: str):\n    """Return it."""\n    return hash(a)\n'
    assert with_said_types(text, "from math import gcd\n") == text.replace("str):", "str) -> int:")
    assert with_said_types(text, "def hash(text): ...\n") is None
    assert with_said_types("def hash(text): ...\n\n\n" + text) is None


def test_an_abstract_method_among_others_gets_no_result():
    text = (
        'class A:\n    @abstractmethod\n    def f(self):\n        """Do it."""\n'
        "        return 1\n\n"
        '    @property\n    def g(self):\n        """Return it."""\n        return 1\n'
    )
    assert with_said_types(text) == text.replace("g(self):", "g(self) -> int:")


def test_many_empty_lines_in_a_docstring_take_no_time():
    text = (
        f'def f(a):\n    """Return it.\n{" " * 40_000}\n{chr(10) * 40_000}    """\n    return a\n'
    )
    assert with_said_types(text) is None
