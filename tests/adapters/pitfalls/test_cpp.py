"""What holds for all traps of C++ and C."""

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span

LOOP = "void f(std::vector<int>& xs) {\n    for (auto x : xs) ++x;\n}\n"


def changed(path, text, lines=None):
    span = lines or Span(0, len(split_lines(text)))
    return [one.applied(text) for one in TreeSitterSyntax().pitfalls(path, text, span)]


def test_only_the_lines_that_are_meant_are_changed():
    text = LOOP + LOOP.replace("f(", "g(")
    assert changed("a.cpp", text, Span(3, 6)) == [
        LOOP + LOOP.replace("f(", "g(").replace("auto", "auto&")
    ]


def test_all_places_of_a_trap_are_mended_before_each_alone():
    text = LOOP.replace("}\n", "    for (auto y : xs) ++y;\n}\n")
    found = changed("a.cpp", text)
    assert found[0] == text.replace("auto", "auto&")
    assert found[1:] == [text.replace("auto x", "auto& x"), text.replace("auto y", "auto& y")]


def test_letters_of_two_bytes_do_not_move_the_places():
    text = '/* größe */ double f(int a, int b) { g("ü"); return a / b; /* ä */ }\n'
    assert changed("a.cpp", text) == [text.replace("a / b", "static_cast<double>(a) / b")]
    assert changed("a.c", text) == [text.replace("a / b", "(double)a / b")]


def test_the_files_own_line_ends_stay():
    text = (
        "int f(int a) {\n\tswitch (a) {\n\tcase 1:\n\t\ta = 2;\n\tcase 2:\n\t\treturn 3;\n\t}\n}\n"
    )
    text = text.replace("\n", "\r\n")
    assert changed("a.cpp", text)[0] == text.replace("a = 2;", "a = 2;\r\n\t\tbreak;")


def test_a_header_joins_the_others_once():
    text = "#include <string>\n\nint f(double a) {\n    return (int)(a * 100);\n}\n"
    after = text.replace("(a * 100)", "std::lround(a * 100)")
    after = after.replace("<string>\n", "<string>\n#include <cmath>\n")
    assert changed("a.cpp", text)[0] == after
    assert changed("a.cpp", text.replace("<string>", "<cmath>"))[0].count("#include") == 1


def test_a_header_of_c_is_read_as_cpp():
    assert changed("a.h", LOOP) == [LOOP.replace("auto", "auto&")]


def test_a_place_in_another_one_is_only_mended_alone():
    text = "int f() { return 1; }\n"
    parsed = Parsing().parse("a.cpp", text)
    code = Code(parsed.root, text, Span(0, 1))
    found = all_then_each(code, [[(0, 9, "x")], [(4, 5, "g")], [(17, 18, "2")]])
    assert [one.applied(text) for one in found] == [
        text.replace("int f() {", "x").replace("1", "2"),
        text.replace("int f() {", "x"),
        text.replace("f", "g", 1),
        text.replace("1", "2"),
    ]
