"""Headers of C++ and names of Rust's library that an answer forgot."""

import pytest

from spark_desktop.domain.library_uses import with_c_includes, with_includes, with_uses

BODY = "int f() {\n  return 1;\n}\n"
NEW = "int f() {\n  std::vector<int> a;\n  return std::accumulate(a.begin(), a.end(), 0);\n}\n"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("", "#include <numeric>\n#include <vector>\n\n"),
        ("#pragma once\n\n", "#pragma once\n#include <numeric>\n#include <vector>\n\n\n"),
        (
            "#ifndef A_H\n#define A_H\n",
            "#ifndef A_H\n#define A_H\n#include <numeric>\n#include <vector>\n\n",
        ),
        (
            '#include "a.hpp"\n#include <vector>  // of all\n\n',
            '#include "a.hpp"\n#include <vector>  // of all\n#include <numeric>\n\n',
        ),
    ],
)
def test_headers_join_those_that_there_are(head, wanted):
    assert with_includes(head + BODY, head + NEW) == wanted + NEW


def test_c_takes_the_headers_of_plain_names():
    before, after = "int f() { return g(); }\n", "int f() { return strcmp(a, NULL); }\n"
    assert with_c_includes(before, after) == f"#include <stddef.h>\n#include <string.h>\n\n{after}"
    assert with_c_includes(before, "#include <string.h>\n" + before) == (
        "#include <string.h>\n" + before
    )
    assert with_c_includes(before, before.replace("g()", "a.strlen")) == (
        before.replace("g()", "a.strlen")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NEW, NEW.replace("0);", "1);")),
        (BODY, BODY.replace("1", "std::mine(1)")),
        (BODY, BODY.replace("return", "// as std::sort does\n  return")),
        (BODY, "#include <vector>\n#include <numeric>\n" + NEW),
    ],
    ids=["used before", "unknown", "a comment", "there"],
)
def test_no_header_is_added_without_need(before, after):
    assert with_includes(before, after) == after


RUST = "fn f() {\n    let a: HashMap<u8, Rc<u8>> = HashMap::new();\n}\n"
LINES = "use std::collections::HashMap;\nuse std::rc::Rc;\n"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("", LINES + "\n"),
        ("//! Of f.\n#![allow(x)]\n", "//! Of f.\n#![allow(x)]\n" + LINES + "\n"),
        ("use crate::a;\n\n", "use crate::a;\n" + LINES + "\n"),
    ],
)
def test_names_of_the_library_are_brought_in(head, wanted):
    assert with_uses(head, head + RUST) == wanted + RUST


@pytest.mark.parametrize(
    "head",
    [
        "use std::{collections::HashMap, rc::Rc};\n",
        "struct HashMap;\nstruct Rc;\n",
        "use crate::geo::*;\n",
        "pub(crate) use hashbrown::HashMap;\nuse crate::Rc;\n",
    ],
)
def test_what_is_known_already_is_not_brought_in(head):
    assert with_uses("", head + RUST) == head + RUST


def test_whole_paths_need_nothing():
    text = "fn f() {\n    let a = std::collections::HashMap::<u8, u8>::new();\n}\n"
    assert with_uses("", text) == text


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("// Copyright.\n\n#include <map>\n", 3),
        ("/* Copyright\n * of all. */\n#include <map>\n", 3),
        ("#include <map>\n\n#ifdef _WIN32\n#include <windows.h>\n#endif\n", 1),
        ('extern "C" {\n#include "a.h"\n}\n', 0),
        ('const char* text = R"(\n#include <common>\n)";\n', 0),
        ("#ifndef MOST\n#define MOST 10\n#endif\n", 0),
        ('enum A {\n#include "all.def"\n};\n', 0),
        ('#pragma once\n#include <map>\nint a;\n#include "a.moc"\n', 2),
    ],
)
def test_headers_stand_at_the_beginning_in_front_of_conditions(head, at):
    found = with_includes(head + BODY, head + NEW)
    lines = (head + NEW).splitlines(keepends=True)
    blank = [] if "#include <map>" in head else ["\n"]
    added = ["#include <numeric>\n", "#include <vector>\n", *blank]
    assert found == "".join([*lines[:at], *added, *lines[at:]])


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("// Copyright.\n//! Of f.\n\n", 2),
        ("/* Copyright. */\n#![allow(\n    x,\n)]\n", 4),
        ('const T: &str = "\nuse foo::bar;\n";\n', 0),
        ("mod tests {\n    use super::*;\n}\n", 0),
    ],
)
def test_uses_stand_behind_what_documents_the_file(head, at):
    lines = (head + RUST).splitlines(keepends=True)
    assert with_uses(head, head + RUST) == "".join([*lines[:at], LINES, "\n", *lines[at:]])


def test_a_variant_of_an_enum_is_no_use():
    text = "enum Seg {\n    Line,\n    Path(u8),\n}\n"
    assert with_uses("enum Seg {\n    Line,\n}\n", text) == text


def test_lines_end_as_the_files_do():
    text = "#include <map>\r\n" + NEW.replace("\n", "\r\n")
    assert "\n" not in with_includes("", text).replace("\r\n", "")
