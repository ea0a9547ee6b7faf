"""Fields of types in TypeScript and Rust, and values of enumerations, that are called otherwise."""

from pathlib import Path

import pytest
from following import following

from spark_desktop.adapters.renaming import TreeSitterNames
from spark_desktop.domain.name_changes import changes_between

SHAPE_TS = """export interface Shape {
  id: string;
  widthMm: number;
  heightMm: number;
}
"""
SHAPE_RS = """pub struct Shape {
    pub id: String,
    pub width_mm: u32,
    pub height: u32,
}
"""
KIND_RS = """pub enum Kind {
    Small,
    Bigg(u8),
    Named { width: u8 },
}
"""
CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod shape;\npub mod kind;\npub mod area;\n",
}
SCRIPT = ("shape.ts", SHAPE_TS, "widthMm", "width", {})
STRUCT = ("src/shape.rs", SHAPE_RS, "width_mm", "width", CRATE)
ENUM = ("src/kind.rs", KIND_RS, "Bigg", "Big", CRATE)


async def renamed(root: Path, home, path: str, text: str) -> tuple[str, str]:
    """Return what becomes of a file where the name of its home is changed, and what is left."""
    place, defined, old, new, more = home
    project = following(root, {place: defined, path: text, **more})
    await project.replace(place, (old, new))
    return project.offered.get(path, text), project.left


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("const f = (s: Shape) => s.widthMm * s.heightMm;", "(s: Shape) => s.width * s.heightMm"),
        ("const wide = (all: Shape[]) => all.filter((x) => x.widthMm > 3);", "(x) => x.width > 3"),
        ('const s: Shape = { id: "a", widthMm: 1 };', '{ id: "a", width: 1 }'),
        ('const s: Shape[] = [{ id: "a", widthMm: 1 }];', '[{ id: "a", width: 1 }]'),
        ("const s: Readonly<Partial<Shape>> = { widthMm: 1 };", "{ width: 1 }"),
        ("const s: Record<string, Shape> = { a: { widthMm: 1 } };", "{ a: { width: 1 } }"),
        ("const s: Record<keyof Shape, string> = { widthMm: 1 };", "{ width: 1 }"),
        ("const s = { widthMm: 1 } as Shape;", "{ width: 1 } as Shape"),
        ("const s = { widthMm: 1 } satisfies Shape;", "{ width: 1 } satisfies Shape"),
        ("const f = (): Shape => ({ widthMm: 1 });", "({ width: 1 })"),
        ("function f(): Promise<Shape> {\n  return { widthMm };\n}", "{ width: widthMm }"),
        ("function f({ widthMm }: Shape) {}", "{ width: widthMm }: Shape"),
        ("function f({ widthMm = 3 }: Shape) {}", "{ width: widthMm = 3 }: Shape"),
        ("function f({ widthMm: w }: Shape) {}", "{ width: w }: Shape"),
        ("function f(s: Shape) {\n  const { widthMm } = s;\n}", "const { width: widthMm } = s"),
        ("const { widthMm, heightMm } = shape();", "{ width: widthMm, heightMm }"),
        ("expect(area({ widthMm: 1, heightMm: 2 }));", "{ width: 1, heightMm: 2 }"),
    ],
)
async def test_a_field_of_a_type_is_followed_in_typescript(tmp_path: Path, line, then):
    text = f'import {{ Shape }} from "./shape";\n\n{line}\n'
    after, left = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert then in after
    assert after.replace("width: widthMm", "widthMm").count("\n") == text.count("\n")
    assert "left" not in left


@pytest.mark.parametrize(
    "line",
    [
        "const f = (b: Box) => b.widthMm;",
        "const b: Box = { widthMm: 1 };",
        "draw({ widthMm: 1, color: 2 });",
        "const f = (b: { widthMm: number }) => 1;",
        "const widthMm = 1;",
        "console.log(widthMm);",
        "const s: string = { widthMm: 1 };",
    ],
)
async def test_a_field_of_something_else_is_left_in_typescript(tmp_path: Path, line):
    box = "export interface Box {\n  widthMm: number;\n}\n"
    text = f'import {{ Shape }} from "./shape";\nimport {{ Box }} from "./box";\n\n{line}\n'
    home = (*SCRIPT[:4], {"box.ts": box})
    after, _ = await renamed(tmp_path, home, "use.ts", text)
    assert after == text


@pytest.mark.parametrize(
    "line",
    [
        "draw({ widthMm: 1 });",
        "all.map(({ widthMm }) => 1);",
        "const s: Record<string, Shape> = { widthMm: shape, heightMm: shape };",
        "const s: Record<string, number> = { widthMm: 1, heightMm: 2 };",
        "const h = () => { const options = { widthMm: 1 }; return options.widthMm; };",
    ],
)
async def test_what_one_name_alone_does_not_tell_is_named_as_left(tmp_path: Path, line):
    text = f'import {{ Shape }} from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n{line}\n'
    after, left = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert line in after
    assert "use.ts, line 4: which widthMm is meant is not clear" in left


@pytest.mark.parametrize(
    ("defined", "use", "then"),
    [
        ("export type Shape = {\n  id: string;\n  widthMm: number;\n};\n", "s.widthMm", "s.width"),
        ("export class Shape {\n  widthMm = 1;\n  id = 2;\n}\n", "s.widthMm", "s.width"),
        (
            "export class Shape {\n  readonly widthMm: number = 1;\n  id = 2;\n}\n",
            "new Shape().widthMm",
            "new Shape().width",
        ),
        ("export enum Shape {\n  Flat,\n  widthMm,\n}\n", "Shape.widthMm", "Shape.width"),
        ("export enum Shape {\n  A = 1,\n  widthMm = 2,\n}\n", "Shape.widthMm", "Shape.width"),
        (
            "export class Shape {\n  widthMm = (id: string) => {\n    return id;\n  };\n}\n",
            's.widthMm("a")',
            's.width("a")',
        ),
    ],
)
async def test_whatever_has_fields_is_followed_in_typescript(tmp_path: Path, defined, use, then):
    text = f'import {{ Shape }} from "./shape";\n\nconst f = (s: Shape) => {use};\n'
    after, _ = await renamed(tmp_path, ("shape.ts", defined, *SCRIPT[2:]), "use.ts", text)
    assert f"=> {then};" in after


async def test_a_field_of_a_class_is_followed_in_javascript_and_in_the_class(tmp_path: Path):
    defined = (
        "export class Shape {\n  widthMm = 1;\n  twice() {\n    return this.widthMm * 2;\n  }\n}\n"
    )
    use = 'import { Shape } from "./shape.js";\n\nconst s = new Shape();\ns.widthMm = 3;\n'
    project = following(tmp_path, {"shape.js": defined, "use.js": use})
    await project.replace("shape.js", ("widthMm =", "width ="))
    assert "return this.width * 2;" in project.offered["shape.js"]
    assert "s.width = 3;" in project.offered["use.js"]


async def test_a_field_of_a_type_within_a_type_is_nobodys(tmp_path: Path):
    defined = "export interface Shape {\n  id: string;\n  size: { widthMm: number };\n}\n"
    text = 'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.size.widthMm;\n'
    after, _ = await renamed(tmp_path, ("shape.ts", defined, *SCRIPT[2:]), "use.ts", text)
    assert after == text


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("fn f(s: &Shape) -> u32 { s.width_mm }", "{ s.width }"),
        ('fn f() -> Shape { Shape { id: "".into(), width_mm: 1 } }', "width: 1 }"),
        ("fn f(width_mm: u32) -> Shape { Shape { width_mm, height: 1 } }", "{ width: width_mm, h"),
        ("fn f(s: Shape) { let Shape { width_mm, .. } = s; }", "{ width: width_mm, .. }"),
        ("fn f(s: Shape) { let Shape { width_mm: w, .. } = s; }", "{ width: w, .. }"),
        ('fn f(s: &Shape) { println!("{}", s.width_mm); }', "s.width)"),
        ("fn f(all: &[Shape]) -> bool { all.iter().any(|s| s.width_mm > 2) }", "s.width > 2"),
    ],
)
async def test_a_field_of_a_struct_is_followed_in_rust(tmp_path: Path, line, then):
    text = f"use crate::shape::Shape;\n\n{line}\n"
    after, left = await renamed(tmp_path, STRUCT, "src/area.rs", text)
    assert then in after
    assert "left" not in left


async def test_a_field_that_is_bound_by_mut_is_left_in_rust(tmp_path: Path):
    text = (
        "use crate::shape::Shape;\n\nfn f(s: Shape) -> u32 { s.width_mm }\n"
        "fn g(s: Shape) { let Shape { mut width_mm, .. } = s; }\n"
    )
    after, left = await renamed(tmp_path, STRUCT, "src/area.rs", text)
    assert "{ s.width }" in after
    assert "{ mut width_mm, .. }" in after
    assert "src/area.rs, line 4: which width_mm is meant is not clear" in left


@pytest.mark.parametrize(
    ("use", "line", "then"),
    [
        ("Kind", "matches!(k, Kind::Bigg(_))", "matches!(k, Kind::Big(_))"),
        ("Kind", "match k { Kind::Bigg(n) => *n > 1, _ => false }", "{ Kind::Big(n) =>"),
        ("Kind::{self, Bigg}", "match k { Bigg(n) => *n > 1, _ => false }", "{ Big(n) =>"),
        ("Kind::*", "match k { Bigg(n) => *n > 1, _ => false }", "{ Big(n) =>"),
    ],
)
async def test_a_variant_is_followed_in_rust(tmp_path: Path, use, line, then):
    text = f"use crate::kind::{use};\n\nfn f(k: &crate::kind::Kind) -> bool {{ {line} }}\n"
    after, left = await renamed(tmp_path, ENUM, "src/area.rs", text)
    assert then in after
    assert "left" not in left
    assert "Bigg" not in after


async def test_a_variant_that_all_names_bring_is_left_where_it_is_not_the_only_one(tmp_path: Path):
    text = (
        "use crate::kind::Kind;\nuse crate::kind::Kind::*;\n\n"
        "fn f(k: &Kind) -> bool { match k { Bigg(n) => *n > 1, _ => false } }\n"
        "fn g() -> Kind { Kind::Bigg(1) }\n"
    )
    other = {"src/other.rs": "pub enum Other {\n    Bigg,\n    Tiny,\n}\n"}
    home = (*ENUM[:4], {**CRATE, **other})
    after, left = await renamed(tmp_path, home, "src/area.rs", text)
    assert "{ Kind::Big(1) }" in after
    assert "{ Bigg(n)" in after
    assert "src/area.rs, line 4: which Bigg is meant is not clear" in left


async def test_a_field_of_a_variant_is_no_field_of_its_type(tmp_path: Path):
    text = (
        "use crate::kind::Kind;\n\n"
        "fn f(k: &Kind) -> u8 { match k { Kind::Named { width } => *width, _ => 0 } }\n"
    )
    home = (ENUM[0], ENUM[1], "width", "wide", CRATE)
    assert await renamed(tmp_path, home, "src/area.rs", text) == (text, "")


@pytest.mark.parametrize(
    ("defined", "line", "then"),
    [
        ("enum class Kind { Small, Bigg };", "k == Kind::Bigg", "k == Kind::Big"),
        ("enum Kind { Small, Bigg };", "k == Bigg", "k == Big"),
        ("enum Kind { Small, Bigg = 4 };", "k == Kind::Bigg", "k == Kind::Big"),
        ("enum Kind { Small, Bigg };", "k == Other::Bigg", "k == Other::Bigg"),
        ("enum class Kind { Small, Bigg };", "k == Bigg", "k == Bigg"),
    ],
)
async def test_a_value_of_an_enumeration_is_followed_in_cpp(tmp_path: Path, defined, line, then):
    text = f'#include "kind.hpp"\n\nbool f(Kind k) {{ return {line}; }}\n'
    home = ("kind.hpp", f"#pragma once\n\n{defined}\n", "Bigg", "Big", {})
    after, _ = await renamed(tmp_path, home, "use.cpp", text)
    assert f"return {then};" in after


@pytest.mark.parametrize(
    "line",
    [
        "const layout = { widthMm: 1, color: 2 };\nconst wide = layout.widthMm;",
        "const one = { widthMm: 1 };\nconst wide = one.widthMm;",
        "const wide = (b: { widthMm: number }) => b.widthMm;",
        "const f = ({ widthMm, id }: { widthMm: number; id: string }) => widthMm;",
        "interface Page {\n  size: { widthMm: number };\n}\nconst wide = page.size.widthMm;",
        "function f() {\n  interface Own {\n    widthMm: number;\n  }\n  return own.widthMm;\n}",
        "namespace Api {\n  export interface Own {\n    widthMm: number;\n  }\n}\nown.widthMm;",
    ],
)
async def test_what_is_written_out_without_a_name_has_fields_as_well(tmp_path: Path, line):
    text = f'import {{ Shape }} from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n{line}\n'
    after, _ = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert "=> s.width;" in after
    assert after.endswith(f"\n{line}\n")


async def test_what_a_variable_holds_is_called_as_in_its_literal(tmp_path: Path):
    text = (
        'import { Shape } from "./shape";\n\n'
        "const size = { widthMm: 1, heightMm: 2 };\nconst wide = size.widthMm;\n"
    )
    after, left = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert "const size = { width: 1, heightMm: 2 };\nconst wide = size.width;" in after
    assert "left" not in left


@pytest.mark.parametrize(
    "line",
    [
        "const { width, height } = element.getBoundingClientRect();",
        "canvas.resize({ width: 1, height: 2 });",
        "image.width = 3;",
    ],
)
async def test_a_field_that_a_browser_has_too_is_named_as_left(tmp_path: Path, line):
    defined = "export interface Box {\n  width: number;\n  height: number;\n}\n"
    text = f'import {{ Box }} from "./box";\n\nconst f = (b: Box) => b.width;\n{line}\n'
    home = ("box.ts", defined, "width", "wide", {})
    after, left = await renamed(tmp_path, home, "use.ts", text)
    assert "=> b.wide;" in after
    assert line in after
    assert "use.ts, line 4: which width is meant is not clear" in left


async def test_what_has_more_than_a_type_is_followed_in_typescript(tmp_path: Path):
    defined = "export type Shape = Base & {\n  id: string;\n  widthMm: number;\n};\n"
    text = (
        'import { Shape } from "./shape";\n\n'
        "function f({ widthMm, depth }: Shape & { depth: number }) {}\n"
        "const s: Shape | null = { widthMm: 1 };\n"
    )
    home = ("shape.ts", defined, *SCRIPT[2:])
    after, _ = await renamed(tmp_path, home, "use.ts", text)
    assert "{ width: widthMm, depth }: Shape &" in after
    assert "Shape | null = { width: 1 }" in after


PROPS = """import { Size } from "./size";

export interface BoxProps {
  id: string;
  wide?: boolean;
  onSave: (id: string) => void;
}

export const Box = ({ id }: BoxProps) => <p>{id}</p>;
"""


@pytest.mark.parametrize(
    ("holder", "line", "then"),
    [
        ("BoxProps", "<Box onSave={save} />", "<Box onStore={save} />"),
        ("BoxProps", "<ui.Box {...rest} onSave />", "<ui.Box {...rest} onStore />"),
        ("BoxProps", "<Form onSave={save} />", "<Form onSave={save} />"),
        ("BoxProps", "<form onSave={save} />", "<form onSave={save} />"),
        ("Props", "<Box key={1} wide onSave={save} />", "<Box key={1} wide onStore={save} />"),
        ("Props", '<Box id="a" onSave={save} />', '<Box id="a" onSave={save} />'),
        ("BoxProps", "<Form wide onSave={save} />", "<Form wide onSave={save} />"),
    ],
)
async def test_what_an_element_is_given_is_followed_in_jsx(tmp_path: Path, holder, line, then):
    text = f'import {{ Box }} from "./box";\n\nexport const App = () => {line};\n'
    home = ("box.tsx", PROPS.replace("BoxProps", holder), "onSave", "onStore", {})
    after, _ = await renamed(tmp_path, home, "app.tsx", text)
    assert f"=> {then};" in after


async def test_a_class_of_a_function_does_not_hide_a_method(tmp_path: Path):
    defined = "class Job:\n    def go(self):\n        return 1\n"
    text = (
        "from job import Job\n\n\ndef test():\n    class Fake:\n        def go(self):\n"
        "            return 2\n\n    assert Job().go()\n"
    )
    after, _ = await renamed(tmp_path, ("job.py", defined, "go", "move_on", {}), "use.py", text)
    assert "Job().move_on()" in after


async def test_what_an_element_of_the_file_is_given_is_named_as_left(tmp_path: Path):
    other = {"form.tsx": PROPS.replace("Box", "Form")}
    text = (
        'import { Box, Props } from "./box";\nimport { Form } from "./form";\n\n'
        "const f = (p: Props) => p.onSave;\n"
        "export const One = () => <Box onSave={save} />;\n"
        "export const Two = () => <Form onSave={save} />;\n"
    )
    home = ("box.tsx", PROPS.replace("BoxProps", "Props"), "onSave", "onStore", other)
    after, left = await renamed(tmp_path, home, "app.tsx", text)
    assert "p.onStore" in after
    assert after.count("onSave={save}") == 2
    assert "app.tsx, line 5: which onSave is meant is not clear" in left
    assert "line 6" not in left


async def test_a_field_that_a_constructor_declares_is_followed(tmp_path: Path):
    defined = (
        "export class Shape {\n  constructor(\n    readonly id: string,\n"
        "    public widthMm: number,\n  ) {}\n  twice() {\n    return this.widthMm * 2;\n  }\n}\n"
    )
    use = 'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n'
    project = following(tmp_path, {"shape.ts": defined, "use.ts": use})
    await project.replace("shape.ts", ("widthMm:", "width:"))
    assert "return this.width * 2;" in project.offered["shape.ts"]
    assert "=> s.width;" in project.offered["use.ts"]


async def test_a_field_that_another_constructor_declares_is_left(tmp_path: Path):
    text = (
        'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n'
        "export class Square implements Shape {\n"
        "  constructor(public id: string, readonly widthMm: number) {}\n"
        "  area() {\n    return this.widthMm ** 2;\n  }\n}\n"
        'const wide = new Square("a", 1).widthMm;\n'
    )
    after, left = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert after == text.replace("=> s.widthMm", "=> s.width")
    assert "use.ts, line 5: which widthMm is meant is not clear" in left
    assert "use.ts, line 10: which widthMm is meant is not clear" in left


async def test_a_field_that_the_constructor_of_another_class_declares_is_another(tmp_path: Path):
    text = (
        'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n'
        "class Box {\n  constructor(private widthMm: number) {}\n}\n"
        "const wide = (b) => b.widthMm;\n"
    )
    after, _ = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert after == text.replace("s.widthMm", "s.width")


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("vec![Shape { id: id(), width_mm: 1, height: 2 }]", "width: 1, height: 2 }]"),
        ("vec![crate::shape::Shape { width_mm, height: 2 }]", "{ width: width_mm, height: 2 }]"),
        ("assert!(matches!(s, Shape { width_mm, .. }))", "Shape { width: width_mm, .. }))"),
        ("crate::shape::Shape { width_mm: 1, ..old }", "Shape { width: 1, ..old }"),
        ("shape::Shape { width_mm: 1, ..old }", "Shape { width: 1, ..old }"),
        ("Form { width_mm: 1, ..old }", "Form { width: 1, ..old }"),
        ("assert_eq!(s, Other { width_mm: 1 })", "Other { width_mm: 1 })"),
        ("vec![Shape { height: width_mm, ..old }]", "{ height: width_mm, ..old }]"),
        ("f!(Shape { height: f(width_mm), ..old })", "{ height: f(width_mm), ..old })"),
        ("assert!(matches!(s, Shape { mut width_mm, .. }))", "Shape { mut width_mm, .. }))"),
    ],
)
async def test_a_field_is_followed_in_macros_and_by_each_name(tmp_path: Path, line, then):
    text = (
        "use crate::shape::{self, Shape, Shape as Form};\n\n"
        f"fn f(s: Shape) {{ {line}; }}\nfn g(s: Form) -> u32 {{ s.width_mm }}\n"
    )
    after, _ = await renamed(tmp_path, STRUCT, "src/area.rs", text)
    assert then in after
    assert "(s: Form) -> u32 { s.width }" in after


async def test_a_type_that_is_imported_by_another_name_is_meant(tmp_path: Path):
    text = (
        'import { Shape as Form } from "./shape";\nimport { Shape as Other } from "three";\n\n'
        "const one: Form = { widthMm: 1 };\nconst two: Other = { widthMm: 1 };\n"
    )
    after, _ = await renamed(tmp_path, SCRIPT, "use.ts", text)
    assert "one: Form = { width: 1 }" in after
    assert "two: Other = { widthMm: 1 }" in after


GETTER_RS = (
    f"{SHAPE_RS}\nimpl Shape {{\n"
    "    pub fn width_mm(&self) -> u32 {\n        self.width_mm\n    }\n}\n"
)
GETTER_USE = (
    "use crate::shape::Shape;\n\n"
    "fn f(s: &Shape) -> u32 { s.width_mm() + s.width_mm }\n"
    'fn g(s: &Shape) { println!("{} {}", s.width_mm(), s.width_mm); }\n'
    "trait Wide { fn width_mm(&self) -> u32; }\n"
    "impl Wide for Shape { fn width_mm(&self) -> u32 { self.width_mm } }\n"
)


async def test_a_method_that_is_called_as_a_field_keeps_its_name_in_rust(tmp_path: Path):
    project = following(tmp_path, {"src/shape.rs": GETTER_RS, "src/area.rs": GETTER_USE, **CRATE})
    await project.replace("src/shape.rs", ("pub width_mm:", "pub width:"))
    assert "fn width_mm(&self) -> u32 {\n        self.width\n" in project.offered["src/shape.rs"]
    after = project.offered["src/area.rs"]
    assert "{ s.width_mm() + s.width }" in after
    assert "s.width_mm(), s.width);" in after
    assert "fn width_mm(&self) -> u32 { self.width }" in after


async def test_a_field_that_is_called_as_a_method_keeps_its_name_in_rust(tmp_path: Path):
    project = following(tmp_path, {"src/shape.rs": GETTER_RS, "src/area.rs": GETTER_USE, **CRATE})
    await project.replace("src/shape.rs", ("fn width_mm", "fn width"))
    assert "src/shape.rs" not in project.offered
    after = project.offered["src/area.rs"]
    assert "s.width() + s.width_mm }" in after
    assert "s.width(), s.width_mm);" in after
    assert "{ self.width_mm }" in after


@pytest.mark.parametrize("line", ["log::Level::Bigg", "Other::Bigg", "log::Bigg"])
async def test_a_variant_of_something_else_is_left_in_rust(tmp_path: Path, line):
    text = (
        "use crate::kind::Kind;\n\nfn f() -> Kind { Kind::Bigg(1) }\n"
        f"fn g() {{ let level = {line}; }}\n"
    )
    after, left = await renamed(tmp_path, ENUM, "src/area.rs", text)
    assert "{ Kind::Big(1) }" in after
    assert f"= {line};" in after
    assert "src/area.rs, line 4: which Bigg is meant is not clear" in left


@pytest.mark.parametrize(
    ("defined", "use"),
    [
        ("export enum Kind {\n  Small,\n  Bigg,\n}\n", "ts.Size.Bigg"),
        ("export enum Kind {\n  Small,\n  Bigg,\n}\n", "Size.Bigg"),
    ],
)
async def test_a_value_of_something_else_is_left_in_typescript(tmp_path: Path, defined, use):
    text = f'import {{ Kind }} from "./kind";\n\nconst k = Kind.Bigg;\nconst s = {use};\n'
    home = ("kind.ts", defined, "Bigg", "Big", {})
    after, left = await renamed(tmp_path, home, "use.ts", text)
    assert "const k = Kind.Big;" in after
    assert f"const s = {use};" in after
    assert "use.ts, line 4: which Bigg is meant is not clear" in left


BOX_HPP = """#pragma once

class Box {
 public:
  enum Kind { Small, Bigg };
  Box() : size_(0) {}
  int size() const { return size_; }
  void grow(int by);
  void shrink(int size_);

 private:
  int size_;
  Kind kind_ = Bigg;
};
"""


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        ("int size_;", "int count_;", ": count_(0) {}"),
        ("int size_;", "int count_;", "{ return count_; }"),
        ("Small, Bigg", "Small, Big", "kind_ = Big;"),
    ],
)
async def test_a_member_is_followed_by_its_name_alone_in_its_class(tmp_path: Path, old, new, then):
    project = following(tmp_path, {"box.hpp": BOX_HPP})
    await project.replace("box.hpp", (old, new))
    assert then in project.offered["box.hpp"]
    assert "void shrink(int size_);" in project.offered["box.hpp"]


@pytest.mark.parametrize(
    ("old", "new", "body", "then"),
    [
        ("int size_;", "int count_;", "size_ += by;", "count_ += by;"),
        ("int size_;", "int count_;", "int size_ = by;", "int size_ = by;"),
        ("int size() ", "int count() ", "by = size();", "by = count();"),
        ("Small, Bigg", "Small, Big", "if (kind_ == Bigg) by = 1;", "if (kind_ == Big) by = 1;"),
    ],
)
async def test_a_member_is_followed_where_its_class_is_defined(
    tmp_path: Path, old, new, body, then
):
    text = f'#include "box.hpp"\n\nvoid Box::grow(int by) {{\n  {body}\n}}\nint f(Box b) {{}}\n'
    project = following(tmp_path, {"box.hpp": BOX_HPP, "box.cpp": text})
    await project.replace("box.hpp", (old, new))
    assert f"  {then}\n" in project.offered.get("box.cpp", text)


@pytest.mark.parametrize(
    "using", ["using enum Kind;", "using enum app::Kind;", "using Kind::Bigg;"]
)
async def test_a_value_that_a_using_brings_is_followed_in_cpp(tmp_path: Path, using):
    text = f'#include "kind.hpp"\n\nbool f(Kind k) {{\n  {using}\n  return k == Bigg;\n}}\n'
    home = ("kind.hpp", "#pragma once\n\nenum class Kind { Small, Bigg };\n", "Bigg", "Big", {})
    after, _ = await renamed(tmp_path, home, "use.cpp", text)
    assert "return k == Big;" in after


async def test_a_value_that_goes_to_another_enumeration_is_what_it_was(tmp_path: Path):
    defined = "#pragma once\n\nenum Kind { Small, Bigg };\nenum Size { Tiny };\n"
    text = '#include "kind.hpp"\n\nint f() { return Bigg; }\n'
    project = following(tmp_path, {"kind.hpp": defined, "use.cpp": text})
    before = TreeSitterNames().defined("kind.hpp", defined)
    await project.replace("kind.hpp", (", Bigg", ""), ("Tiny", "Tiny, Bigg"))
    after = TreeSitterNames().defined("kind.hpp", project.text("kind.hpp"))
    assert changes_between(before, after).changed == ()


@pytest.mark.parametrize(
    "line",
    [
        'type Wide = Pick<Shape, "widthMm">;',
        "const wide = (s: Shape) => s['widthMm'];",
        'type Width = Shape["widthMm"];',
        'const s: Shape = { "widthMm": 1 };',
    ],
)
async def test_a_text_that_is_the_name_of_a_field_is_named_as_left(tmp_path: Path, line):
    other = 'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm;\n'
    text = f'import {{ Shape }} from "./shape";\n\n{line}\n'
    home = (*SCRIPT[:4], {"other.ts": other})
    after, left = await renamed(tmp_path, home, "use.ts", text)
    assert after == text
    assert "use.ts, line 3: it stands in a comment or a text" in left


async def test_a_literal_of_values_does_not_hide_a_method(tmp_path: Path):
    defined = "export class Shape {\n  area() {\n    return 1;\n  }\n}\n"
    text = 'import { Shape } from "./shape";\n\nlog({ area: 1, color: 2 });\nmake().area();\n'
    home = ("shape.ts", defined, "area()", "surface()", {})
    after, _ = await renamed(tmp_path, home, "use.ts", text)
    assert after == text.replace("make().area()", "make().surface()")


async def test_fields_that_are_renamed_in_one_save_are_told_apart_by_their_names(tmp_path: Path):
    text = 'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm * s.heightMm;\n'
    project = following(tmp_path, {"shape.ts": SHAPE_TS, "use.ts": text})
    await project.replace("shape.ts", ("widthMm", "width"), ("heightMm", "height"))
    assert "=> s.width * s.height;" in project.offered["use.ts"]


@pytest.mark.parametrize(("one", "two"), [("left", "top"), ("height", "width")])
async def test_fields_whose_names_do_not_tell_which_they_were_are_left(tmp_path: Path, one, two):
    text = 'import { Shape } from "./shape";\n\nconst f = (s: Shape) => s.widthMm * s.heightMm;\n'
    project = following(tmp_path, {"shape.ts": SHAPE_TS, "use.ts": text})
    await project.replace("shape.ts", ("widthMm", one), ("heightMm", two))
    assert project.offered == {}


async def test_a_field_is_followed_where_a_constructor_takes_one_of_its_name(tmp_path: Path):
    defined = (
        "class Box {\n public:\n  Box(int id, int size) : id(id), size(size) { size = f(size); }\n"
        "  int id;\n  int size;\n};\n"
    )
    project = following(tmp_path, {"box.hpp": f"#pragma once\n\n{defined}"})
    await project.replace("box.hpp", ("int size;", "int count;"))
    after = project.offered["box.hpp"]
    assert "Box(int id, int size) : id(id), count(size) { size = f(size); }" in after


@pytest.mark.parametrize(
    ("path", "home", "more", "text"),
    [
        (
            "use.ts",
            SCRIPT,
            {"box.ts": "export interface Box {\n  widthMm: number;\n}\n"},
            "const f = (x: Shape, boxes: Box[]) => boxes.filter((x) => x.widthMm > x.z);\n",
        ),
        (
            "src/area.rs",
            STRUCT,
            {"src/box.rs": "pub struct Box {\n    pub width_mm: u32,\n}\n"},
            "fn f(s: &Shape, all: &[Box]) -> bool { all.iter().any(|s| s.width_mm > 1) }\n",
        ),
    ],
)
async def test_a_variable_of_a_function_within_hides_one_around(tmp_path, path, home, more, text):
    place, defined, old, new, others = home
    text = {"use.ts": 'import { Shape } from "./shape";\n'}.get(
        path, "use crate::shape::Shape;\n"
    ) + text
    after, _ = await renamed(tmp_path, (place, defined, old, new, {**others, **more}), path, text)
    assert after == text
