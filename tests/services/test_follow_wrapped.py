"""A function of Rust gives a Result where it gave an Option, or the other way: calls follow."""

import pytest
from following import asked, following

CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod shelf;\npub mod use_it;\n",
}
SHELF = """pub struct Shelf {
    books: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Missing(pub u32);

impl Shelf {
    pub fn book(&self, at: u32) -> Option<&String> {
        self.books.get(at as usize)
    }
}
"""
OLD = "Option<&String> {\n        self.books.get(at as usize)"
NEW = "Result<&String, Missing> {\n        self.books.get(at as usize).ok_or(Missing(at))"
HEAD = "use crate::shelf::Shelf;\n\n"


def used(body, result=""):
    return f"{HEAD}pub fn f(shelf: &Shelf){result} {{\n{body}}}\n"


async def saved(tmp_path, before, replaced):
    first, second = replaced
    shelf = SHELF if first == OLD else SHELF.replace(*replaced[::-1])
    project = following(tmp_path, {**CRATE, "src/shelf.rs": shelf, "src/use_it.rs": before})
    await project.replace("src/shelf.rs", (first, second))
    return project


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("    shelf.book(1).is_none()\n", "    shelf.book(1).is_err()\n"),
        ("    shelf.book(1).is_some()\n", "    shelf.book(1).is_ok()\n"),
        (
            "    shelf.book(1).is_some_and(|b| b.is_empty())\n",
            "    shelf.book(1).is_ok_and(|b| b.is_empty())\n",
        ),
        ("    let n = shelf.book(1)?;\n", "    let n = shelf.book(1).ok()?;\n"),
        (
            "    shelf\n        .book(1)\n        .map(|b| b.len())\n",
            "    shelf\n        .book(1).ok()\n        .map(|b| b.len())\n",
        ),
        (
            "    if let Some(book) = shelf.book(1) {\n        drop(book);\n    }\n",
            "    if let Ok(book) = shelf.book(1) {\n        drop(book);\n    }\n",
        ),
        (
            "    let Some(book) = shelf.book(1) else {\n        return;\n    };\n",
            "    let Ok(book) = shelf.book(1) else {\n        return;\n    };\n",
        ),
        ("    shelf.book(1).ok_or_else(|| 3)\n", "    shelf.book(1).map_err(|_| 3)\n"),
        ("    shelf.book(1).ok_or(3)\n", "    shelf.book(1).ok().ok_or(3)\n"),
        (
            "    let found = [1].iter().map(|n| shelf.book(*n));\n",
            "    let found = [1].iter().map(|n| shelf.book(*n).ok());\n",
        ),
        (
            "    match shelf.book(1) {\n        None | Some(_) if g() => {\n            None\n"
            '        }\n        Some(b) => s("{,", b),\n        _ => None,\n    }\n',
            "    match shelf.book(1) {\n        Err(_) | Ok(_) if g() => {\n            None\n"
            '        }\n        Ok(b) => s("{,", b),\n        _ => None,\n    }\n',
        ),
        (
            "    match shelf.book(1) {\n        found @ Some(_) => found,\n        None => g(),\n"
            "    }\n",
            "    match shelf.book(1).ok() {\n        found @ Some(_) => found,\n"
            "        None => g(),\n    }\n",
        ),
    ],
)
async def test_a_result_in_the_place_of_an_option_is_taken_as_it_was(tmp_path, body, after):
    project = await saved(tmp_path, used(body), (OLD, NEW))
    assert project.offered == {"src/use_it.rs": used(after)}
    assert project.world.endpoint.requests == []


@pytest.mark.parametrize("how", ["unwrap()", 'expect("a book")', "unwrap_or(&x)"])
async def test_what_both_can_be_asked_stays(tmp_path, how):
    project = await saved(tmp_path, used(f"    shelf.book(1).{how};\n"), (OLD, NEW))
    assert project.world.board.all() == ()


async def test_an_error_that_cannot_be_told_is_not_unwrapped(tmp_path):
    files = {**CRATE, "src/shelf.rs": SHELF.replace("#[derive(Debug, Clone)]\n", "")}
    text = used("    shelf.book(1).unwrap();\n")
    project = following(tmp_path, {**files, "src/use_it.rs": text})
    await project.replace("src/shelf.rs", (OLD, NEW))
    assert project.offered["src/use_it.rs"] == text.replace(".unwrap", ".ok().unwrap")


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("    shelf.book(1).is_err()\n", "    shelf.book(1).is_none()\n"),
        ("    shelf.book(1).ok()\n", "    shelf.book(1)\n"),
        (
            "    shelf.book(1).unwrap_or_else(|_| g())\n",
            "    shelf.book(1).unwrap_or_else(|| g())\n",
        ),
        ("    shelf.book(1).map_err(|_| g())?\n", "    shelf.book(1).ok_or_else(|| g())?\n"),
        (
            "    match shelf.book(1) {\n        Ok(b) => b,\n        Err(_) => 3,\n    }\n",
            "    match shelf.book(1) {\n        Some(b) => b,\n        None => 3,\n    }\n",
        ),
    ],
)
async def test_an_option_in_the_place_of_a_result_is_taken_as_it_was(tmp_path, body, after):
    project = await saved(tmp_path, used(body), (NEW, OLD))
    assert project.offered == {"src/use_it.rs": used(after)}


@pytest.mark.parametrize(
    "body",
    [
        "    shelf.book(1)?;\n",
        "    match shelf.book(1) {\n        Ok(b) => b,\n        Err(why) => g(why),\n    }\n",
        "    shelf.book(1).map_err(|why| why.0)?;\n",
    ],
)
async def test_an_error_that_is_needed_is_asked_of_the_model(tmp_path, body):
    project = await saved(tmp_path, used(body), (NEW, OLD))
    assert asked(project) == {"f(), src/use_it.rs: book() gives another result"}
    assert project.offered == {}


async def test_another_value_inside_is_asked_of_the_model(tmp_path):
    other = NEW.replace("&String,", "String,")
    project = await saved(tmp_path, used("    shelf.book(1).is_some()\n"), (OLD, other))
    assert project.offered == {}
