"""Traps of Rust: each is mended as somebody who knows it would, and is not seen where it is none.

Each case of rust.diffs was run: a check fails with the lines of "-" and passes with those of "+".
"""

import pytest
from adapters.pitfalls.known_cases import cases, offered

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.rust import RULES
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.trigger import Span

CASES = cases("rust.diffs")
TYPES = "struct P { n: u32, x: f64, xs: Vec<u32> }\n\n"
# What looks like a trap and is none.
FREE = {
    "a difference of signed numbers": "fn f(a: i32, b: i32) -> i32 {\n    a - b\n}\n",
    "a difference that is guarded": "fn f(a: u32, b: u32) -> u32 {\n    if a > b {\n"
    "        return a - b;\n    }\n    0\n}\n",
    "a sum of large numbers": "fn f(a: u64, b: u64) -> u64 {\n    a + b\n}\n",
    "a division of fractions": "fn f(a: f64, b: f64, c: f64) -> f64 {\n    a / b * c\n}\n",
    "a rounded number": "fn f(a: f64) -> u32 {\n    a.round() as u32\n}\n",
    "a cast to a larger number": "fn f(a: u8) -> u64 {\n    a as u64\n}\n",
    "even numbers": "fn f(a: i32) -> bool {\n    a % 2 == 0\n}\n",
    "the length of a list": "fn f(xs: &[u32]) -> usize {\n    xs.len()\n}\n",
    "an empty text": "fn f(a: &str) -> bool {\n    a.len() == 0\n}\n",
    "a prefix": 'fn f(a: &str) -> &str {\n    a.strip_prefix("a").unwrap_or(a)\n}\n',
    "words": "fn f(a: &str) -> usize {\n    a.split_whitespace().count()\n}\n",
    "both in small letters": "fn f(a: &str, b: &str) -> bool {\n"
    "    a.to_lowercase() == b.to_lowercase()\n}\n",
    "a trimmed number": "fn f(a: &str) -> Option<u32> {\n    a.trim().parse().ok()\n}\n",
    "a list to its end": "fn f(xs: &[u32]) -> &[u32] {\n    &xs[1..]\n}\n",
    "sorted and without doubles": "fn f(xs: &mut Vec<u32>) {\n    xs.sort();\n    xs.dedup();\n}\n",
    "sorted as numbers are": "fn f(xs: &mut Vec<u32>) {\n    xs.sort();\n}\n",
    "a total order": "fn f(a: f64, b: f64) -> std::cmp::Ordering {\n    a.total_cmp(&b)\n}\n",
    "pairs that are summed": "fn f(a: &[u32], b: &[u32]) -> u32 {\n"
    "    a.iter().zip(b).map(|(x, y)| x * y).sum()\n}\n",
    "a map that is only asked": "use std::collections::HashMap;\n"
    "fn f(m: &HashMap<u32, u32>) -> bool {\n    m.contains_key(&1)\n}\n",
    "a copy that is given": "impl P {\n    fn f(&self) -> u32 {\n        let mut n = self.n;\n"
    "        n += 1;\n        n\n    }\n}\n",
    "a new name in its own block": "fn f(a: bool) {\n    if a {\n        let b = 1;\n"
    '        println!("{b}");\n    }\n}\n',
    "a function that cannot say so": "fn f(a: Option<u32>) -> u32 {\n    a.unwrap()\n}\n",
    "changed in its place": "fn f(ps: &mut Vec<P>) {\n    for p in ps.iter_mut() {\n"
    "        p.n += 1;\n    }\n}\n",
    "an insert into a set": "fn f(a: &mut std::collections::HashSet<u32>) {\n    a.insert(1);\n}\n",
    "a found element": "fn f(xs: &[u32]) -> bool {\n    for x in xs {\n        if *x == 1 {\n"
    "            return true;\n        }\n    }\n    false\n}\n",
    "a sum over all": "fn f(xs: &[u32]) -> u32 {\n    let mut sum = 0;\n    for x in xs {\n"
    "        sum += x;\n    }\n    sum\n}\n",
    "a group that is stored in the end": "fn f(xs: &[u32]) -> Vec<Vec<u32>> {\n"
    "    let mut out = Vec::new();\n    let mut part = Vec::new();\n    for x in xs {\n"
    "        part.push(*x);\n        if part.len() > 4 {\n"
    "            out.push(std::mem::take(&mut part));\n        }\n    }\n"
    "    if !part.is_empty() {\n        out.push(part);\n    }\n    out\n}\n",
    "an iterator that nobody needs any more": "fn f(s: &str) -> String {\n"
    "    let mut out = String::new();\n    let mut signs = s.chars();\n"
    "    while let Some(c) = signs.next() {\n        if c == ' ' {\n            break;\n"
    "        }\n        out.push(c);\n    }\n    out\n}\n",
    "a default of one value": "fn f(a: &str) -> u32 {\n    a.trim().parse().unwrap_or(0)\n}\n",
    "a default of an option": "fn f(a: Option<&str>) -> u32 {\n"
    "    a.and_then(|b| b.lines().next()).map(|b| b.trim().parse().unwrap_or(1)).unwrap_or(2)\n}\n",
    "a default of what may be there": "fn f(xs: &[P]) -> Vec<u32> {\n"
    "    xs.iter().map(|p| p.m().unwrap_or(1)).collect()\n}\n",
    "a cache that is forgotten": "struct C { n: u32, k: HashMap<u32, u32> }\nimpl C {\n"
    "    fn s(&mut self, n: u32) {\n        self.n = n;\n        self.k.clear();\n    }\n"
    "    fn g(&mut self, a: u32) -> u32 {\n        let n = self.n;\n"
    "        *self.k.entry(a).or_insert_with(|| a * n)\n    }\n}\n",
    "a cache with all in its key": "struct C { n: u32, k: HashMap<(u32, u32), u32> }\nimpl C {\n"
    "    fn s(&mut self, n: u32) {\n        self.n = n;\n    }\n"
    "    fn g(&mut self, a: u32) -> u32 {\n        let n = self.n;\n"
    "        *self.k.entry((a, self.n)).or_insert_with(|| a * n)\n    }\n}\n",
    "a map that is no cache": "struct C { n: u32, k: HashMap<u32, u32> }\nimpl C {\n"
    "    fn s(&mut self, n: u32) {\n        self.n = n;\n    }\n"
    "    fn g(&self, a: u32) -> bool {\n        self.n > 1 && self.k.contains_key(&a)\n    }\n}\n",
    "one bound": "fn f(a: u32) -> bool {\n    a > 1 || a == 0\n}\n",
}


@pytest.mark.parametrize("name", CASES)
def test_a_trap_is_mended_in_full(name):
    before, after = CASES[name]
    assert after in offered("a.rs", before)


@pytest.mark.parametrize("name", FREE)
def test_nothing_is_offered_for(name):
    assert offered("a.rs", TYPES + FREE[name]) == []


@pytest.mark.parametrize("name", CASES)
def test_each_change_parses_as_well_as_the_text(name):
    syntax = TreeSitterSyntax()
    text = CASES[name][0]
    errors = syntax.errors("a.rs", text)
    assert [one for one in offered("a.rs", text) if syntax.errors("a.rs", one) != errors] == []


@pytest.mark.parametrize("name", CASES)
def test_there_are_few_and_no_text_is_there_twice(name):
    text = CASES[name][0]
    found = offered("a.rs", text)
    assert len(found) <= 8
    assert len(set(found)) == len(found)
    assert text not in found


@pytest.mark.parametrize("name", ["sub", "dedup", "order", "copy_bool", "last_group"])
def test_lines_end_as_those_of_the_file(name):
    before, after = (text.replace("\n", "\r\n") for text in CASES[name])
    assert after in offered("a.rs", before)


def test_letters_of_two_bytes_do_not_move_the_places():
    text = "fn f(größe: u32, maß: u32) -> (char, u32) {\n    ('ü', größe - maß)\n}\n"
    assert text.replace("größe - maß", "größe.saturating_sub(maß)") in offered("a.rs", text)


def test_only_the_lines_that_are_meant_are_changed():
    before, _ = CASES["sub"]
    assert offered("a.rs", before + "\nfn g() {\n}\n", Span(4, 6)) == []


def test_a_cache_is_forgotten_whichever_of_the_two_methods_is_meant():
    before, after = CASES["stale"]
    assert after in offered("a.rs", before, Span(2, 6))
    assert after in offered("a.rs", before, Span(5, 13))
    assert after not in offered("a.rs", before, Span(0, 1))


def test_of_several_that_may_be_meant_each_is_offered_alone_first():
    text = "fn f(a: u32, b: u32) -> (u32, u32) {\n    (a - 1, b - 1)\n}\n"
    left = text.replace("a - 1", "a.saturating_sub(1)")
    right = text.replace("b - 1", "b.saturating_sub(1)")
    both = left.replace("b - 1", "b.saturating_sub(1)")
    assert offered("a.rs", text)[:3] == [left, right, both]


def places(text):
    """Return how often each place has ways out that exclude one another."""
    code = Code(Parsing().parse("a.rs", text).root, text, Span(0, text.count("\n")))
    found = [one for rule in RULES for one in rule(code) if one.place >= 0]
    return {one.place: [c.applied(text) for c in found if c.place == one.place] for one in found}


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("fn f(a: u32, b: u32) -> u32 {\n    a - b\n}\n", ["saturating_sub", "abs_diff"]),
        (
            "fn f(a: u32, b: u32) -> Option<u32> {\n    Some(a - b)\n}\n",
            ["checked_sub", "saturating_sub", "abs_diff"],
        ),
        ("fn f(a: u8, b: u8) -> u8 {\n    a + b\n}\n", ["saturating_add", "wrapping_add"]),
        ("fn f(a: f64, b: f64) -> u32 {\n    (a / b) as u32\n}\n", ["round", "ceil"]),
        ("fn f(xs: &mut Vec<u32>) {\n    xs.dedup();\n}\n", ["retain", "sort"]),
    ],
)
def test_ways_out_that_mean_something_else_have_one_place(text, ways):
    (found,) = places(text).values()
    assert [way for one, way in zip(found, ways, strict=True) if f".{way}(" in one] == ways


_MAP = "use std::collections::HashMap;\n"
_WALK = "    for k in m.keys() {\n        out.push(*k);\n    }\n    out\n}\n"


@pytest.mark.parametrize(
    "head",
    [
        "pub fn load() -> HashMap<u32, u32> {\n    HashMap::new()\n}\n"
        "fn f(m: &HashMap<u32, u32>) -> Vec<u32> {\n    let mut out = vec![];\n",
        "pub fn f(m: &HashMap<u32, u32>) -> Vec<u32> {\n    let mut out = vec![];\n",
        "pub struct A { pub m: HashMap<u32, u32> }\n"
        "fn f(m: &HashMap<u32, u32>) -> Vec<u32> {\n    let mut out = vec![];\n",
    ],
)
def test_a_map_that_others_see_keeps_its_type(head):
    assert [one for one in offered("a.rs", _MAP + head + _WALK) if "BTree" in one] == []


def test_only_the_map_of_a_function_changes_its_type():
    other = "pub fn load() -> HashMap<u32, u32> {\n    HashMap::new()\n}\n"
    own = (
        "pub fn f() -> Vec<u32> {\n    let mut out = vec![];\n    let m: HashMap<u32, u32> = g();\n"
    )
    changed = own.replace("HashMap", "BTreeMap") + _WALK
    used = "use std::collections::BTreeMap;\n"
    assert _MAP + used + other + changed in offered("a.rs", _MAP + other + own + _WALK)


QUIET = {
    "a key is compared": "/// In any case.\nfn f(key: &str, b: &str) -> bool {\n    key == b\n}\n",
    "nothing speaks of case": "fn f(a: &str, b: &str) -> bool {\n    a == b\n}\n",
    "rounded to a multiple": "fn f(a: u64) -> u64 {\n    a / 60 * 60\n}\n",
}


@pytest.mark.parametrize("name", QUIET)
def test_what_may_be_meant_is_left_alone(name):
    found = [one for one in offered("a.rs", QUIET[name]) if "div_ceil" not in one]
    assert [one for one in found if "a + 60 / 2" not in one] == []
