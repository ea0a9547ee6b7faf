"""The same changes in TypeScript, Go, Rust and C++: each way to get at a name is resolved."""

from dataclasses import dataclass, field

import pytest


@dataclass
class Case:
    """Files, words to replace in the first of them, and what the others are to become.

    Those that are not in ``wanted`` are to stay out of it.
    """

    name: str
    files: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    wanted: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    path: str = ""
    left: str = ""


TS = {
    "src/text.ts": "export function slugify(text: string, sep = '-'): string {\n"
    "  const words = text.toLowerCase().split(' ');\n  return words.join(sep);\n}\n\n"
    "export const MOST = 3;\n\nexport class Page {\n  title(size: number) {\n"
    "    return slugify('x').slice(0, size);\n  }\n}\n",
    "src/index.ts": 'export { slugify } from "./text";\nexport * from "./text.js";\n',
    "src/app.ts": 'import { slugify as s, MOST } from "./text";\n'
    'import * as text from "./text";\n\n'
    "export const a = s('A') + text.slugify('b') + MOST;\n",
    "src/far/use.tsx": 'import { slugify, Page } from "..";\n\n'
    "export function show(slugs: string[]) {\n  const tools = { slugify, MOST: 1 };\n"
    "  const page = new Page();\n"
    "  return slugs.map((one) => slugify(one)).concat(tools.slugify('x'), page.title(3));\n}\n",
    "src/own.ts": "function slugify(x: string) { return x; }\nslugify('a');\n",
    "old.js": "const { slugify } = require('./src/text');\nslugify('q');\n",
}
GO = {
    "util/text.go": "package util\n\nconst Most = 3\n\n"
    "// Set is a set.\ntype Set struct{ n int }\n\n"
    "func (s *Set) Insert(x int, name string) int {\n\ts.n += x\n\treturn s.n + len(name)\n}\n\n"
    "func Slug(text string, most int) string {\n\tif len(text) > most {\n"
    "\t\treturn text[:most]\n\t}\n\treturn text\n}\n",
    "util/more.go": "package util\n\nfunc Two() string {\n\tSet := 3\n\t_ = Set\n"
    '\treturn Slug("a", Most) + Slug("b", 1)\n}\n',
    "util/text_test.go": 'package util_test\n\nimport "example.com/app/util"\n\n'
    'func f() { util.Slug("a", util.Most) }\n',
    "main.go": 'package main\n\nimport (\n\tu "example.com/app/util"\n)\n\n'
    'func Slug() {}\n\nfunc main() {\n\tvar s u.Set\n\ts.Insert(1, "a")\n'
    '\tSlug()\n\tprintln(u.Slug("a", u.Most))\n}\n',
    "go.mod": "module example.com/app\n\ngo 1.19\n",
}
RUST = {
    "src/text.rs": "pub const MOST: usize = 3;\n\npub struct Page {\n    size: usize,\n}\n\n"
    "impl Page {\n    pub fn new() -> Self {\n        Page { size: MOST }\n    }\n\n"
    "    pub fn shorten(&self, text: &str) -> usize {\n        text.len() + self.size\n    }\n}\n\n"
    "pub fn slug(text: &str, most: usize) -> String {\n"
    "    text.to_lowercase().chars().take(most).collect()\n}\n\n"
    "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn slugs() {\n"
    '        assert_eq!(slug("A", 1), "a");\n    }\n}\n',
    "src/main.rs": "mod text;\nuse crate::text::{slug, Page};\n\nfn main() {\n"
    '    let page = Page::new();\n    println!("{}", slug("A", text::MOST));\n'
    '    println!("{}", page.shorten("a"));\n    let b = text::slug("b", 2);\n}\n',
    "src/other.rs": "fn slug() {}\n\npub fn f() {\n"
    '    slug();\n    crate::text::slug("c", 1);\n}\n',
    "Cargo.toml": '[package]\nname = "my-app"\nversion = "0.1.0"\n',
}
CPP = {
    "text.cpp": '#include "text.h"\n\nstd::string slug(const std::string &text, int most) {\n'
    "  std::string found = text.substr(0, most);\n  return found;\n}\n\n"
    "int Page::width(int extra) const { return size + extra; }\n",
    "text.h": "#pragma once\n#include <string>\n\n"
    "std::string slug(const std::string &text, int most);\n\n"
    "class Page {\n public:\n  int width(int extra) const;\n  int size;\n};\n",
    "all.h": '#include "text.h"\n',
    "main.cpp": '#include "all.h"\n\nint main() {\n  Page page;\n  auto a = slug("a", 2);\n'
    "  return page.width(3);\n}\n",
    "apart.cpp": "static int slug(int x) { return x; }\nint b = slug(1);\n",
}

SLUG = RUST["src/text.rs"].partition("pub fn slug")[2].partition("\n#[cfg")[0]

PROPERTY = {
    "shapes.py": "class Shape:\n    def area(self):\n        return 2\n",
    "use.py": "from shapes import Shape\n\n\ndef f(one: Shape):\n"
    "    return one.area() + 3 * one.area(\n    )\n",
}
MORE = "from shapes import Shape\n\n\ndef g(one: Shape):\n    return one.area()\n"
CASES = [
    Case(
        "typescript: a function",
        TS,
        (("export function slugify", "export function toSlug"),),
        {
            "src/text.ts": (("return slugify", "return toSlug"),),
            "src/index.ts": (("{ slugify }", "{ toSlug }"),),
            "src/app.ts": (("{ slugify as s", "{ toSlug as s"), ("text.slugify", "text.toSlug")),
            "src/far/use.tsx": (
                ("{ slugify, Page", "{ toSlug, Page"),
                ("{ slugify, MOST", "{ slugify: toSlug, MOST"),
                ("=> slugify(one)", "=> toSlug(one)"),
            ),
            "old.js": (("slugify", "toSlug"),),
        },
    ),
    Case(
        "typescript: a method",
        TS,
        (("title(size", "heading(size"),),
        {"src/far/use.tsx": (("page.title", "page.heading"),)},
    ),
    Case(
        "typescript: a class",
        TS,
        (("class Page", "class Sheet"),),
        {"src/far/use.tsx": (("slugify, Page", "slugify, Sheet"), ("new Page", "new Sheet"))},
    ),
    Case(
        "typescript: parameters change places",
        TS
        | {"src/two.ts": 'import { pad } from "./pad";\npad("a", 3);\n'}
        | {
            "src/pad.ts": "export const pad = (text: string, by: number) => text.repeat(by) + by;\n"
        },
        (("text: string, by: number", "by: number, text: string"),),
        {"src/two.ts": (('"a", 3', '3, "a"'),)},
        path="src/pad.ts",
    ),
    Case(
        "go: a function",
        GO,
        (("func Slug(", "func Short("),),
        {
            "util/more.go": (("Slug(", "Short("),),
            "util/text_test.go": (("util.Slug", "util.Short"),),
            "main.go": (("u.Slug", "u.Short"),),
        },
    ),
    Case(
        "go: a constant",
        GO,
        (("const Most", "const Limit"),),
        {
            "util/more.go": (("Most", "Limit"),),
            "util/text_test.go": (("util.Most", "util.Limit"),),
            "main.go": (("u.Most", "u.Limit"),),
        },
    ),
    Case(
        "go: a type is not the variable with its name",
        GO,
        (("type Set ", "type Bag "), ("s *Set", "s *Bag")),
        {"main.go": (("u.Set", "u.Bag"),)},
    ),
    Case(
        "go: a method",
        GO,
        ((") Insert(", ") Put("),),
        {"main.go": (("s.Insert", "s.Put"),)},
    ),
    Case(
        "go: a parameter goes",
        GO,
        (("x int, name string", "x int"), (" + len(name)", "")),
        {"main.go": (('s.Insert(1, "a")', "s.Insert(1)"),)},
    ),
    Case(
        "go: a name that others cannot use any more",
        GO,
        (("func Slug(", "func slug("),),
        {"util/more.go": (("Slug(", "slug("),)},
        left="slug cannot be used from other packages",
    ),
    Case(
        "rust: a function",
        RUST,
        (("pub fn slug(", "pub fn short("),),
        {
            "src/text.rs": (("assert_eq!(slug(", "assert_eq!(short("),),
            "src/main.rs": (
                ("{slug, Page}", "{short, Page}"),
                ('", slug(', '", short('),
                ("text::slug", "text::short"),
            ),
            "src/other.rs": (("text::slug", "text::short"),),
        },
    ),
    Case(
        "rust: a constant",
        RUST,
        (("const MOST", "const LIMIT"),),
        {
            "src/text.rs": (("size: MOST", "size: LIMIT"),),
            "src/main.rs": (("text::MOST", "text::LIMIT"),),
        },
    ),
    Case(
        "rust: a method",
        RUST,
        (("fn shorten(", "fn cut("),),
        {"src/main.rs": (("page.shorten", "page.cut"),)},
    ),
    Case(
        "rust: a struct",
        RUST,
        (
            ("struct Page", "struct Sheet"),
            ("impl Page", "impl Sheet"),
        ),
        {
            "src/text.rs": (("Page { size", "Sheet { size"),),
            "src/main.rs": (("slug, Page", "slug, Sheet"), ("Page::new", "Sheet::new")),
        },
    ),
    Case(
        "rust: a parameter goes, in a macro too",
        RUST,
        (("text: &str, most: usize) -> S", "text: &str) -> S"), ("take(most)", "take(3)")),
        {
            "src/text.rs": (('slug("A", 1)', 'slug("A")'),),
            "src/main.rs": (('slug("A", text::MOST)', 'slug("A")'), ('slug("b", 2)', 'slug("b")')),
            "src/other.rs": (('slug("c", 1)', 'slug("c")'),),
        },
    ),
    Case(
        "c++: a function",
        CPP,
        (("std::string slug(", "std::string shorten("),),
        {
            "text.h": (("slug", "shorten"),),
            "main.cpp": (("slug", "shorten"),),
        },
    ),
    Case(
        "c++: a method",
        CPP,
        (("Page::width", "Page::breadth"),),
        {"text.h": (("width", "breadth"),), "main.cpp": (("page.width", "page.breadth"),)},
    ),
    Case(
        "typescript: a constant moved to another file",
        TS | {"src/limits.ts": "export const MANY = 9;\nexport const MOST = 3;\n"},
        (("export const MOST = 3;\n\n", ""),),
        {
            "src/app.ts": (
                ("import { slugify as s, MOST }", "import { slugify as s }"),
                ("import { slugify", 'import { MOST } from "./limits";\nimport { slugify'),
            ),
        },
    ),
    Case(
        "go: a constant moved to another package",
        GO | {"limits/limits.go": "package limits\n\nconst Most = 3\n"},
        (("const Most = 3\n\n", ""),),
        {
            "util/more.go": (
                ("package util\n", 'package util\n\nimport "example.com/app/limits"\n'),
                ("Most", "limits.Most"),
            ),
            "util/text_test.go": (
                ('app/util"\n', 'app/util"\nimport "example.com/app/limits"\n'),
                ("util.Most", "limits.Most"),
            ),
            "main.go": (
                ('\tu "', '\t"example.com/app/limits"\n\tu "'),
                ("u.Most", "limits.Most"),
            ),
        },
        path="util/text.go",
    ),
    Case(
        "go: a constant moved to a package that uses it",
        {name: GO[name] for name in ("util/text.go", "go.mod")}
        | {
            "limits/limits.go": "package limits\n\nconst Most = 3\n",
            "limits/more.go": 'package limits\n\nimport "example.com/app/util"\n\n'
            "const Twice = 2 * util.Most\n",
        },
        (("const Most = 3\n\n", ""),),
        {
            "limits/more.go": (('import "example.com/app/util"\n', ""), ("util.Most", "Most")),
        },
        path="util/text.go",
    ),
    Case(
        "rust: a constant moved to another module",
        RUST
        | {"src/main.rs": "use crate::text::{MOST, Page};\n\nfn main() {\n    f(MOST);\n}\n"}
        | {"src/cut.rs": "pub const MOST: usize = 3;\n"},
        (("pub const MOST: usize = 3;\n\n", ""),),
        {
            "src/text.rs": (("pub struct Page", "use crate::cut::MOST;\n\npub struct Page"),),
            "src/main.rs": (
                ("use crate::text::{MOST,", "use crate::cut::MOST;\nuse crate::text::{"),
                ("{ Page}", "{Page}"),
            ),
        },
    ),
    Case(
        "rust: a constant moved to a module of which one name is imported",
        RUST
        | {
            "src/main.rs": "use crate::cut::LEAST;\nuse crate::text::MOST;\n\n"
            "fn f() {\n    g(MOST);\n}\n"
        }
        | {"src/cut.rs": "pub const LEAST: usize = 1;\npub const MOST: usize = 3;\n"},
        (("pub const MOST: usize = 3;\n\n", ""),),
        {
            "src/text.rs": (("pub struct Page", "use crate::cut::MOST;\n\npub struct Page"),),
            "src/main.rs": (
                ("cut::LEAST;", "cut::{LEAST, MOST};"),
                ("use crate::text::MOST;\n", ""),
            ),
        },
    ),
    Case(
        "rust: a function moved to another module",
        RUST | {"src/cut.rs": RUST["src/text.rs"].partition("pub fn slug")[1] + SLUG},
        (("pub fn slug" + SLUG, ""),),
        {
            "src/text.rs": (("pub const MOST", "use crate::cut::slug;\n\npub const MOST"),),
            "src/main.rs": (
                ("use crate::text::{slug, Page}", "use crate::cut::slug;\nuse crate::text::{Page}"),
                ("text::slug(", "crate::cut::slug("),
            ),
            "src/other.rs": (("crate::text::slug", "crate::cut::slug"),),
        },
    ),
    Case(
        "typescript: a constant moved, got at by its module",
        {
            "src/text.ts": "export const MOST = 3;\n\nexport function cut(x: string) {}\n",
            "src/limits.ts": "export const MOST = 3;\n",
            "src/a.ts": 'import * as text from "./text";\n\ntext.cut(f(text.MOST));\n',
            "src/b.ts": 'import * as text from "./text";\n\nf(text.MOST);\n',
            "src/c.ts": 'import * as text from "./text";\n\nconst MOST = text.MOST;\n',
        },
        (("export const MOST = 3;\n\n", ""),),
        {
            "src/a.ts": (
                ('"./text";\n', '"./text";\nimport { MOST } from "./limits";\n'),
                ("text.MOST", "MOST"),
            ),
            "src/b.ts": (('* as text from "./text"', '{ MOST } from "./limits"'), ("text.", "")),
        },
        left="src/c.ts, line 3: its import has to be written by hand",
    ),
    Case(
        "c++: a parameter goes, in the prototype and in the calls",
        CPP,
        (("const std::string &text, int most", "const std::string &text"), ("0, most", "0, 3")),
        {
            "text.h": (("text, int most", "text"),),
            "main.cpp": (('slug("a", 2)', 'slug("a")'),),
        },
    ),
    Case(
        "c++: another type of a parameter, from the header to the definition",
        CPP | {"text.h": CPP["text.h"].replace("int most", "int most = 4")},
        (("int most = 4", "long most = 4"),),
        {"text.cpp": (("int most", "long most"),)},
        path="text.h",
    ),
    Case(
        "c++: the prototype keeps its defaults",
        CPP | {"text.h": CPP["text.h"].replace("int most", "int most = 4")},
        (("const std::string &text", "std::string text"),),
        {"text.h": (("const std::string &text", "std::string text"),)},
    ),
    Case(
        "python: a name as other types have it, on what is called like the class",
        {
            "jobs/queue.py": "class JobQueue:\n    def __init__(self):\n        self._all = []\n\n"
            "    def get(self):\n        return self._all.pop()\n",
            "jobs/work.py": "class Worker:\n    def __init__(self, job_queue):\n"
            "        self._job_queue = job_queue\n\n    def run(self, options):\n"
            "        return self._job_queue.get() or options.get('x')\n",
        },
        (("def get", "def take"),),
        {"jobs/work.py": (("_job_queue.get()", "_job_queue.take()"),)},
        left="jobs/work.py, line 6: which get is meant is not clear",
    ),
    Case(
        "python: a method that is a property now",
        PROPERTY,
        (("    def area", "    @property\n    def area"),),
        {"use.py": (("one.area() +", "one.area +"), ("one.area(\n    )", "one.area"))},
    ),
    Case(
        "python: a property that is a method now",
        {
            "shapes.py": PROPERTY["shapes.py"].replace(
                "    def area", "    @property\n    def area"
            ),
            "use.py": PROPERTY["use.py"]
            .replace("area() +", "area +")
            .replace("area(\n    )", "area"),
        },
        (("    @property\n", ""),),
        {"use.py": (("one.area +", "one.area() +"), ("3 * one.area", "3 * one.area()"))},
    ),
    Case(
        "python: a property that is a method now is called where it is read only",
        {
            "shapes.py": PROPERTY["shapes.py"].replace("    def", "    @property\n    def"),
            "use.py": "from shapes import Shape\n\n\ndef f(one: Shape, two: Shape):\n"
            "    del one.area\n    two.area = 3\n    two.area += 1\n    Shape.area.fget(one)\n"
            "    return one.area == two.area\n",
        },
        (("    @property\n", ""),),
        {"use.py": (("one.area == two.area", "one.area() == two.area()"),)},
    ),
    Case(
        "python: a property of a class that has its own is left",
        {
            "shapes.py": PROPERTY["shapes.py"],
            "use.py": "from shapes import Shape\n\n\nclass Square(Shape):\n    def area(self):\n"
            "        return super().area() + 1\n",
            "more.py": MORE,
        },
        (("    def area", "    @property\n    def area"),),
        {"more.py": (("one.area()", "one.area"),)},
        left="use.py, line 6: a class has its own, or is asked itself",
    ),
    Case(
        "python: a comment in a call is not lost",
        {
            "shapes.py": PROPERTY["shapes.py"],
            "use.py": "from shapes import Shape\n\n\ndef f(one: Shape):\n    return one.area(\n"
            "        # why\n    )\n",
            "more.py": MORE,
        },
        (("    def area", "    @property\n    def area"),),
        {"more.py": (("one.area()", "one.area"),)},
        left="use.py, line 5: its arguments do not fit the signature before",
    ),
    Case(
        "typescript: a method that is a getter now",
        {
            "src/box.ts": "export class Box {\n  area(): number {\n    return 1;\n  }\n}\n",
            "src/use.ts": 'import { Box } from "./box";\n\nexport function f(box: Box) {\n'
            "  return box.area() + new Box().area();\n}\n",
        },
        (("  area()", "  get area()"),),
        {"src/use.ts": (("box.area() + new Box().area()", "box.area + new Box().area"),)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_change_is_followed_to_each_use_and_nowhere_else(case, project):
    one = project(case.files)
    path = case.path or next(iter(case.files))
    await one.replace(path, *case.pairs)
    wanted = {}
    for name, pairs in case.wanted.items():
        text = one.text(name)
        for old, new in pairs:
            assert old in text, (name, old)
            text = text.replace(old, new)
        wanted[name] = text
    assert one.offered == wanted
    assert case.left in one.left


@pytest.mark.parametrize(
    ("home", "name", "use"),
    [
        # Another name than the folder's, a test, a program, another module, or not for all.
        ("limits/l.go", "package caps", ""),
        ("limits/l_test.go", "package limits", ""),
        ("limits/l.go", "package main", ""),
        ("other/internal/limits/l.go", "package limits", ""),
        # The package's name is another thing there, or nothing needs to name it.
        ("limits/l.go", "package limits", "func f(util T) int { return util.Most }\n"),
        ("limits/l.go", "package limits", 'import . "example.com/app/text"\n'),
        ("limits/l.go", "package limits", 'import _ "example.com/app/limits"\n'),
        # It imports this one already.
        ("limits/l.go", 'package limits\n\nimport "example.com/app"', ""),
    ],
)
async def test_in_go_what_could_not_be_compiled_is_left(project, home, name, use):
    head = 'package app\n\nimport "example.com/app/util"\n'
    text = f"{head}{use}\nvar a = util.Most\n"
    util = "package util\n\nconst Most = 3\n\nfunc Cut() {}\n"
    one = project({"go.mod": GO["go.mod"], "util/u.go": util, "a.go": text, home: f"{name}\n"})
    one.write(home, f"{name}\n\nconst Most = 3\n")
    await one.world.inbox.saved([home])
    await one.replace("util/u.go", ("const Most = 3\n\n", ""))
    assert "a.go" not in one.offered


async def test_in_go_a_small_letter_keeps_a_name_in_its_package(project):
    util = "package util\n\nconst most = 3\n\nfunc Cut() {}\n"
    use = "package util\n\nvar a = most\n"
    files = {"go.mod": GO["go.mod"], "util/u.go": util, "util/a.go": use, "limits/l.go": ""}
    one = project(files)
    await one.save(limits___l__go="package limits\n\nconst most = 3\n")
    await one.replace("util/u.go", ("const most = 3\n\n", ""))
    assert one.offered == {}


MOVED = {
    "src/text.ts": "export const MOST = 3;\n\nexport function cut(x: string) {}\n",
    "src/limits.ts": "export const MOST = 3;\nexport type Y = 1;\n",
}


@pytest.mark.parametrize(
    ("use", "now"),
    [
        (
            'import * as text from "./text";\n'
            'import type { Y } from "./limits";\n\nf(text.MOST);\n',
            'import { MOST } from "./limits";\nimport type { Y } from "./limits";\n\nf(MOST);\n',
        ),
        ('import * as text from "./text";\n\nfunction f(text: T) { return text.MOST; }\n', None),
        ('import * as text from "./text";\n\nvi.spyOn(text, "MOST");\nf(text.MOST);\n', None),
    ],
)
async def test_in_typescript_a_value_is_not_imported_as_a_type(project, use, now):
    one = project({**MOVED, "src/a.ts": use})
    await one.replace("src/text.ts", ("export const MOST = 3;\n\n", ""))
    found = one.offered.get("src/a.ts")
    assert sorted((found or "").splitlines()) == sorted((now or "").splitlines())


async def test_a_file_that_requires_its_modules_gets_no_import(project):
    text = "const MOST = 3;\n\nfunction cut(x) { return MOST; }\nmodule.exports = { cut };\n"
    one = project({"src/text.js": text, "src/limits.js": "export const MOST = 3;\n"})
    await one.replace("src/text.js", ("const MOST = 3;\n\n", ""))
    assert one.offered == {}


async def test_a_program_beside_a_library_of_rust_is_another_crate(project):
    files = {
        "Cargo.toml": '[package]\nname = "app"\n',
        "src/lib.rs": "pub mod text;\npub mod limits;\n",
        "src/main.rs": "mod text;\n\nfn main() {\n    text::MOST;\n}\n",
        "src/text.rs": "pub const MOST: usize = 3;\n\npub fn cut() {}\n",
        "src/limits.rs": "pub const MOST: usize = 3;\n",
    }
    one = project(files)
    await one.replace("src/text.rs", ("pub const MOST: usize = 3;\n\n", ""))
    assert one.offered == {}
