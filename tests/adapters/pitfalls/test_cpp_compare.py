"""Traps of what compares by several keys in C++."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

TRAPS = {
    "a function that sort gets": """
static bool earlier(const Train& a, const Train& b) {
    if (a.hour «<→!=» b.hour) return «true→a.hour < b.hour»;
    if (a.minute «<→!=» b.minute) {
        return «true→a.minute < b.minute»;
    }
    return a.name < b.name;
}
void order(std::vector<Train>& trains) { std::stable_sort(trains.begin(), trains.end(), earlier); }
""",
    "only one of them does not decide": """
static bool earlier(const Train& a, const Train& b) {
    if (a.hour != b.hour) return a.hour < b.hour;
    if (a.stops() «>→!=» b.stops()) return «true→a.stops() > b.stops()»;
    return a.name < b.name;
}
auto first(std::vector<Train>& t) { return std::min_element(t.begin(), t.end(), &earlier); }
""",
    "a lambda, with else": """
void order(std::vector<Train*>& trains) {
    std::stable_sort(trains.begin(), trains.end(), [](const Train* a, const Train* b) {
        if (a->hour «<→!=» b->hour) {
            return «true→a->hour < b->hour»;
        } else if (a->minute «<→!=» b->minute) {
            return «true→a->minute < b->minute»;
        } else {
            return a->name < b->name;
        }
    });
}
""",
    "an operator of the class": """
struct Day {
    bool operator<(const Day& other) const {
        if (year «<→!=» other.year) return «true→year < other.year»;
        return month < other.month;
    }
    int year, month;
};
""",
    "an operator outside of it": """
bool operator<(const Day& a, const Day& b) {
    if (a.year «<→!=» b.year) return «true→a.year < b.year»;
    if (a.month < b.month) return true;
    return false;
}
""",
    "what a set is ordered by": """
struct Later {
    bool operator()(const Day& a, const Day& b) const {
        return a.year «>→!=» b.year ? «true→a.year > b.year» : a.month > b.month;
    }
};
""",
    "three keys at once": """
void order(std::vector<Day>& days) {
    std::stable_sort(days.begin(), days.end(), [](const Day& a, const Day& b) {
        return a.y < b.y || «→(»a.«m→y == b.y && (a.m» < b.m || «→(a.m == b.m && »a.d < b.d«→)))»;
    });
}
""",
}
NO_TRAPS = {
    "the other direction is asked": """
bool operator<(const Day& a, const Day& b) {
    if (a.year < b.year) return true;
    if (a.year > b.year) return false;
    return a.month < b.month;
}
""",
    "the other direction is asked with the sides turned": """
bool operator<(const Day& a, const Day& b) {
    if (a.year < b.year) return true;
    if (b.year < a.year) return false;
    return a.month < b.month;
}
""",
    "the same is asked": """
bool operator<(const Day& a, const Day& b) {
    if (a.year < b.year) return true;
    return a.year == b.year && a.month < b.month;
}
""",
    "it says nothing of an order": """
bool fits(const Box& a, const Box& b) {
    if (a.width < b.width) return true;
    return a.height < b.height;
}
bool both(const Box& a, const Box& b) { return fits(a, b); }
""",
    "one key": """
bool operator<(const Day& a, const Day& b) {
    if (a.year < b.year) return true;
    return false;
}
""",
    "different keys": """
bool operator<(const Day& a, const Day& b) {
    if (a.year < b.month) return true;
    return a.month < b.month;
}
""",
}
changed = partial(offered, "a.cpp")


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_mended_first_of_all(name):
    before, after = both(TRAPS[name])
    assert changed(before)[0] == after


@pytest.mark.parametrize("name", TRAPS)
def test_each_change_parses_as_well_as_the_text(name):
    syntax, (before, _) = TreeSitterSyntax(), both(TRAPS[name])
    assert [one for one in changed(before) if syntax.errors("a.cpp", one) != 0] == []


@pytest.mark.parametrize("name", NO_TRAPS)
def test_what_is_no_trap_stays(name):
    assert changed(NO_TRAPS[name].lstrip("\n")) == []
