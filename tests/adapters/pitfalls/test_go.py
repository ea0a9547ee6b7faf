"""Traps of Go: each is mended as somebody who knows it would, and is not seen where it is none.

Each case of go.diffs was run: a check fails with the lines of "-" and passes with those of "+".
"""

import time

import pytest
from adapters.pitfalls.known_cases import cases, offered

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.go import RULES
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.trigger import Span

CASES = cases("go.diffs")
TYPES = "package a\n\ntype P struct {\n\tn int\n\tm map[string]int\n\txs []int\n\tps []*P\n}\n\n"
# What looks like a trap and is none.
FREE = {
    "an address of the element": "func f(ps []P) *P {\n\tfor i := range ps {\n"
    "\t\treturn &ps[i]\n\t}\n\treturn nil\n}\n",
    "pointers that are gone over": "func f(ps []*P) {\n\tfor _, p := range ps {\n"
    "\t\tp.n++\n\t}\n}\n",
    "a closure of its own variable": "func f(xs []int) {\n\tfor range xs {\n"
    "\t\tfunc() { println() }()\n\t}\n}\n",
    "a receiver that is only read": "func (p P) f() int {\n\treturn p.n\n}\n",
    "a receiver whose map is filled": "func (p P) f() {\n\tif p.m == nil {\n\t\treturn\n\t}\n"
    '\tp.m["a"] = 1\n}\n',
    "a changed copy that is given": "func (p P) f() P {\n\tp.n = 1\n\treturn p\n}\n",
    "a map that is made": 'func f() {\n\tm := make(map[string]int)\n\tm["a"] = 1\n}\n',
    "a slice that grows": "func f(xs []int) []int {\n\txs = append(xs, 1)\n\treturn xs\n}\n",
    "a made slice that is filled": "func f() []int {\n\txs := make([]int, 3)\n\txs[0] = 1\n"
    "\treturn xs\n}\n",
    "a new name in its own block": "func f() {\n\tfor i := 0; i < 3; i++ {\n\t\tx := i\n"
    "\t\tprintln(x)\n\t}\n}\n",
    "an error that is there": "func f(err error) bool {\n\treturn err != nil\n}\n",
    "an error's text": 'func f(n int) error {\n\treturn fmt.Errorf("bad: %v", n)\n}\n',
    "a key that is asked for": 'func f(m map[string]int) int {\n\tif n, ok := m["a"]; ok {\n'
    "\t\treturn n\n\t}\n\treturn 1\n}\n",
    "a division of fractions": "func f(a, b, c float64) float64 {\n\treturn a / b * c\n}\n",
    "a length that is doubled": "func f(a int) int {\n\treturn a / 2\n}\n",
    "a rounded number": "func f(a float64) int {\n\treturn int(math.Round(a * 100))\n}\n",
    "even numbers": "func f(a int) bool {\n\treturn a%2 == 0\n}\n",
    "a duration with its unit": "func f(n int) time.Duration {\n"
    "\treturn time.Duration(n) * time.Second\n}\n",
    "the length of a list": "func f(xs []string) int {\n\treturn len(xs)\n}\n",
    "an empty text": "func f(s string) bool {\n\treturn len(s) == 0\n}\n",
    "a sum of a map": "func f(m map[string]int) int {\n\tsum := 0\n\tfor _, n := range m {\n"
    "\t\tsum += n\n\t}\n\treturn sum\n}\n",
    "a prefix": 'func f(s string) string {\n\treturn strings.TrimPrefix(s, "ab")\n}\n',
    "blanks that are trimmed": 'func f(s string) string {\n\treturn strings.Trim(s, " \\n")\n}\n',
    "both in small letters": "func f(a, b string) bool {\n"
    "\treturn strings.ToLower(a) == strings.ToLower(b)\n}\n",
    "a break of the loop": "func f(xs []int) {\n\tfor _, x := range xs {\n\t\tif x > 0 {\n"
    "\t\t\tbreak\n\t\t}\n\t}\n}\n",
    "an element taken once": "func (p *P) f(i int) {\n"
    "\tp.xs = append(p.xs[:i], p.xs[i+1:]...)\n}\n",
    "a number that is given": "func (p *P) f() int {\n\treturn p.n\n}\n",
    "sorted for its caller": "func f(xs []int) {\n\tsort.Ints(xs)\n}\n",
    "a stable order": "func (p *P) f() {\n\tsort.SliceStable(p.xs, func(i, j int) bool {\n"
    "\t\treturn p.xs[i] < p.xs[j]\n\t})\n}\n",
    "a deferred call without values": "func f(p *P) {\n\tdefer p.Close()\n\tp.n = 1\n}\n",
    "counted in the map": "func f(m map[string]int, ks []string) {\n\tfor _, k := range ks {\n"
    "\t\tm[k]++\n\t}\n}\n",
    "a digit": "func f(c rune) int {\n\treturn int(c - '0')\n}\n",
    "a found element": "func f(xs []int) bool {\n\tfor _, x := range xs {\n\t\tif x == 1 {\n"
    "\t\t\treturn true\n\t\t}\n\t}\n\treturn false\n}\n",
    "a sum over all": "func f(xs []int) int {\n\tsum := 0\n\tfor _, x := range xs {\n"
    "\t\tsum += x\n\t}\n\treturn sum\n}\n",
    "an order by two things": "func f(ps []P) {\n\tsort.SliceStable(ps, func(i, j int) bool {\n"
    "\t\tif ps[i].n != ps[j].n {\n\t\t\treturn ps[i].n < ps[j].n\n\t\t}\n"
    "\t\treturn ps[i].k < ps[j].k\n\t})\n}\n",
    "an order by two things in one line": "func less(a, b P) bool {\n"
    "\treturn a.n < b.n || a.n == b.n && a.k < b.k\n}\n",
    "an order in two halves": "func (p P) Before(q P) bool {\n\tif p.n < q.n {\n\t\treturn true\n"
    "\t}\n\tif p.n > q.n {\n\t\treturn false\n\t}\n\treturn p.k < q.k\n}\n",
    "an order in two halves of numbers": "func f(a, b P) int {\n\tif a.n < b.n {\n\t\treturn -1\n"
    "\t}\n\tif a.n > b.n {\n\t\treturn 1\n\t}\n\treturn cmp.Compare(a.k, b.k)\n}\n",
    "a layout of a time": "func f(t time.Time) string {\n"
    '\treturn t.Format("2006-01-02T15:04:05.000Z07:00") + t.Format("Jan 2, 3:04 PM")\n}\n',
    "a layout of a year's part": 'func f(t time.Time) string {\n\treturn t.Format("01-02")\n}\n',
    "a text that is no layout": 'func f() string {\n\treturn "at 03:04"\n}\n',
    "a copy that is given": "func f(ps []P) P {\n\tp := ps[0]\n\tp.n = 2\n\treturn p\n}\n",
    "a copy that is put back": "func f(ps map[int]P) {\n\tp := ps[0]\n\tp.n = 2\n\tps[0] = p\n}\n",
    "a copy that is only read": "func f(ps []P) int {\n\tp := ps[0]\n\treturn p.n\n}\n",
    "a copy with a pointer to it": "func f(ps []P) *int {\n\tp := ps[0]\n\tp.n = 2\n"
    "\treturn &p.n\n}\n",
    "an element by its address": "func f(ps []P) {\n\tp := &ps[0]\n\tp.n = 2\n}\n",
    "pointers that are held": "func f(p *P) {\n\tq := p.ps[0]\n\tq.n = 2\n}\n",
    "changed settings that are read": "type S struct{ p P }\n\nfunc (s *S) f() int {\n"
    "\tp := s.p\n\tp.n = 2\n\treturn p.n\n}\n",
    "a text that is taken": "func f(s string) string {\n\ts = strings.ToLower(s)\n\treturn s\n}\n",
    "a call for its effect": "func f(p *P) {\n\tp.Add(1)\n}\n",
    "a writer that is flushed": "func f(w io.Writer) {\n\tout := bufio.NewWriter(w)\n"
    "\tdefer out.Flush()\n\tfmt.Fprint(out, 1)\n}\n",
    "a writer that is given": "func f(w io.Writer) *bufio.Writer {\n"
    "\tout := bufio.NewWriter(w)\n\tfmt.Fprint(out, 1)\n\treturn out\n}\n",
    "a writer that is kept": "func f(w io.Writer) *W {\n\tout := bufio.NewWriter(w)\n"
    "\treturn &W{out: out}\n}\n",
    "bytes that are read at once": "func f(r io.Reader) int {\n\tn := 0\n"
    "\ts := bufio.NewScanner(r)\n\tfor s.Scan() {\n\t\tn += g(s.Bytes())\n\t}\n\treturn n\n}\n",
    "a case with a comment": "func f(n int) {\n\tswitch n {\n\tcase 1:\n\t\t// Nothing to do.\n"
    "\tcase 2:\n\t\tg()\n\t}\n}\n",
    "an empty slice": "func f() []int {\n\txs := []int{}\n\treturn xs\n}\n",
    "no slice beside an error": "func f() ([]int, error) {\n\treturn nil, g()\n}\n",
    "exclusive or": "func f(a, b int) int {\n\treturn a ^ b\n}\n",
    "one bound": "func f(a int) bool {\n\treturn a > 1 || a == 0\n}\n",
}


@pytest.mark.parametrize("name", CASES)
def test_a_trap_is_mended_in_full(name):
    before, after = CASES[name]
    assert after in offered("a.go", before)


@pytest.mark.parametrize("name", FREE)
def test_nothing_is_offered_for(name):
    assert offered("a.go", TYPES + FREE[name]) == []


@pytest.mark.parametrize("name", CASES)
def test_each_change_parses_as_well_as_the_text(name):
    syntax = TreeSitterSyntax()
    text = CASES[name][0]
    errors = syntax.errors("a.go", text)
    assert [one for one in offered("a.go", text) if syntax.errors("a.go", one) != errors] == []


@pytest.mark.parametrize("name", CASES)
def test_there_are_few_and_no_text_is_there_twice(name):
    text = CASES[name][0]
    found = offered("a.go", text)
    assert len(found) <= 8
    assert len(set(found)) == len(found)
    assert text not in found


@pytest.mark.parametrize("name", ["copy", "nilmap", "maporder", "errors_is_import", "hidden"])
def test_lines_end_as_those_of_the_file(name):
    before, after = (text.replace("\n", "\r\n") for text in CASES[name])
    assert after in offered("a.go", before)


def test_letters_of_two_bytes_do_not_move_the_places():
    text = 'package a\n\nfunc f(größen []string) string {\n\treturn "ü" + größen[0][:1] + "ß"\n}\n'
    assert text.replace("größen[0][:1]", "string([]rune(größen[0])[:1])") in offered("a.go", text)


def test_only_the_lines_that_are_meant_are_changed():
    before, _ = CASES["pages"]
    assert offered("a.go", before, Span(0, 2)) == []


def test_several_of_a_kind_are_offered_together_first_then_each():
    text = (
        "package a\n\nfunc f(a string) string {\n"
        '\treturn strings.TrimLeft(a, "ab") + strings.TrimRight(a, "cd")\n}\n'
    )
    left = text.replace("TrimLeft", "TrimPrefix")
    right = text.replace("TrimRight", "TrimSuffix")
    assert offered("a.go", text)[:3] == [left.replace("TrimRight", "TrimSuffix"), left, right]


def places(text):
    """Return the texts that exclude one another, of the rules with such ones."""
    code = Code(Parsing().parse("a.go", text).root, text, Span(0, text.count("\n")))
    found = [one for rule in RULES for one in rule(code) if one.place >= 0]
    return {one.place: [c.applied(text) for c in found if c.place == one.place] for one in found}


def test_units_of_a_duration_exclude_one_another():
    text = "package a\n\nfunc f(n int) {\n\ttime.Sleep(time.Duration(n))\n}\n"
    (ways,) = places(text).values()
    assert len(ways) == 3


def test_a_quotient_is_rounded_or_rounded_up():
    text = "package a\n\nfunc f(a float64) int {\n\treturn int(a / 3)\n}\n"
    (ways,) = places(text).values()
    assert [one.count("math.Round(a / 3)") + 2 * one.count("math.Ceil(a / 3)") for one in ways] == [
        1,
        2,
    ]


QUIET = {
    "a token is compared": "// f ignores case.\nfunc f(token, given string) bool {\n"
    "\treturn token == given\n}\n",
    "nothing speaks of case": "func f(a, b string) bool {\n\treturn a == b\n}\n",
    "tried again until then": "func f() int {\n\tfor {\n\t\tn, err := g()\n\t\tif err != nil {\n"
    "\t\t\tcontinue\n\t\t}\n\t\treturn n\n\t}\n\treturn 0\n}\n",
    "a loop that ends by itself": "func f(n int) int {\n\tfor n > 0 {\n\t\tn = h(n)\n"
    "\t\treturn n\n\t}\n\treturn 0\n}\n",
    "a count of tries": "func f(xs []int) {\n\ttries := 0\n\tfor i := range xs {\n"
    "\t\ttries++\n\t\tif tries > 3 {\n\t\t\tbreak\n\t\t}\n\t\tg(i)\n\t}\n}\n",
    "the first is taken out": "func f(p *P) {\n\tfor i := 0; i < 3; i++ {\n"
    "\t\tp.xs = append(p.xs[:0], p.xs[1:]...)\n\t}\n}\n",
    "sorted afterwards": "func f(m map[string]int) []string {\n\tout := []string{}\n"
    "\tfor k := range m {\n\t\tout = append(out, k)\n\t}\n\tsort.Strings(out)\n\treturn out\n}\n",
    "a method without the lock": "type C struct {\n\tmu sync.Mutex\n\tn  int\n}\n\n"
    "func (c *C) f() {\n\tc.n++\n}\n",
}


@pytest.mark.parametrize("name", QUIET)
def test_what_may_be_meant_is_left_alone(name):
    assert offered("a.go", TYPES + QUIET[name]) == []


def test_many_package_variables_take_no_time():
    text = "package a\n\n" + "".join(f"var v{n} = {n}\n" for n in range(5000))
    names = "".join(f"\tif v{n} > 0 {{\n\t\tw := v{n}\n\t\tg(w)\n\t}}\n" for n in range(20))
    start = time.process_time()
    offered("a.go", f"{text}\nfunc f() {{\n{names}}}\n", Span(5002, 5085))
    assert time.process_time() - start < 2


def test_what_is_rounded_to_a_multiple_is_divided_first():
    text = "package a\n\nfunc f(a int) int {\n\treturn a / 60 * 60\n}\n"
    assert [one for one in offered("a.go", text) if "* 60 / 60" in one] == []


NO_ORDER = {
    "less in something": "func fits(a, b P) bool {\n\treturn a.n < b.n || a.k < b.k\n}\n",
    "less in both": "func before(a, b P) bool {\n\treturn a.n < b.n && a.k < b.k\n}\n",
    "other things of two": "func less(a, b P) bool {\n\treturn a.n < b.n || a.k < b.n\n}\n",
}


@pytest.mark.parametrize("name", NO_ORDER)
def test_what_need_not_be_an_order_is_made_none(name):
    text = TYPES + NO_ORDER[name]
    assert [one for one in offered("a.go", text) if "if " in one] == []
