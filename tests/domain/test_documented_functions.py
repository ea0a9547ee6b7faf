"""The functions of a region, with their documentation and what their signatures say."""

import pytest

from spark_desktop.domain.documented_functions import DocumentedFunction, documented_functions
from spark_desktop.domain.unsaid import unsaid


@pytest.mark.parametrize(
    ("path", "region", "found"),
    [
        (
            "a.py",
            'class A:\n    def f(self, a: int, b):\n        """F."""\n        return a\n',
            [
                DocumentedFunction("A", "", (), (), None, is_minor=True, is_class=True),
                DocumentedFunction("f", "F.", ("a", "b"), ("b",), True),
            ],
        ),
        (
            "a.py",
            "def f():\n    yield 1\n\n\ndef g(a):\n    def h():\n        return 1\n    a(h())\n",
            [
                DocumentedFunction("f", "", (), (), True),
                DocumentedFunction("g", "", ("a",), ("a",), False),
            ],
        ),
        ("a.py", "def f():\n    ...\n", [DocumentedFunction("f", "", (), (), None)]),
        ("a.py", "def f(", []),
        (
            "a.rs",
            "impl A {\n    /// F.\n    #[inline]\n    pub fn f(&self, a: u8) -> u8 {\n        a\n"
            "    }\n\n    fn g<T>(a: T) {\n    }\n}\n",
            [
                DocumentedFunction("f", "    /// F.\n", ("a",), (), True),
                DocumentedFunction("g", "", ("a",), (), False),
            ],
        ),
        (
            "a.go",
            "// F is f.\nfunc F(a int) (int, error) {\n}\n\nfunc (a *A) G() {\n}\n",
            [
                DocumentedFunction("F", "// F is f.\n", ("a",), (), True),
                DocumentedFunction("G", "", (), (), False),
            ],
        ),
        (
            "a.ts",
            "/** F. */\nfunction f(a: A, b = 1, c?: C, ...d: D[]): void {\n  g(a, () => b);\n"
            "  const h = (x) => {\n  };\n}\n\nexport const k = (a) => a;\n",
            [
                DocumentedFunction("f", "/** F. */\n", ("a", "b", "c", "d"), (), False),
                DocumentedFunction("k", "", ("a",), ("a",), None),
            ],
        ),
        ("a.cpp", "int f(int a) {\n}\n", [DocumentedFunction("f", "", ("a",), (), None)]),
        ("a.java", "int f(int a) {\n}\n", []),
        (
            "a.hpp",
            "// All.\ntemplate <typename T>\n"
            "static std::vector<T> all(const std::map<int, T>& m) {\n"
            "    for (auto& one : m) use(one);\n}\n",
            [DocumentedFunction("all", "// All.\n", ("m",), (), None)],
        ),
        (
            "a.cpp",
            '/// F.\nint A::f(std::string_view text = "x, y", int ends[] = {}) const noexcept {\n'
            "}\n",
            [DocumentedFunction("f", "/// F.\n", ("text", "ends"), (), None)],
        ),
        ("a.cpp", "    return g(a);\n    h(b);\n", []),
        (
            "a.rs",
            "/// F.\n#[instrument(\n    skip(a),\n)]\nfn f(a: u8) {\n}\n",
            [DocumentedFunction("f", "/// F.\n", ("a",), (), False)],
        ),
        (
            "a.ts",
            'function f(a: A, // the first, if any\n  sep = "a,b", n = 3) {\n}\n',
            [DocumentedFunction("f", "", ("a", "sep", "n"), (), None)],
        ),
        (
            "a.ts",
            "/* ignored */ export function f(a): Promise<void> {\n}\n/** */\n",
            [],
        ),
        (
            "a.ts",
            "function f(a): undefined | Row {\n}\nfunction g(): Promise<void> {\n}\n",
            [
                DocumentedFunction("f", "", ("a",), ("a",), True),
                DocumentedFunction("g", "", (), (), True),
            ],
        ),
    ],
)
def test_each_function_is_found_with_its_comment(path, region, found):
    assert documented_functions(path, region) == found


BOTH = "write doc comments for both methods that name their parameters and say what is returned"
METHODS = (
    "impl A {\n    /// Puts `page` in.\n    pub fn add(&mut self, page: u32) {\n    }\n\n"
    "    /// Returns the pages of `word`.\n    pub fn find(&self, word: &str) -> u8 {\n"
    "        1\n    }\n}\n"
)


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        (METHODS, ""),
        (METHODS.replace("    /// Puts `page` in.\n", ""), "add has no documentation."),
        (METHODS.replace("`page`", "it"), "The documentation does not name page."),
        (METHODS.replace("Returns", "Has"), "The documentation does not say what is returned."),
        (
            METHODS.replace("in.\n", "in.\n    ///\n    /// # Returns\n    /// The page.\n"),
            "The documentation tells a result, and there is none.",
        ),
    ],
)
def test_where_each_was_meant_each_is_looked_at(region, reason):
    assert unsaid(BOTH, "a.rs", region).detail == reason
    assert unsaid("write a doc comment for the type", "a.rs", region).passed


@pytest.mark.parametrize(
    ("path", "region"),
    [
        (
            "a.py",
            "class A:\n    def __init__(self):\n        pass\n\n    @property\n    def x(self):\n"
            '        """X."""\n        return 1\n\n    @x.setter\n    def x(self, to):\n'
            "        self._x = to\n",
        ),
        (
            "a.ts",
            "class A {\n  constructor(a: A) {\n  }\n\n  /** X. */\n  x(): void {\n  }\n\n"
            "  set y(to: number) {\n  }\n}\n",
        ),
        ("a.ts", "function f(a: A): void;\n/** F. */\nfunction f(a: B): void {\n}\n"),
    ],
)
def test_what_is_mostly_left_without_a_comment_may_be_so(path, region):
    assert unsaid("document all methods", path, region).passed


@pytest.mark.parametrize(
    "asked", ["explain each parameter of the function", "which types of events are handled"]
)
def test_other_words_ask_for_less(asked):
    text = 'def f(a):\n    """F of a."""\n    return a\n\n\ndef g(a):\n    return a\n'
    assert unsaid(asked, "a.py", text).passed


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("a.py", 'def f(a):\n    """F.\n\n    Returns:\n        It.\n    """\n    a.b()\n', True),
        (
            "a.py",
            'def f(a):\n    """F.\n\n    :return: It.\n    """\n    a.b = 1\n    a.c()\n',
            True,
        ),
        ("a.py", 'def f(a):\n    """Return a."""\n    return a\n', False),
        (
            "a.py",
            'def f(a):\n    """Return.\n\n    Returns:\n        It.\n    """\n    ...\n',
            False,
        ),
        ("a.ts", "/**\n * @returns It.\n */\nfunction f(a): void {\n}\n", True),
        ("a.ts", "/**\n * @returns {void}\n */\nfunction f(a): void {\n}\n", False),
        ("a.ts", "/**\n * @returns It.\n */\nfunction f(a) {\n}\n", False),
        ("a.ts", "/**\n * @returns {undefined}\n */\nfunction f(a): void {\n}\n", False),
        (
            "a.ts",
            "/**\n * @returns {Promise<void>}\n */\nfunction f(a): Promise<void> {\n}\n",
            False,
        ),
        ("a.rs", "/// F.\n///\n/// # Returns\n///\n/// Nothing.\nfn f() {\n}\n", False),
        ("a.rs", "/// F.\n///\n/// # Returns\n///\n/// It.\nfn f() {\n}\n", True),
        ("a.py", 'def f(a):\n    """F.\n\n    Returns:\n        None\n    """\n    a.b()\n', False),
        (
            "a.py",
            'def f(a):\n    """F.\n\n    Returns\n    ---\n    None\n    """\n    a.b()\n',
            False,
        ),
        (
            "a.ts",
            "/** Sets up. */\nexport function f(app): void {\n  /** @returns {number} */\n"
            "  function g() {\n  }\n}\n",
            False,
        ),
    ],
)
def test_a_result_is_not_told_where_there_is_none(path, text, told):
    assert unsaid("document it", path, text).passed is not told


TYPED = "export function wait(attempt, first: number) {\n  return first;\n}\n"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("document it; give the parameters and the result types", "attempt, the result."),
        ("annotate the parameters", "attempt."),
        ("add a JSDoc comment with the types of the parameters", ""),
    ],
)
def test_parameters_have_types_where_these_were_asked_for(asked, reason):
    verdict = unsaid(asked, "a.ts", "/** Waits for attempt and first. */\n" + TYPED)
    assert verdict.detail == (reason and f"There is no type for {reason}")
    assert unsaid(asked, "a.js", "/** Waits for attempt, first. */\n" + TYPED).passed


def test_a_result_that_was_asked_for_may_be_told():
    text = "/**\n * @returns When it is done.\n */\nfunction f(a): void {\n}\n"
    assert unsaid("add JSDoc with @returns", "a.ts", text).passed


CLASS = (
    'class Bucket:\n    """A bucket with a `rate`."""\n\n    def __init__(self, rate, clock):\n'
    "        self.rate = rate\n\n    def take(self, count: int = 1) -> bool:\n"
    '        """Take `count` out."""\n        return count in self.rate\n\n'
    "    def other(self, x):\n        return x\n"
)
ASKED = (
    "add docstrings to the class `Bucket` (naming `rate`) and to its method `take` (naming "
    "`count`), and types for the parameters and the result of the method"
)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("", "", ""),
        ('    """A bucket with a `rate`."""\n\n', "", "Bucket has no documentation."),
        ('        """Take `count` out."""\n', "", "take has no documentation."),
        ("with a `rate`", "", "The documentation does not name rate."),
        ("`count` out", "out", "The documentation does not name count."),
        ("count: int", "count", "There is no type for count."),
        (" -> bool", "", "There is no type for the result."),
        ("-> bool", "-> str", "the result is bool in the code, not str."),
        ("count: int", "count: str", "count is int in the code, not str."),
    ],
)
def test_what_is_named_of_a_class_is_looked_at(old, new, reason):
    assert unsaid(ASKED, "a.py", CLASS.replace(old, new)).detail == reason


def test_types_of_the_parameters_are_no_words_about_them():
    text = 'def f(a: int, b: str) -> str:\n    """Join a to the other."""\n    return b\n'
    assert unsaid("write a docstring, and types for the parameters", "a.py", text).passed
    assert not unsaid("write a docstring that names the parameters", "a.py", text).passed


STACK = (
    'class Stack:\n    def push(self, one):\n        """Put one on it."""\n'
    "        self.all.append(one)\n"
    '\n    def pop(self):\n        """Take one off."""\n        return self.all.pop()\n'
)


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("Add docstrings to the methods", True),
        ("Document the push method", True),
        ("Add docstrings to push and pop", True),
        ("Add docstrings to the methods of `Stack`", True),
        ("Add a docstring to the class Stack", False),
        ("Document all methods", True),
    ],
)
def test_of_a_class_only_what_is_meant_needs_a_docstring(asked, passed):
    assert unsaid(asked, "a.py", STACK).passed is passed


def test_a_type_that_stood_there_is_not_the_answers_fault():
    old = "def find(x: int) -> str:\n    if x:\n        return None\n    return 'x'\n"
    new = old.replace(":\n    if", ':\n    """Find x, an int."""\n    if')
    asked = "add a docstring that tells the types of the arguments"
    assert unsaid(asked, "a.py", new, old).passed
    assert not unsaid(asked, "a.py", new).passed
