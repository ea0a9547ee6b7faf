"""Which functions a change is about, and which tests speak of them."""

import pytest

from spark_desktop.domain.changed_definitions import changed_names, speaking_of

PYTHON = (
    "class A:\n    def f(self, a):\n        return a\n\n\ndef g(a=1):\n    '''G.'''\n    return a\n"
)
SCRIPT = (
    "export function f(a: number): number {\n  return a;\n}\n\n"
    "const g = (a) => {\n  return a;\n};\n"
)
GO = "package a\n\nfunc (s *S) F(a int) int {\n\treturn a\n}\n\nfunc G() int {\n\treturn 1\n}\n"
CPP = (
    "int f(int a) {\n    if (a) {\n        return a;\n    }\n    return 1;\n}\n\n"
    "int g() {\n    return 1;\n}\n"
)


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "names"),
    [
        ("a.py", PYTHON, "        return a\n", "        return a + 1\n", {"f"}),
        ("a.py", PYTHON, "a=1", "a=2", {"g"}),
        ("a.py", PYTHON, "a=1", "a: int = 1", set()),
        ("a.py", PYTHON, "'''G.'''", "'''Go.'''", set()),
        ("a.py", PYTHON, "class A:", "X = 1\n\n\nclass A:", set()),
        ("a.ts", SCRIPT, "  return a;\n}\n", "  return a + 1;\n}\n", {"f"}),
        ("a.ts", SCRIPT, "  return a;\n}\n", "  // so\n  return a;\n}\n", set()),
        ("a.go", GO, "return a", "return a + 1", {"F"}),
        ("a.go", GO, "\treturn 1\n", "", {"G"}),
        ("a.cpp", CPP, "        return a;", "        return a + 1;", {"f"}),
        ("a.cpp", CPP, "g() {\n    return 1;", "g() {\n    return 2;", {"g"}),
        ("a.py", "def f(:\n    return 1\n", "return 1", "return 2", {"f"}),
        ("a.txt", "one\n", "one", "two", set()),
        ("a.py", "", "", "def f():\n    pass\n", {"f"}),
    ],
)
def test_the_functions_whose_code_changes_are_named(path, text, old, new, names):
    after = text.replace(old, new, 1) if old else new
    assert after != text
    assert changed_names(path, text, after) == names


UNITTEST = (
    "class NoteTest(unittest.TestCase):\n    def test_tag(self):\n        note.tag('A')\n"
    "        self.assertEqual(note.tags, ['a'])\n\n    def test_title(self):\n"
    "        note.title()\n"
)


@pytest.mark.parametrize(
    ("tests", "names", "found"),
    [
        (["test_tag (test_note.NoteTest.test_tag)"], {"tag"}, True),
        (["tests/test_note.py::NoteTest::test_tag[a b]"], {"tag"}, True),
        (["test_title (test_note.NoteTest.test_title)"], {"tag"}, False),
        (["test_tag (test_note.NoteTest.test_tag)"], {"tags", "test_tag"}, False),
        (["test_gone"], {"tag"}, False),
        (["a name in words"], {"tag"}, False),
    ],
)
def test_a_test_speaks_of_what_it_calls(tests, names, found):
    assert speaking_of(names, tests, [UNITTEST]) == (frozenset(tests) if found else frozenset())


def test_a_test_of_go_and_of_rust_is_found_by_its_last_name():
    go = "func TestAdd(t *testing.T) {\n\tif Add(1) != 2 {\n\t\tt.Fatal()\n\t}\n}\n"
    rust = "mod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(add(1), 2);\n    }\n}\n"
    assert speaking_of({"Add"}, ["TestAdd"], [go]) == {"TestAdd"}
    assert speaking_of({"add"}, ["tests::adds"], ["", rust]) == {"tests::adds"}


def test_a_text_that_is_nested_too_deeply_is_told_by_its_lines():
    before = "def f(a):\n    return (" + "a + " * 1500 + "a)\n\n\ndef g():\n    return 1\n"
    assert changed_names("a.py", before, before.replace("return 1", "return 2")) == {"g"}
