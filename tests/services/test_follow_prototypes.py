"""Declarations of C++ that follow another one: in headers, in definitions, and in subclasses."""

import pytest
from following import following

BASE = """#pragma once

#include <string>

class Printer {
public:
  virtual ~Printer() = default;
  virtual void put(const std::string& line, int times) = 0;
};
"""
HEIR = """#pragma once

#include "printer.hpp"

class Roll : public Printer {
public:
  void put(const std::string& line, int times) override { BODY }
};
"""
LINE = "const std::string& line"


async def _heir(tmp_path, body, *changes):
    text = HEIR.replace("BODY", body)
    project = following(tmp_path, {"printer.hpp": BASE, "roll.hpp": text})
    await project.replace("printer.hpp", *changes)
    return project.offered.get("roll.hpp", text), text


@pytest.mark.parametrize(
    ("change", "body"),
    [
        # Another type, of which the body knows nothing.
        (("const std::string& line", "const Line& line"), "text_ += line;"),
        (("const std::string& line", "const Line& entry"), "text_ += line;"),
        # One that is gone.
        ((", int times", ""), "for (int i = 0; i < times; ++i) text_ += line;"),
        # What it gives, too: the body returns nothing.
        (("void put(const std::string& line", "bool put(const Line& line"), "++count_;"),
        # It is changed there.
        (("int times", "const int times"), "while (times--) text_ += line;"),
    ],
)
async def test_a_body_that_would_mean_something_else_is_left(tmp_path, change, body):
    after, before = await _heir(tmp_path, body, change)
    assert after == before


@pytest.mark.parametrize(
    ("change", "body", "then"),
    [
        (("int times", "long times"), "count_ += times;", "& line, long times)"),
        ((LINE, "std::string line"), "text_ += line;", "put(std::string line, int times)"),
        ((", int times", ""), "text_ += line;", "put(const std::string& line)"),
        ((LINE, "const Line& entry"), "++count_;", "put(const Line& line, int times)"),
        (("times)", "times, bool bold)"), "count_ += times;", "line, int times, bool bold)"),
    ],
)  # fmt: skip
async def test_a_body_that_means_the_same_follows(tmp_path, change, body, then):
    after, _ = await _heir(tmp_path, body, change)
    assert f"{then} override {{ {body} }}" in after


async def test_a_body_keeps_its_own_name_of_a_parameter(tmp_path):
    text = HEIR.replace("BODY", "count_ += often;").replace("int times", "int often")
    project = following(tmp_path, {"printer.hpp": BASE, "roll.hpp": text})
    await project.replace("printer.hpp", ("int times", "long repeats"))
    after = project.offered.get("roll.hpp", text)
    assert "line, long often) override { count_ += often; }" in after


async def test_another_name_in_a_header_asks_nothing_of_the_definition(tmp_path):
    header = "#pragma once\nint area(int width, int height = 2);\n"
    source = '#include "area.hpp"\n\nint area(int w, int height) {\n  return w * height;\n}\n'
    project = following(tmp_path, {"area.hpp": header, "area.cpp": source})
    await project.replace("area.hpp", ("int height", "int depth"))
    assert project.offered == {}


async def test_a_header_takes_the_definitions_new_name_and_keeps_its_default(tmp_path):
    header = "#pragma once\nint area(int width, int height = 2);\n"
    source = (
        '#include "area.hpp"\n\nint area(int width, int height) {\n  return width * height;\n}\n'
    )
    project = following(tmp_path, {"area.hpp": header, "area.cpp": source})
    await project.replace("area.cpp", ("int height", "long depth"), ("* height", "* depth"))
    assert project.offered.get("area.hpp", header) == header.replace("int height", "long depth")


@pytest.mark.parametrize(
    ("old", "new", "declared", "then"),
    [
        ("int", "long", "int Tin::biscuits() const", "long biscuits() const;"),
        ("std::string", "std::string_view", "std::string Tin::biscuits() const",
         "std::string_view biscuits() const;"),
        ("const char*", "std::string", "const char* Tin::biscuits() const",
         "std::string biscuits() const;"),
    ],
)  # fmt: skip
async def test_a_header_gives_what_the_definition_gives(tmp_path, old, new, declared, then):
    header = f"#pragma once\n\nclass Tin {{\npublic:\n  {old} biscuits() const;\n}};\n"
    source = f'#include "tin.hpp"\n\n{declared} {{\n  return full_;\n}}\n'
    project = following(tmp_path, {"tin.hpp": header, "tin.cpp": source})
    await project.replace("tin.cpp", (declared, declared.replace(old, new, 1)))
    assert then in project.offered.get("tin.hpp", header)


async def test_a_number_of_another_size_is_what_the_definition_gives(tmp_path):
    header = "#pragma once\n\nint biscuits(int tins);\n"
    source = '#include "tin.hpp"\n\nint biscuits(int tins) {\n  return tins * 12;\n}\n'
    project = following(tmp_path, {"tin.hpp": header, "tin.cpp": source})
    await project.replace("tin.hpp", ("int biscuits", "std::int64_t biscuits"))
    assert project.offered["tin.cpp"] == source.replace("int biscuits", "std::int64_t biscuits")


async def test_a_body_that_returns_something_else_is_left(tmp_path):
    header = "#pragma once\n\nint biscuits(int tins);\n"
    source = '#include "tin.hpp"\n\nint biscuits(int tins) {\n  return tins * 12;\n}\n'
    project = following(tmp_path, {"tin.hpp": header, "tin.cpp": source})
    await project.replace("tin.hpp", ("int biscuits(int", "std::string biscuits(long"))
    assert "tin.cpp" not in project.offered
