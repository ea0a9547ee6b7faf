"""A save that renames a member: uses of it on what a loop, or a function, gets from a list."""

import pytest


@pytest.mark.parametrize(
    ("head", "walk"),
    [
        ("doors: Door[], gates: Gate[]", "gates.map((x) => x.name)"),
        ("doors: Door[]", "other.map((x) => x.name)"),
        ("doors: Door[]", "doors.map((x) => 1) + x.name"),
        ("doors: Door[]", "doors.map((x) => others.map((x) => x.name))"),
    ],
)
async def test_an_element_of_something_else_is_not_touched(project, head, walk):
    start = 'import type { Door } from "./a";\n\n'
    text = f"{start}export function f({head}) {{\n  return {walk};\n}}\n"
    door = "export interface Door {\n  name: string;\n  floor: number;\n}\n"
    gate = "export interface Gate {\n  name: string;\n}\n"
    one = project({"a.ts": door, "b.ts": text, "c.ts": gate})
    await one.save(a__ts=door.replace("name", "label"))
    assert "b.ts" not in one.offered


@pytest.mark.parametrize(
    ("ending", "head", "body"),
    [
        (
            "go",
            "package app\n\nfunc F(doors []*Door) ",
            "for _, x := range doors {\n\t\tsay(x.Name)",
        ),
        (
            "rs",
            "use crate::a::Door;\n\nfn f(doors: &[Door]) ",
            "doors.iter().any(|x| x.name.len() > 1)",
        ),
    ],
)
async def test_an_element_is_known_by_what_the_list_is_told_to_hold(project, ending, head, body):
    close = "\n\t}" if ending == "go" else ""
    text = f"{head}{{\n\t{body}{close}\n}}\n"
    files = {
        "go": "package app\n\ntype Door struct {\n\tName string\n}\n\n"
        "type Gate struct {\n\tName string\n}\n",
        "rs": "pub struct Door {\n    pub name: String,\n}\n\n"
        "pub struct Gate {\n    pub name: String,\n}\n",
    }
    before = files[ending]
    name = "Name" if ending == "go" else "name"
    one = project(
        {
            f"src/a.{ending}": before,
            f"src/b.{ending}": text,
            "Cargo.toml": '[package]\nname = "app"\n',
            "src/lib.rs": "mod a;\nmod b;\n",
        }
    )
    one.write(
        f"src/a.{ending}", before.replace(f"{name} ", "Label ", 1).replace("name:", "label:", 1)
    )
    await one.save(f"src/a.{ending}")
    now = text.replace("x.Name", "x.Label").replace("x.name", "x.label")
    assert one.offered[f"src/b.{ending}"] == now
