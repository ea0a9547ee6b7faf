"""Functions that became methods of what they took first: their calls, and their imports."""

from pathlib import Path

import pytest
from following import asked, following

GO = """package lamp

// Lamp is a lamp.
type Lamp struct {
	Bulbs int
	Each  int
}

// Watts returns the power.
func Watts(l Lamp, lost int) int {
	return l.Bulbs*l.Each - lost
}
"""
GO_CHANGE = ("func Watts(l Lamp, lost int) int", "func (l Lamp) Watts(lost int) int")
POINTER_CHANGE = ("func Watts(l Lamp, lost int) int", "func (l *Lamp) Watts(lost int) int")
PY = '''class Lamp:
    bulbs = 2


def watts(lamp: Lamp, lost: int = 0) -> int:
    """Return the power."""
    return lamp.bulbs * 60 - lost
'''
PY_CHANGE = (
    "\n\ndef watts(lamp: Lamp, lost: int = 0) -> int:\n"
    '    """Return the power."""\n    return lamp.bulbs',
    "\n    def watts(self, lost: int = 0) -> int:\n"
    '        """Return the power."""\n        return self.bulbs',
)
TS = """export class Lamp {
  bulbs = 2;
}

export function watts(lamp: Lamp, lost = 0): number {
  return lamp.bulbs * 60 - lost;
}
"""
TS_CHANGE = (
    "}\n\nexport function watts(lamp: Lamp, lost = 0): number {\n"
    "  return lamp.bulbs * 60 - lost;\n}\n",
    "\n  watts(lost = 0): number {\n    return this.bulbs * 60 - lost;\n  }\n}\n",
)
RS = """pub struct Lamp {
    pub bulbs: u32,
}

pub fn watts(lamp: &Lamp, lost: u32) -> u32 {
    lamp.bulbs * 60 - lost
}
"""
RS_CHANGE = (
    "pub fn watts(lamp: &Lamp, lost: u32) -> u32 {\n    lamp.bulbs * 60 - lost\n}\n",
    "impl Lamp {\n    pub fn watts(&self, lost: u32) -> u32 {\n"
    "        self.bulbs * 60 - lost\n    }\n}\n",
)
HPP = """#pragma once

struct Lamp {
    int bulbs;
};

inline int watts(const Lamp& lamp, int lost) { return lamp.bulbs * 60 - lost; }
inline void dim(Lamp* lamp) { lamp->bulbs = lamp->bulbs - 1; }
"""
HPP_WATTS = (
    "};\n\ninline int watts(const Lamp& lamp, int lost) { return lamp.bulbs * 60 - lost; }\n",
    "    int watts(int lost) const { return bulbs * 60 - lost; }\n};\n\n",
)
HPP_DIM = (
    "    int bulbs;\n",
    "    int bulbs;\n    void dim() { bulbs = bulbs - 1; }\n",
)
NO_DIM = ("inline void dim(Lamp* lamp) { lamp->bulbs = lamp->bulbs - 1; }\n", "")
CRATE = {
    "Cargo.toml": '[package]\nname = "m"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod lamp;\npub mod rig;\n",
}


async def made(root: Path, home: str, defined: str, path: str, text: str, *changes, **more):
    """Return what becomes of a file where a function of ``home`` becomes a method."""
    project = following(root, {home: defined, path: text, **more.get("others", {})})
    await project.replace(home, *changes)
    return project, project.offered.get(path, text)


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("watts(one)", "one.watts()"),
        ("watts(one, 3)", "one.watts(3)"),
        ("watts(lamp=one, lost=3)", "one.watts(lost=3)"),
        ("watts(all[0], *rest)", "all[0].watts(*rest)"),
        ("watts(await get())", "(await get()).watts()"),
        ("watts(one or two)", "(one or two).watts()"),
        ("watts(get(')', '('))", "get(')', '(').watts()"),
        ("watts(pick(watts(one)))", "pick(one.watts()).watts()"),
        ("watts(\n    one,\n    3,\n)", "one.watts(\n    3,\n)"),
        ("lamps.watts(one)", "one.watts()"),
    ],
)
async def test_a_call_in_python_is_one_of_the_method(tmp_path: Path, line, then):
    text = f"import lamps\nfrom lamps import Lamp, watts\n\nx = {line}\n"
    _, after = await made(tmp_path, "lamps.py", PY, "use.py", text, PY_CHANGE)
    assert after == f"import lamps\nfrom lamps import Lamp\n\nx = {then}\n"


async def test_what_was_the_only_import_goes(tmp_path: Path):
    text = '"""Uses it."""\n\nfrom lamps import watts\n\n\ndef f(a):\n    return watts(a)\n'
    project, after = await made(tmp_path, "lamps.py", PY, "use.py", text, PY_CHANGE)
    assert after == '"""Uses it."""\n\n\n\ndef f(a):\n    return a.watts()\n'
    assert asked(project) == {"Lamp.watts() in the place of watts()"}


async def test_a_property_is_not_called(tmp_path: Path):
    project, after = await made(
        tmp_path,
        "lamps.py",
        PY.replace(", lost: int = 0", "").replace(" - lost", ""),
        "use.py",
        "from lamps import watts\n\nx = watts(one) + 1\n",
        (
            '\n\ndef watts(lamp: Lamp) -> int:\n    """Return the power."""\n    return lamp.bulbs',
            "\n    @property\n    def watts(self) -> int:\n"
            '        """Return the power."""\n        return self.bulbs',
        ),
    )
    assert "x = one.watts + 1" in after
    assert not project.left


@pytest.mark.parametrize(
    ("imports", "line", "then"),
    [
        ("from lamps import watts", "map(watts, all)", ("from lamps import Lamp", "map({}, all)")),
        (
            "from lamps import dim, watts",
            "sorted(all, key=watts, reverse=True), watts(one)",
            ("from lamps import dim, Lamp", "sorted(all, key={}, reverse=True), one.watts()"),
        ),
        (
            "from lamps import Lamp, watts",
            "Lamp(), {'w': watts}",
            ("from lamps import Lamp", "Lamp(), {{'w': {}}}"),
        ),
        ("import lamps", "max(map(lamps.watts, all))", ("import lamps", "max(map(lamps.{}, all))")),
        ("import a.lamps as l", "partial(l.watts, lost=2)", None),
        (
            "import lamps as l",
            "partial(l.watts, lost=2)",
            ("import lamps as l", "partial(l.{}, lost=2)"),
        ),
    ],
)
async def test_a_function_of_python_that_is_passed_on_is_its_class_s_method(
    tmp_path: Path, imports, line, then
):
    text = f"{imports}\n\nx = {line}\n"
    _, after = await made(tmp_path, "lamps.py", PY, "use.py", text, PY_CHANGE)
    if then is None:
        assert after == text
    else:
        assert after == f"{then[0]}\n\nx = {then[1].format('Lamp.watts')}\n"


async def test_in_its_own_file_too_where_the_class_is_there_by_then(tmp_path: Path):
    uses = "\n\ndef most(all):\n    return max(all, key=watts)\n\n\nBY = {1: watts}\n"
    project = following(tmp_path, {"lamps.py": PY + uses})
    await project.replace("lamps.py", PY_CHANGE)
    then = uses.replace("watts", "Lamp.watts")
    assert project.offered["lamps.py"].endswith(then)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        # The class is another thing there, or the first value is given by its name.
        ("[watts for Lamp in all]", "line 3: it is passed on, not called"),
        ("partial(watts, lamp=one)", "line 3: it is passed on, not called"),
        ("map(watts, all), partial(watts, lamp=one)", "line 3: it is passed on, not called"),
        (
            "watts(one) + len(partial(watts, lamp=two)())",
            "line 1: its import has to be written by hand",
        ),
    ],
)
async def test_what_is_passed_on_otherwise_keeps_its_import_and_is_told(
    tmp_path: Path, line, reason
):
    other = "from lamps import watts\n\nprint(watts(a))\n"
    text = f"from lamps import watts\n\nx = {line}\n"
    project, after = await made(
        tmp_path, "lamps.py", PY, "use.py", text, PY_CHANGE, others={"other.py": other}
    )
    assert "from lamps import watts" in after
    assert reason in project.left


@pytest.mark.parametrize(
    "line", ["watts(None)", "watts(lost=3, lamp=one)", "watts(one,  # mine\n)"]
)
async def test_a_model_is_asked_where_it_cannot_be_written(tmp_path: Path, line):
    text = f"from lamps import watts\n\n\ndef f(one):\n    return {line}\n"
    project, after = await made(tmp_path, "lamps.py", PY, "use.py", text, PY_CHANGE)
    assert after == text
    assert asked(project) == {"f(), use.py: Lamp.watts() in the place of watts()"}


@pytest.mark.parametrize(
    "method",
    [
        # It reads a field, and is no method of what was given.
        "    def load(self):\n        return self.path.read()\n",
        "    @staticmethod\n    def load(path):\n        return path.read()\n",
        "    @classmethod\n    def load(cls):\n        return cls.read()\n",
        "    def load(self, path):\n        return path.read()\n",
        "    def _load(self):\n        return self.read()\n",
    ],
)
async def test_another_method_is_no_such_function(tmp_path: Path, method):
    text = "from a import load\n\nx = load(p)\n"
    _, after = await made(
        tmp_path,
        "a.py",
        "class Store:\n    size = 1\n\n\ndef load(path):\n    return path.read()\n",
        "use.py",
        text,
        ("\n\ndef load(path):\n    return path.read()\n", method),
    )
    assert after == text


@pytest.mark.parametrize(
    ("call", "then"),
    [
        ("lamp.Watts(one, 1)", "one.Watts(1)"),
        ("lamp.Watts(bar.Lamps[0], 1)", "bar.Lamps[0].Watts(1)"),
        ("lamp.Watts(*two, 1)", "two.Watts(1)"),
        ("lamp.Watts(lamp.Lamp{}, 1)", "(lamp.Lamp{}).Watts(1)"),
    ],
)
async def test_a_call_in_go_is_one_of_the_method(tmp_path: Path, call, then):
    text = f'package rig\n\nimport "m/lamp"\n\nvar first lamp.Lamp\nvar x = {call}\n'
    _, after = await made(
        tmp_path,
        "lamp/lamp.go",
        GO,
        "rig/rig.go",
        text,
        GO_CHANGE,
        others={"go.mod": "module m\n\ngo 1.21\n"},
    )
    assert after == text.replace(call, then)


async def test_a_package_that_go_needs_no_more_is_not_imported(tmp_path: Path):
    imports = 'import (\n\t"fmt"\n\n\t"m/lamp"\n)'
    text = f"package rig\n\n{imports}\n\nvar x = fmt.Sprint(lamp.Watts(y, 1))\n"
    _, after = await made(
        tmp_path,
        "lamp/lamp.go",
        GO,
        "rig/rig.go",
        text,
        GO_CHANGE,
        others={"go.mod": "module m\n\ngo 1.21\n"},
    )
    assert '"m/lamp"' not in after
    assert "fmt.Sprint(y.Watts(1))" in after


async def test_what_a_call_gives_has_no_place_for_a_pointer_method_of_go(tmp_path: Path):
    text = (
        'package rig\n\nimport "m/lamp"\n\nfunc f() int {\n\treturn lamp.Watts(lamp.Get(), 1)\n}\n'
    )
    project, after = await made(
        tmp_path,
        "lamp/lamp.go",
        GO,
        "rig/rig.go",
        text,
        POINTER_CHANGE,
        others={"go.mod": "module m\n\ngo 1.21\n"},
    )
    assert after == text
    assert asked(project) == {"f(), rig/rig.go: Lamp.Watts() in the place of Watts()"}


async def test_a_method_with_a_small_letter_is_out_of_reach(tmp_path: Path):
    text = 'package rig\n\nimport "m/lamp"\n\nvar x = lamp.Watts(y, 1)\n'
    project, after = await made(
        tmp_path,
        "lamp/lamp.go",
        GO,
        "rig/rig.go",
        text,
        ("func Watts(l Lamp, lost int) int", "func (l Lamp) watts(lost int) int"),
        others={
            "go.mod": "module m\n\ngo 1.21\n",
            "lamp/more.go": "package lamp\n\nvar z = Watts(Lamp{}, 2)\n",
        },
    )
    assert after == text
    assert "cannot be used from other packages" in project.left


@pytest.mark.parametrize(
    ("call", "then"),
    [
        ("const x = watts(one);", "const x = one.watts();"),
        ("const x = watts(new Lamp(), 3);", "const x = new Lamp().watts(3);"),
        ("const x = watts(one!);", "const x = one!.watts();"),
        ("const x = watts(one ?? two);", "const x = (one ?? two).watts();"),
        ("watts(one as Lamp);", "(one as Lamp).watts();"),
    ],
)
async def test_a_call_in_typescript_is_one_of_the_method(tmp_path: Path, call, then):
    text = f'import {{ Lamp, watts }} from "./lamp";\n\n{call}\n'
    _, after = await made(tmp_path, "lamp.ts", TS, "use.ts", text, TS_CHANGE)
    assert after == f'import {{ Lamp }} from "./lamp";\n\n{then}\n'


async def test_a_bracket_calls_nothing_that_the_line_above_ends_with(tmp_path: Path):
    text = 'import { watts } from "./lamp"\n\nconst x = y\nwatts(one ?? two)\n'
    _, after = await made(tmp_path, "lamp.ts", TS, "use.ts", text, TS_CHANGE)
    assert after == text


@pytest.mark.parametrize(
    ("call", "then"),
    [
        ("watts(one, 1)", "one.watts(1)"),
        ("watts(&all[0], 1)", "all[0].watts(1)"),
        ("watts(&mut two, 1)", "two.watts(1)"),
        ("crate::lamp::watts(one, 1)", "one.watts(1)"),
        ("watts(&Lamp { bulbs: 1 }, 1)", "(&Lamp { bulbs: 1 }).watts(1)"),
    ],
)
async def test_a_call_in_rust_is_one_of_the_method(tmp_path: Path, call, then):
    text = f"use crate::lamp::{{watts, Lamp}};\n\npub fn f(one: &Lamp) -> u32 {{\n    {call}\n}}\n"
    _, after = await made(tmp_path, "src/lamp.rs", RS, "src/rig.rs", text, RS_CHANGE, others=CRATE)
    assert after == text.replace(call, then).replace("watts, Lamp", "Lamp")


@pytest.mark.parametrize(
    ("call", "then"),
    [
        ("watts(one, 2)", "one.watts(2)"),
        ("watts(*two, 2)", "two->watts(2)"),
        ("watts(Lamp{1}, 2)", "(Lamp{1}).watts(2)"),
        ("dim(two)", "two->dim()"),
        ("dim(&one)", "one.dim()"),
        ("dim(all + 1)", "(all + 1)->dim()"),
    ],
)
async def test_a_call_in_cpp_is_one_of_the_method(tmp_path: Path, call, then):
    text = f'#include "lamp.hpp"\n\nvoid f(Lamp one, Lamp* two) {{\n    {call};\n}}\n'
    changes = (HPP_DIM, NO_DIM) if "dim" in call else (HPP_WATTS,)
    _, after = await made(tmp_path, "lamp.hpp", HPP, "use.cpp", text, *changes)
    assert after == text.replace(call, then)


async def test_an_attribute_of_rust_hides_no_method(tmp_path: Path):
    old, new = RS_CHANGE
    change = old, new.replace("    pub fn", "    #[must_use]\n    pub fn")
    text = "use crate::lamp::{watts, Lamp};\n\npub fn f(a: &Lamp) -> u32 {\n    watts(a, 1)\n}\n"
    _, after = await made(tmp_path, "src/lamp.rs", RS, "src/rig.rs", text, change, others=CRATE)
    assert "    a.watts(1)\n" in after


async def test_a_private_method_of_typescript_is_no_such_function(tmp_path: Path):
    old, new = TS_CHANGE
    text = 'import { watts } from "./lamp";\n\nwatts(one);\n'
    change = old, new.replace("  watts(", "  #watts(")
    _, after = await made(tmp_path, "lamp.ts", TS, "use.ts", text, change)
    assert after == text
