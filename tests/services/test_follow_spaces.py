"""What went into another namespace of C++ is called with that."""

import pytest
from following import asked, following

HEADER = """#pragma once

struct Bell {
  int tons;
};

enum Tone { LOW, DEEP };

inline int price(const Bell& bell) { return bell.tons * 9; }

int weigh(const Bell& bell);
"""
USE = """#include "bell.hpp"

#include <vector>

int total(const std::vector<Bell>& bells) {
  int sum = 0;
  for (const Bell& one : bells) sum += price(one) + weigh(one);
  return sum + ::price({LOW});
}
"""
NOW = """#include "bell.hpp"

#include <vector>

int total(const std::vector<tower::Bell>& bells) {
  int sum = 0;
  for (const tower::Bell& one : bells) sum += tower::price(one) + tower::weigh(one);
  return sum + ::tower::price({tower::LOW});
}
"""
INTO = (
    ("\nstruct Bell", "\nnamespace tower {\n\nstruct Bell"),
    ("weigh(const Bell& bell);\n", "weigh(const Bell& bell);\n\n}  // namespace tower\n"),
)


async def test_all_that_went_into_a_namespace_is_called_with_it(tmp_path):
    project = following(tmp_path, {"bell.hpp": HEADER, "use.cpp": USE})
    await project.replace("bell.hpp", *INTO)
    assert project.offered == {"use.cpp": NOW}
    assert asked(project) == {"Bell moved to tower, Tone moved to tower, 4 more"}


async def test_a_new_name_is_followed_with_it_also_where_a_variable_has_that(tmp_path):
    use = '#include "bell.hpp"\n\nint f(Bell b) {\n  int cost = 1;\n  return cost + price(b);\n}\n'
    project = following(tmp_path, {"bell.hpp": HEADER, "use.cpp": use})
    await project.replace("bell.hpp", *INTO, ("int price", "int cost"))
    assert "return cost + tower::cost(b);" in project.offered["use.cpp"]


async def test_a_definition_in_another_file_is_written_with_it(tmp_path):
    source = '#include "bell.hpp"\n\nint weigh(const Bell& bell) {\n  return bell.tons * 1000;\n}\n'
    project = following(tmp_path, {"bell.hpp": HEADER, "bell.cpp": source})
    await project.replace("bell.hpp", *INTO)
    then = "int tower::weigh(const tower::Bell& bell) {"
    assert then in project.offered["bell.cpp"]


@pytest.mark.parametrize(
    "use",
    [
        # It uses all of it already, or says where it stands.
        '#include "bell.hpp"\nusing namespace tower;\nint f(const Bell& b) { return price(b); }\n',
        '#include "bell.hpp"\nnamespace tower {\nint f(const Bell& b) { return price(b); }\n}\n',
        # It is declared there, in no namespace.
        '#include "bell.hpp"\nstruct Bell;\nint f(const Bell& b);\n',
        # So is another one of those that went there.
        '#include "bell.hpp"\nstruct Bell;\nint g() { return LOW; }\n',
        # Operators are not called by their names.
        '#include "bell.hpp"\nbool operator<(const Bell& a, const Bell& b) {\n  return true;\n}\n',
        # Somebody else's.
        'struct Bell {};\nint price(const Bell& b);\nint f(const Bell& b) { return price(b); }\n',
    ],
)  # fmt: skip
async def test_what_needs_no_name_in_front_stays(tmp_path, use):
    project = following(tmp_path, {"bell.hpp": HEADER, "use.cpp": use})
    await project.replace("bell.hpp", *INTO)
    assert "use.cpp" not in project.offered


async def test_what_is_called_with_its_namespace_gets_the_one_of_now(tmp_path):
    files = {"bell.hpp": HEADER, "use.cpp": NOW}
    for old, new in INTO:
        files["bell.hpp"] = files["bell.hpp"].replace(old, new)
    files["use.cpp"] = NOW.replace("::tower::price", "tower::price")
    project = following(tmp_path, files)
    await project.replace("bell.hpp", ("namespace tower {", "namespace spire {"))
    assert project.offered == {"use.cpp": files["use.cpp"].replace("tower::", "spire::")}


async def test_a_file_that_opens_the_namespace_before_is_left(tmp_path):
    files = {"bell.hpp": HEADER}
    for old, new in INTO:
        files["bell.hpp"] = files["bell.hpp"].replace(old, new)
    files["more.hpp"] = (
        '#include "bell.hpp"\nnamespace tower {\ninline int f(Bell b) { return price(b); }\n}\n'
    )
    project = following(tmp_path, files)
    await project.replace("bell.hpp", ("namespace tower {", "namespace spire {"))
    assert project.offered == {}


async def test_what_is_in_no_namespace_any_more_is_called_without(tmp_path):
    files = {"bell.hpp": HEADER, "use.cpp": NOW.replace("::tower::price", "tower::price")}
    inside = HEADER
    for old, new in INTO:
        inside = inside.replace(old, new)
    files["bell.hpp"] = inside
    project = following(tmp_path, files)
    await project.save(bell__hpp=HEADER)
    assert project.offered == {"use.cpp": USE.replace("::price", "price")}


async def test_a_namespace_without_a_name_changes_nothing(tmp_path):
    project = following(tmp_path, {"bell.hpp": HEADER, "use.cpp": USE})
    await project.replace("bell.hpp", *[(old, new.replace("tower ", "")) for old, new in INTO])
    assert project.offered == {}


async def test_methods_that_are_defined_apart_name_their_class_with_it(tmp_path):
    header = """#pragma once

class Horse {
public:
  explicit Horse(int hands);
  ~Horse();
  static int count();
  bool operator<(const Horse& other) const;
  struct Shoe {};
  Shoe shoe() const;
};
"""
    source = """#include "horse.hpp"

static int made = 0;
Horse::Horse(int hands) { ++made; }
Horse::~Horse() { --made; }
int Horse::count() { return made; }
bool Horse::operator<(const Horse& other) const { return this < &other; }
Horse::Shoe Horse::shoe() const { return Horse::Shoe{}; }
"""
    project = following(tmp_path, {"horse.hpp": header, "horse.cpp": source})
    now = header.replace("class Horse {", "namespace farm {\n\nclass Horse {") + "\n}\n"
    await project.save(horse__hpp=now)
    then = source.replace("Horse", "farm::Horse").replace("::farm::", "::").replace("~farm::", "~")
    assert project.offered == {"horse.cpp": then}
