"""What a file of Go is told of the other files of its package."""

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.go_packages import declared
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.trigger import Span

POT = "package a\n\ntype Pot struct{ n int }\n\nfunc (p *Pot) Drink() { p.n-- }\n"
ROW = "package a\n\nfunc all(pots []Pot) {\n\tfor _, pot := range pots {\n\t\tpot.Drink()\n\t}\n}\n"


def beside(text, *others):
    """Return what is offered for a file beside which others are."""
    span = Span(0, text.count("\n"))
    found = TreeSitterSyntax().pitfalls("a.go", text, span, "\n".join(others))
    return [one.applied(text) for one in found]


def test_what_a_method_changes_may_stand_in_another_file_of_the_package():
    mended = ROW.replace("_, pot", "i").replace("\t\tpot.D", "\t\tpot := &pots[i]\n\t\tpot.D")
    assert beside(ROW) == []
    assert beside(ROW, POT) == [mended]


def test_a_method_of_another_type_changes_nothing():
    other = "package a\n\ntype Pot struct{ n int }\n\ntype Cat struct{ n int }\n\n"
    other += "func (p Pot) Drink() {}\n\nfunc (c *Cat) Drink() { c.n++ }\n"
    assert beside(ROW, other) == []


def test_what_a_file_beside_imports_is_imported_anew():
    text = "package a\n\nfunc f(s string) bool {\n\treturn len(s) < 3\n}\n"
    other = 'package a\n\nimport "unicode/utf8"\n\nvar most = utf8.RuneError\n'
    (found,) = [one for one in beside(text, other) if "utf8.RuneCount" in one]
    assert 'import "unicode/utf8"\n' in found


def test_of_a_file_beside_what_its_functions_do_is_not_read():
    text = 'import "b"\n\nfunc (p *P) F(n int) error {\n\treturn b.G("}")\n}\n\nvar n = 1\n'
    told = declared(Parsing().parse("a.go", f"package a\n\n{text}"))
    assert told == "func (p *P) F(n int) error {}\n\nvar n = 1"
