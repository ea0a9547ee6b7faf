"""Methods that other classes have too: of traits, interfaces and bases, in other files as well."""

import pytest
from following import asked, following

AREA = """use crate::kind::Area;

pub struct Shape {
    pub w: u32,
}

impl Area for Shape {
    fn area(&self) -> u32 {
        self.w
    }
}

pub fn both(s: &Shape, a: &dyn Area) -> u32 {
    s.area() + a.area()
}
"""
CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod kind;\npub mod area;\n",
}


async def test_what_implements_a_trait_of_rust_follows_its_method(tmp_path):
    trait = "pub trait Area {\n    fn area(&self) -> u32;\n}\n"
    project = following(tmp_path, {**CRATE, "src/kind.rs": trait, "src/area.rs": AREA})
    await project.replace("src/kind.rs", ("area", "surface"))
    assert project.offered["src/area.rs"] == AREA.replace("area(", "surface(")


async def test_a_method_of_a_trait_is_none_of_the_type_that_has_one_of_its_own(tmp_path):
    own = (
        "pub struct Shape;\n\nimpl Shape {\n    pub fn area(&self) -> u32 {\n        7\n    }\n}\n"
    )
    other = (
        "use crate::kind::Shape;\n\npub trait Area {\n    fn area(&self) -> u32;\n}\n\n"
        "impl Area for Shape {\n    fn area(&self) -> u32 {\n        9\n    }\n}\n\n"
        "pub fn f(s: &Shape) -> u32 {\n    s.area()\n}\n"
    )
    project = following(tmp_path, {**CRATE, "src/kind.rs": own, "src/area.rs": other})
    await project.replace("src/kind.rs", ("area", "surface"))
    assert project.offered["src/area.rs"] == other.replace("s.area()", "s.surface()")


@pytest.mark.parametrize(
    ("files", "old", "new"),
    [
        (
            {
                "area.ts": "export interface Area {\n  surface(scale: number): number;\n}\n",
                "shape.ts": 'import { Area } from "./area";\n\n'
                "export class Shape implements Area {\n"
                "  surface(scale: number): number {\n    return scale * 2;\n  }\n}\n",
                "use.ts": 'import { Shape } from "./shape";\n\n'
                "export const f = (s: Shape) => s.surface(2) + new Shape().surface(2);\n",
            },
            "surface",
            "extent",
        ),
        (
            {
                "area.py": "class Area:\n    def surface(self, scale):\n        raise ValueError\n",
                "shape.py": "from area import Area as Base\n\n\nclass Shape(Base):\n"
                "    def surface(self, scale):\n        return scale * 2\n",
                "use.py": "from shape import Shape\n\n\n"
                "def f(s: Shape):\n    return s.surface(2) + Shape().surface(3)\n",
            },
            "surface",
            "extent",
        ),
        (
            {
                "area.hpp": "class Area {\npublic:\n  virtual int surface(int n) const = 0;\n};\n",
                "shape.hpp": '#include "area.hpp"\n\nclass Shape : public Area {\npublic:\n'
                "  int surface(int n) const override;\n};\n",
                "shape.cpp": '#include "shape.hpp"\n\n'
                "int Shape::surface(int n) const {\n  return n * 2;\n}\n",
                "use.cpp": '#include "shape.hpp"\n\nint f(const Shape& s, const Area& a) {\n'
                "  return s.surface(1) + a.surface(2);\n}\n",
            },
            "surface",
            "extent",
        ),
    ],
)
async def test_what_comes_from_a_class_of_another_file_follows_it(tmp_path, files, old, new):
    project = following(tmp_path, files)
    home, *others = files
    await project.replace(home, (old, new))
    assert project.offered == {path: files[path].replace(old, new) for path in others}
    assert project.left == ""


async def test_a_class_of_the_same_name_that_does_not_come_from_it_is_left(tmp_path):
    files = {
        "area.py": "class Area:\n    def surface(self):\n        raise ValueError\n",
        "shape.py": "from area import Area\n\n\nclass Shape(Area):\n"
        "    def surface(self):\n        return 2\n",
        "other.py": "class Shape:\n    def surface(self):\n        return 3\n\n\n"
        "def f(s: Shape):\n    return s.surface()\n",
    }
    project = following(tmp_path, files)
    await project.replace("area.py", ("surface", "extent"))
    assert list(project.offered) == ["shape.py"]


async def test_who_has_an_interface_of_go_is_told_and_not_changed(tmp_path):
    files = {
        "go.mod": "module m\n\ngo 1.21\n",
        "a/area.go": "package a\n\ntype Area interface {\n\tSurface(n int) int\n}\n",
        "a/shape.go": "package a\n\ntype Shape struct{}\n\n"
        "func (s *Shape) Surface(n int) int {\n\treturn n * 2\n}\n",
        "b/use.go": 'package b\n\nimport "m/a"\n\nfunc F(s *a.Shape, x a.Area) int {\n'
        "\treturn s.Surface(2) + x.Surface(3)\n}\n",
    }
    project = following(tmp_path, files)
    await project.replace("a/area.go", ("Surface", "Extent"))
    assert project.offered == {"b/use.go": files["b/use.go"].replace("x.Surface", "x.Extent")}
    assert "a/shape.go, line 5: which Surface is meant is not clear" in project.left
    assert "b/use.go, line 6: which Surface is meant is not clear" in project.left


async def test_a_value_that_a_subclass_has_to_give_its_base_is_asked_for(tmp_path):
    base = "class Area:\n    def __init__(self, width):\n        self.width = width\n"
    use = (
        "from area import Area\n\n\nclass Box(Area):\n    def __init__(self):\n"
        "        super().__init__(1)\n\n\ndef f():\n    return Area(1)\n"
    )
    project = following(tmp_path, {"area.py": base, "use.py": use})
    await project.replace("area.py", ("width):", "width, unit):"))
    assert asked(project) == {
        "__init__(), use.py: new arguments for Area()",
        "f(), use.py: new arguments for Area()",
    }


HANDLER = "class Handler:\n    def emit(self, record):\n        return record\n"
LOGS = "class Logs({base}):\n    def emit(self, record):\n        print(record)\n"
USED = "from logs import Logs\n\n\ndef f(x: Logs):\n    x.emit(1)\n"


@pytest.mark.parametrize(
    ("head", "base", "is_heir"),
    [
        ("from logging import Handler", "Handler", False),
        ("import logging", "logging.Handler", False),
        ("import logging.handlers", "logging.Handler", False),
        ("import logging as log", "log.Handler", False),
        ("import other", "other.Handler", False),
        ("from pkg import other", "other.Handler", False),
        ("from pkg.area import Handler", "Handler", True),
        ("import pkg.area", "pkg.area.Handler", True),
        ("import pkg.area as a", "a.Handler", True),
        ("import pkg", "pkg.area.Handler", True),
        ("from pkg import area", "area.Handler", True),
        ("from pkg import area as a", "a.Handler", True),
        ("from pkg.area import *", "Handler", True),
    ],
)
async def test_a_base_of_the_same_name_from_elsewhere_is_another(tmp_path, head, base, is_heir):
    files = {
        "pkg/__init__.py": "",
        "pkg/area.py": HANDLER,
        "pkg/other.py": HANDLER,
        "other.py": HANDLER,
        "logs.py": f"{head}\n\n\n{LOGS.format(base=base)}",
        "use.py": USED,
    }
    project = following(tmp_path, files)
    await project.replace("pkg/area.py", ("emit", "send"))
    both = {path: files[path].replace("emit", "send") for path in ("logs.py", "use.py")}
    assert project.offered == (both if is_heir else {})


async def test_a_base_that_its_package_passes_on_is_followed(tmp_path):
    files = {
        "pkg/__init__.py": "from .area import Handler\n",
        "pkg/area.py": HANDLER,
        "logs.py": f"import pkg\n\n\n{LOGS.format(base='pkg.Handler')}",
        "use.py": "import pkg\n\n\ndef f(x: pkg.Handler):\n    x.emit(1)\n",
    }
    project = following(tmp_path, files)
    await project.replace("pkg/area.py", ("emit", "send"))
    assert sorted(project.offered) == ["logs.py", "use.py"]


async def test_a_base_from_next_to_it_is_followed(tmp_path):
    files = {
        "pkg/__init__.py": "",
        "pkg/area.py": HANDLER,
        "pkg/logs.py": f"from . import area\n\n\n{LOGS.format(base='area.Handler')}",
    }
    project = following(tmp_path, files)
    await project.replace("pkg/area.py", ("emit", "send"))
    assert list(project.offered) == ["pkg/logs.py"]


async def test_a_class_of_typescript_with_a_base_of_the_same_name_is_left(tmp_path):
    base = "export class Handler {\n  emit(record: string) {\n    return record;\n  }\n}\n"
    logs = 'import {{ Handler }} from "{}";\n\nexport class Logs extends Handler {{\n'
    logs += "  emit(record: string) {{\n    console.log(record);\n  }}\n}}\n"
    files = {"a.ts": base, "b.ts": logs.format("events"), "c.ts": logs.format("./a")}
    project = following(tmp_path, files)
    await project.replace("a.ts", ("emit", "send"))
    assert list(project.offered) == ["c.ts"]


RUNS = "pub trait Runs {\n    fn run(&self) -> u32;\n}\n"
TASK = "use crate::kind::Runs;\n\npub struct Task;\n\nimpl Runs for Task {\n    {}\n}\n"
RUN = "fn run(&self) -> u32 {\n        1\n    }"


@pytest.mark.parametrize(("module", "is_heir"), [("one", True), ("two", False)])
async def test_a_type_of_rust_of_the_same_name_without_the_trait_is_left(tmp_path, module, is_heir):
    files = {
        **CRATE,
        "src/lib.rs": "pub mod kind;\npub mod one;\npub mod two;\npub mod three;\n",
        "src/kind.rs": RUNS,
        "src/one.rs": TASK.replace("{}", RUN),
        "src/two.rs": f"pub struct Task;\n\nimpl Task {{\n    pub {RUN}\n}}\n",
        "src/three.rs": f"use crate::{module}::Task;\n\n"
        "pub fn f(t: &Task) -> u32 {\n    t.run()\n}\n",
    }
    project = following(tmp_path, files)
    await project.replace("src/kind.rs", ("run", "start"))
    assert sorted(project.offered) == ["src/one.rs", *(["src/three.rs"] if is_heir else [])]


async def test_a_type_of_rust_may_get_a_trait_in_another_file_than_its_own(tmp_path):
    own = "pub struct Task;\n\npub fn run() {}\n"
    other = f"pub struct Task;\n\nimpl Task {{\n    pub {RUN}\n}}\n"
    files = {
        **CRATE,
        "src/lib.rs": "pub mod kind;\npub mod one;\npub mod two;\npub mod three;\n",
        "src/kind.rs": f"use crate::one::Task;\n\n{RUNS}\nimpl Runs for Task {{\n    {RUN}\n}}\n",
        "src/one.rs": own,
        "src/two.rs": other,
        "src/three.rs": "use crate::one::Task;\n\npub fn f(t: &Task) -> u32 {\n    t.run()\n}\n",
    }
    project = following(tmp_path, files)
    await project.replace("src/kind.rs", ("run(&self) -> u32;", "start(&self) -> u32;"))
    assert sorted(project.offered) == ["src/kind.rs", "src/three.rs"]


async def test_a_class_of_cpp_of_the_same_name_in_another_header_is_left(tmp_path):
    files = {
        "area.hpp": "class Area {\npublic:\n  virtual int surface(int n) const = 0;\n};\n",
        "shape.hpp": '#include "area.hpp"\n\nclass Shape : public Area {\npublic:\n'
        "  int surface(int n) const override;\n};\n",
        "use.cpp": '#include "shape.hpp"\n\nint f(const Shape& s) {\n  return s.surface(1);\n}\n',
        "b/form.hpp": "class Shape {\npublic:\n  int surface(int n) const;\n};\n",
        "b/use.cpp": '#include "form.hpp"\n\nint f(const Shape& s) {\n  return s.surface(1);\n}\n',
    }
    project = following(tmp_path, files)
    await project.replace("area.hpp", ("surface", "extent"))
    assert sorted(project.offered) == ["shape.hpp", "use.cpp"]


async def test_a_struct_of_go_with_a_field_of_any_type_is_no_interface(tmp_path):
    box = "package a\n\ntype Box struct {\n\tv interface{}\n}\n\n"
    files = {
        "go.mod": "module m\n\ngo 1.21\n",
        "a/box.go": f"{box}func (b *Box) Get() int {{\n\treturn 1\n}}\n",
        "a/other.go": "package a\n\ntype Other struct{}\n\nfunc (o *Other) Get() int {\n"
        "\treturn 1\n}\n\nfunc F(b *Box, o *Other) int {\n\treturn b.Get() + o.Get()\n}\n",
    }
    project = following(tmp_path, files)
    await project.replace("a/box.go", ("Get", "Take"))
    assert project.offered == {"a/other.go": files["a/other.go"].replace("b.Get", "b.Take")}
    assert project.left == ""


@pytest.mark.parametrize(
    "line",
    [
        "def f(x: {}): return x.emit(1)",
        "def f(x): return {}.emit(x, 1)",
        "def f(): return {}().emit(1)",
        "def f():\n    x = {}()\n    return x.emit(1)",
    ],
)
@pytest.mark.parametrize(
    ("head", "name", "is_meant"),
    [
        ("import logging", "logging.Handler", False),
        ("from logging import Handler", "Handler", False),
        ("import area", "area.Handler", True),
        ("from area import Handler", "Handler", True),
        ("import area as a", "a.Handler", True),
    ],
)
async def test_a_class_of_a_library_of_the_same_name_is_another(
    tmp_path, line, head, name, is_meant
):
    text = f"{head}\n\n\n{line.format(name)}\n"
    project = following(tmp_path, {"area.py": HANDLER, "use.py": text})
    await project.replace("area.py", ("emit", "send"))
    now = {"use.py": text.replace("emit", "send")} if is_meant else {}
    assert project.offered == now


OWN = """use crate::kind::Weighs;

pub struct Stone;

impl Weighs for Stone {
    fn kilograms(&self) -> u32 {
        7
    }
}
"""


@pytest.mark.parametrize("name", ["kilograms", "mass"])
async def test_what_a_type_has_of_its_own_is_not_given_the_new_name_alone(tmp_path, name):
    trait = "pub struct Mass(pub f64);\n\npub trait Weighs {\n    fn kilograms(&self) -> u32;\n}\n"
    two = OWN + OWN[OWN.index("\npub struct") :].replace("Stone", "Cart")
    files = {**CRATE, "src/kind.rs": trait, "src/area.rs": two}
    project = following(tmp_path, files, *["x"] * 4)
    await project.replace(
        "src/kind.rs", ("fn kilograms(&self) -> u32", f"fn {name}(&self) -> Mass")
    )
    assert project.offered == {}
    title = "src/area.rs: kilograms() gives another result"
    assert asked(project) == {f"Stone.kilograms(), {title}", f"Cart.kilograms(), {title}"}
    told = {one.trigger.instruction for one in project.world.board.all()}
    assert all("One of its own that a type has gives `Mass` as well." in one for one in told)


async def test_what_a_type_has_of_its_own_and_gives_the_new_result_takes_the_name(tmp_path):
    trait = "pub struct Mass(pub u32);\n\npub trait Weighs {\n    fn kilograms(&self) -> u32;\n}\n"
    own = OWN.replace("u32", "Mass").replace("7", "Mass(7)")
    project = following(tmp_path, {**CRATE, "src/kind.rs": trait, "src/area.rs": own})
    await project.replace("src/kind.rs", ("fn kilograms(&self) -> u32", "fn mass(&self) -> Mass"))
    assert project.offered == {"src/area.rs": own.replace("kilograms", "mass")}
