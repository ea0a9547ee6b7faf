"""Names that are something else where they stand, and places that a change reaches by a detour."""

from dataclasses import dataclass, field

import pytest

PY = "def area(w, h):\n    total = w * h\n    print('computing', total)\n    return total\n"
TS = (
    "export function area(w: number, h: number): number {\n  const total = w * h;\n"
    "  console.log('computing', total);\n  return total;\n}\n"
)
GO = (
    'package u\n\nimport "fmt"\n\nfunc Area(w int, h int) int {\n\ttotal := w * h\n'
    '\tfmt.Println("computing", total)\n\treturn total\n}\n'
)
CPP = (
    '#include "u.h"\n\nint area(int w, int h) {\n    int total = w * h;\n    show(total);\n'
    "    return total;\n}\n"
)
HEADER = "#pragma once\nint area(int w, int h);\n"
CLASS = (
    "#pragma once\nclass Foo {\npublic:\n    Foo(int a);\n    ~Foo();\n"
    "    Foo(const Foo&) = delete;\n    static Foo make();\n    int n;\n};\n"
)
MEMBERS = (
    '#include "u.h"\nFoo::Foo(int a) : n(a) {}\nFoo::~Foo() {}\nFoo Foo::make() { return 3; }\n'
)
STORE = (
    "class Store:\n    def __init__(self, w, h):\n        self.w = w\n        self.h = h\n"
    "        print(w, h)\n\n    def compute_size(self):\n        print('size')\n"
    "        return self.w * self.h\n"
)
USER = (
    "export class Foo {\n  n = 1;\n  m = 2;\n  run() { return this.n + this.m; }\n}\n"
    "export function use(a: Foo, k: number): Foo {\n  console.log(a, k);\n  return a;\n}\n"
)
LOAD = "def load(path):\n    data = open(path).read()\n    print('loading')\n    return data\n"
RUST = {
    "Cargo.toml": '[package]\nname = "m"\n',
    "src/lib.rs": "pub mod u;\npub mod a;\n",
    "src/u.rs": "pub const LIMIT_OF_ALL: u32 = 40 + 2 + 3 + 4 + 5;\n",
}
MOD = {"go.mod": "module m\n"}


@dataclass
class Case:
    """``path`` is saved with words replaced; ``now`` is what each other file becomes."""

    name: str
    files: dict[str, str]
    path: str
    pairs: tuple[tuple[str, str], ...]
    now: dict[str, str] = field(default_factory=dict)
    left: str = ""


RENAME = (("def area", "def surface"),)
TURN = (("(w, h)", "(h, w)"),)
CASES = [
    Case(
        "python: a default is read outside of the function",
        {
            "u.py": PY,
            "a.py": "from u import area\n\n\ndef f(x=area):\n    area = 3\n    return area\n",
        },
        "u.py",
        RENAME,
        {"a.py": "from u import surface\n\n\ndef f(x=surface):\n    area = 3\n    return area\n"},
    ),
    Case(
        "python: a function imports another one of the name",
        {
            "u.py": PY,
            "a.py": "from u import area\n\n\ndef f():\n    from other import area\n"
            "    return area(1)\n\n\ndef g():\n    import area\n    return area.x\n\n\n"
            "area(1, 2)\n",
        },
        "u.py",
        RENAME,
        {
            "a.py": "from u import surface\n\n\ndef f():\n    from other import area\n"
            "    return area(1)\n\n\ndef g():\n    import area\n    return area.x\n\n\n"
            "surface(1, 2)\n"
        },
    ),
    Case(
        "python: a parameter hides the module",
        {"u.py": PY, "a.py": "import u\n\n\ndef f(u):\n    return u.area(1)\n\n\nu.area(1, 2)\n"},
        "u.py",
        RENAME,
        {"a.py": "import u\n\n\ndef f(u):\n    return u.area(1)\n\n\nu.surface(1, 2)\n"},
    ),
    Case(
        "typescript: a parameter hides the module",
        {
            "u.ts": TS,
            "a.ts": "import * as u from './u';\nfunction f(u: Q) { return u.area(1); }\n"
            "u.area(1, 2);\n",
        },
        "u.ts",
        (("function area", "function surface"),),
        {
            "a.ts": "import * as u from './u';\nfunction f(u: Q) { return u.area(1); }\n"
            "u.surface(1, 2);\n"
        },
    ),
    Case(
        "go: a parameter or a variable hides the package",
        MOD
        | {
            "u/u.go": GO,
            "a/a.go": 'package a\n\nimport "m/u"\n\nfunc F(u U) int { return u.Area(1, 2) }\n\n'
            "func G() int {\n\tu := U{}\n\treturn u.Area(1, 2)\n}\n\nvar x = u.Area(1, 2)\n",
        },
        "u/u.go",
        (("func Area", "func Surface"),),
        {
            "a/a.go": 'package a\n\nimport "m/u"\n\nfunc F(u U) int { return u.Area(1, 2) }\n\n'
            "func G() int {\n\tu := U{}\n\treturn u.Area(1, 2)\n}\n\nvar x = u.Surface(1, 2)\n"
        },
    ),
    Case(
        "typescript: a type that is written out binds no name",
        {
            "u.ts": TS,
            "a.ts": "import { area } from './u';\ntype T = { area: number };\n"
            "function f(o: { area: number }) { return area(1, o.area); }\n",
        },
        "u.ts",
        (("function area", "function surface"),),
        {
            "a.ts": "import { surface } from './u';\ntype T = { area: number };\n"
            "function f(o: { area: number }) { return surface(1, o.area); }\n"
        },
    ),
    Case(
        "c++: a field, and another namespace's function",
        {
            "u.cpp": CPP,
            "u.h": HEADER,
            "a.cpp": '#include "u.h"\nstruct P { int area; int m() { return area; } };\n'
            "namespace z { int area(int a); int q() { return area(1) + ::area(1, 2); } }\n"
            "int f() { return area(1, 2) + z::area(1); }\n",
        },
        "u.cpp",
        (("int area", "int surface"),),
        {
            "u.h": HEADER.replace("area", "surface"),
            "a.cpp": '#include "u.h"\nstruct P { int area; int m() { return area; } };\n'
            "namespace z { int area(int a); int q() { return area(1) + ::surface(1, 2); } }\n"
            "int f() { return surface(1, 2) + z::area(1); }\n",
        },
    ),
    Case(
        "c++: what makes and ends an object is called as its class",
        {
            "u.h": CLASS,
            "u.cpp": MEMBERS,
            "a.cpp": '#include "u.h"\nFoo f() { return Foo::make(); }\n',
        },
        "u.h",
        (("class Foo", "class Bar"),),
        {
            "u.h": CLASS.replace("Foo", "Bar"),
            "u.cpp": MEMBERS.replace("Foo", "Bar"),
            "a.cpp": '#include "u.h"\nBar f() { return Bar::make(); }\n',
        },
    ),
    Case(
        "c++: a method is overridden with its body, a field is set by its name",
        {
            "u.h": "#pragma once\nstruct Foo {\n    virtual int size(int a) const;\n"
            "    int width;\n};\n",
            "a.cpp": '#include "u.h"\n'
            "struct D : Foo { int size(int a) const override { return Foo::size(a); } };\n"
            "int f() { Foo z{.width = 1}; return z.width; }\n",
        },
        "u.h",
        (("int size", "int volume"), ("int width", "int w")),
        {
            "a.cpp": '#include "u.h"\n'
            "struct D : Foo { int volume(int a) const override { return Foo::volume(a); } };\n"
            "int f() { Foo z{.w = 1}; return z.w; }\n",
        },
    ),
    Case(
        "c++: a default stays behind parameters without one",
        {
            "u.cpp": CPP,
            "u.h": HEADER.replace("int h", "int h = 3"),
            "a.cpp": '#include "u.h"\nint f() { return area(1, 2); }\n',
        },
        "u.cpp",
        (("int w, int h", "int h, int w"),),
        {"a.cpp": '#include "u.h"\nint f() { return area(2, 1); }\n'},
        "u.h, line 2: it is defined here with the parameters before",
    ),
    Case(
        "a variable of the new name is in the way",
        {"u.py": PY + "\n\ndef g(surface):\n    return area(1, surface)\n\n\nprint(area(1, 2))\n"},
        "u.py",
        RENAME,
        {
            "u.py": PY.replace("def area", "def surface")
            + "\n\ndef g(surface):\n    return area(1, surface)\n\n\nprint(surface(1, 2))\n"
        },
        "surface is another thing there",
    ),
    Case(
        "what a module has is no method",
        {
            "u.py": STORE,
            "a.py": "import numpy as np\nfrom u import Store\n\n\ndef f(x):\n"
            "    return np.compute_size(x) + x.compute_size()\n",
        },
        "u.py",
        (("def compute_size", "def volume"),),
        {
            "a.py": "import numpy as np\nfrom u import Store\n\n\ndef f(x):\n"
            "    return np.compute_size(x) + x.volume()\n",
        },
    ),
    Case(
        "a subclass gives its base the arguments of now, or is left",
        {
            "u.py": STORE,
            "a.py": "from u import Store\n\n\nclass A(Store):\n    def __init__(self):\n"
            "        super().__init__(1, 2)\n\n\nclass B(Store):\n    pass\n",
        },
        "u.py",
        (("(self, w, h)", "(self, h, w)"),),
        {
            "a.py": "from u import Store\n\n\nclass A(Store):\n    def __init__(self):\n"
            "        super().__init__(2, 1)\n\n\nclass B(Store):\n    pass\n",
        },
        "a.py, line 9: what B gives its base is not followed",
    ),
    Case(
        "a generator that is the only argument is one",
        {
            "u.py": PY.replace("w, h", "w, h=2"),
            "a.py": "from u import area\n\narea(x for x in [])\narea(1, 2)\n",
        },
        "u.py",
        ((", h=2)", ")"), ("w * h", "w * 2")),
        {"a.py": "from u import area\n\narea(x for x in [])\narea(1)\n"},
        "a.py, line 3: it passes a list of arguments",
    ),
    Case(
        "what goes by another name in the file is left",
        {"u.py": PY, "a.py": "import u\nfrom u import area as ar\n\nar(1, 2)\nu.area(1, 2)\n"},
        "u.py",
        TURN,
        {"a.py": "import u\nfrom u import area as ar\n\nar(1, 2)\nu.area(2, 1)\n"},
        "a.py, line 2: it is called ar there",
    ),
    Case(
        "a class whose members are of its own type has another name only",
        {"u.ts": USER, "a.ts": "import { Foo, use } from './u';\nuse(new Foo(), 2).n;\n"},
        "u.ts",
        (("class Foo", "class Bar"), ("a: Foo", "a: Bar"), ("): Foo", "): Bar")),
        {"a.ts": "import { Bar, use } from './u';\nuse(new Bar(), 2).n;\n"},
    ),
    Case(
        "a class that still names itself by its old name has another name only",
        {
            "u.py": "class Foo:\n    x: 'Foo'\n\n    def f(self) -> 'Foo':\n        print(1)\n"
            "        return self.x\n",
            "a.py": "from u import Foo\n\n\ndef g(a: Foo):\n    return a.f().x\n",
        },
        "u.py",
        (("class Foo", "class Bar"),),
        {
            "u.py": "class Bar:\n    x: 'Bar'\n\n    def f(self) -> 'Bar':\n        print(1)\n"
            "        return self.x\n",
            "a.py": "from u import Bar\n\n\ndef g(a: Bar):\n    return a.f().x\n",
        },
    ),
    Case(
        "go: a short type that holds itself",
        MOD
        | {
            "u/u.go": "package u\n\ntype Foo struct {\n\tNext *Foo\n\tN int\n}\n",
            "a/a.go": 'package a\n\nimport "m/u"\n\nfunc F(f *u.Foo) int { return f.N }\n',
        },
        "u/u.go",
        (("type Foo", "type Bar"),),
        {
            "u/u.go": "package u\n\ntype Bar struct {\n\tNext *Bar\n\tN int\n}\n",
            "a/a.go": 'package a\n\nimport "m/u"\n\nfunc F(f *u.Bar) int { return f.N }\n',
        },
    ),
    Case(
        "a result of several lines is no name of its own",
        {
            "u.py": LOAD,
            "a.py": "from u import load\n\nf(\n    key=load('x')\n)\nf(\n    load('y')\n)\n"
            "z = load('z')\n",
        },
        "u.py",
        (("return data", "return data, path"),),
        {
            "a.py": "from u import load\n\nf(\n    key=load('x')[0]\n)\nf(\n    load('y')[0]\n)\n"
            "z, _ = load('z')\n"
        },
    ),
    Case(
        "rust: a text that is filled in names it",
        RUST
        | {
            "src/a.rs": "use crate::u::LIMIT_OF_ALL;\n"
            'fn f() { println!("{LIMIT_OF_ALL}"); g(LIMIT_OF_ALL); }\n'
        },
        "src/u.rs",
        (("LIMIT_OF_ALL", "MOST"),),
        {"src/a.rs": 'use crate::u::MOST;\nfn f() { println!("{LIMIT_OF_ALL}"); g(MOST); }\n'},
        "src/a.rs, line 2: it stands in a comment or a text",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_only_what_is_meant_is_changed(case, project):
    one = project(case.files)
    await one.replace(case.path, *case.pairs)
    assert one.offered == case.now
    assert case.left in one.left
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    "call",
    [
        "area(\n    1,  # width\n    2,  # height\n)\n",
        "area(\n    1,\n    # the height\n    2,\n)\n",
    ],
)
async def test_arguments_with_comments_do_not_change_places_by_themselves(call, project):
    whole = f"from u import area\n\n{call}"
    one = project({"u.py": PY, "a.py": "import u\n\nu.area(1, 2)\n", "b.py": whole}, *[whole] * 3)
    await one.replace("u.py", *TURN)
    assert one.offered == {"a.py": "import u\n\nu.area(2, 1)\n"}
    assert one.world.endpoint.requests


async def test_an_argument_beside_a_comment_can_have_another_name(project):
    use = "from u import area\n\narea(\n    w=1,  # width\n    h=2,  # height\n)\n"
    one = project({"u.py": PY, "a.py": use})
    await one.replace("u.py", ("(w, h)", "(wide, h)"), ("w * h", "wide * h"))
    assert one.offered == {"a.py": use.replace("w=1", "wide=1")}


async def test_what_has_no_name_for_its_callers_is_not_named(project):
    use = "from u import f\n\nf(1, 2)\n"
    text = "def f(a, b=2, /):\n    print('summing', a, b)\n    return a + b\n"
    one = project({"u.py": text, "a.py": use}, use, use, use)
    await one.replace("u.py", ("b=2, /", "c=1, b=2, /"))
    assert one.offered == {}
    assert one.world.endpoint.requests
