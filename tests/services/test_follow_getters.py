"""Fields of C++ that are read by calling a method of their name now."""

import pytest
from following import asked, following

BEFORE = """#pragma once

#include <string>

struct Bird {
  std::string name;
  int eggs;
};
"""
AFTER = """#pragma once

#include <string>

class Bird {
public:
  Bird(std::string name, int eggs) : name_(name), eggs_(eggs) {}
  const std::string& name() const { return name_; }
  int eggs() const { return eggs_; }

private:
  std::string name_;
  int eggs_;
};
"""
USE = """#include "bird.hpp"

#include <vector>

int all(const std::vector<Bird>& birds, const Bird* best) {
  int sum = best->eggs;
  for (const Bird& one : birds) {
    if (one.name == "owl" || one.name.empty()) sum += one.eggs * 2;
  }
  return sum;
}
"""


async def test_fields_that_are_read_are_called(tmp_path):
    project = following(tmp_path, {"bird.hpp": BEFORE, "use.cpp": USE})
    await project.save(bird__hpp=AFTER)
    then = USE
    for name in ("best->eggs", "one.name", "one.eggs"):
        then = then.replace(name, f"{name}()")
    assert project.offered == {"use.cpp": then}
    assert asked(project) == {"Bird.name is a method now, Bird.eggs is a method now"}


@pytest.mark.parametrize(
    "line",
    [
        "bird.eggs = 3;",
        "++bird.eggs;",
        "bird.name += bird.eggs;",
        "bird.name.push_back('x');",
        "int& eggs = bird.eggs;",
        "auto& [name, eggs] = bird; use(bird.eggs);",
        "Bird other; use(bird.eggs);",
        "auto at = &Bird::eggs; use(bird.eggs);",
    ],
)
async def test_a_file_that_does_more_than_to_read_is_left(tmp_path, line):
    use = f'#include "bird.hpp"\n\nvoid f(Bird& bird) {{\n  {line}\n}}\n'
    project = following(tmp_path, {"bird.hpp": BEFORE, "use.cpp": use})
    await project.save(bird__hpp=AFTER)
    assert project.offered == {}


async def test_what_is_called_on_something_else_stays(tmp_path):
    nest = "struct Nest { int eggs; };\nint f(const Nest& n) { return n.eggs; }\n"
    use = f'#include "bird.hpp"\n\n{nest}'
    project = following(tmp_path, {"bird.hpp": BEFORE, "use.cpp": use})
    await project.save(bird__hpp=AFTER)
    assert project.offered == {}
