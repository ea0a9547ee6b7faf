"""Traps of numbers in C++."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.cpp import RULES
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.trigger import Span

# What a trap is mended by: «before→after».
TRAPS = {
    "a sum of doubles begins with 0": """
double total(const std::vector<double>& xs) {
    return std::accumulate(xs.begin(), xs.end(), 0«→.0»);
}
""",
    "a wide sum begins with 0": """
long long total(const std::vector<int>& xs) {
    return std::accumulate(xs.begin(), xs.end(), «0→0LL»);
}
""",
    "a sum of fields begins with 0": """
struct Item { double price; int qty; };
double total(const std::vector<Item>& all) {
    return std::accumulate(all.begin(), all.end(), 0«→.0», [](«int→double» sum, const Item& it) {
        return sum + it.price * it.qty;
    });
}
""",
    "a product begins with 1": """
double product(const std::vector<double>& xs) {
    return std::accumulate(xs.begin(), xs.end(), 1«→.0», std::multiplies<>());
}
""",
    "a quotient is cast": """
double mean(const std::vector<int>& xs) {
    int sum = 0;
    for (int x : xs) sum += x;
    return static_cast<double>(sum«→)» / xs.size()«)→»;
}
""",
    "a quotient becomes a double": """
double percent(int part, int whole) {
    double ratio = «→static_cast<double>(»part«→)» / whole;
    return ratio * 100;
}
""",
    "a quotient is multiplied": """
int percent(int part, int whole) {
    return part «→* 100 »/ whole« * 100→»;
}
""",
    "two literals are divided": """
double to_celsius(double f) {
    return 5«→.0» / 9«→.0» * (f - 32);
}
""",
    "a sum is divided by a size": """
double average(const std::map<std::string, std::vector<int>>& scores, const std::string& who) {
    const auto& mine = scores.at(who);
    int total = 0;
    for (auto it = mine.begin(); it != mine.end(); ++it) total += *it;
    return «→static_cast<double>(»total«→)» / mine.size();
}
""",
    "a half is returned": """
double median(std::vector<int> values) {
    std::sort(values.begin(), values.end());
    const auto n = values.size();
    if (n % 2 == 1) return values[n / 2];
    return (values[n / 2 - 1] + values[n / 2]) / 2«→.0»;
}
""",
    "a product overflows": """
long long area(int w, int h) {
    return «→static_cast<long long>(»w«→)» * h;
}
""",
    "a product overflows before a remainder": """
int power(int base, int e, int mod) {
    int out = 1;
    while (e-- > 0) {
        out = («→static_cast<long long>(»out«→)» * base) % mod;
    }
    return out;
}
""",
    "a sum overflows": """
long long total(const std::vector<int>& v) {
    «int→long long» sum = 0;
    for (int x : v) sum += x;
    return sum;
}
""",
    "a sum loses fractions": """
double total(const std::vector<double>& v) {
    «int→double» sum = 0;
    for (double x : v) sum += x;
    return sum;
}
""",
    "a cast drops the fraction": """
«→#include <cmath>

»int cents(double price) {
    return static_cast<int>(«→std::lround(»price * 100)«→)»;
}
""",
    "an int drops the fraction": """
«→#include <cmath>

»int cents(double price) {
    int out = «→std::lround(»price * 100«→)»;
    return out;
}
""",
    "a half rounds only up": """
«→#include <cmath>

»int nearest(double x) {
    return (int)«→std::lround»(x« + 0.5→»);
}
""",
    "abs takes an int": """
«→#include <cmath>

»double gap(double a, double b) {
    return abs((int)0) + «→std::»abs(a - b);
}
""",
    "a remainder is below zero": """
int wrap(int i, int n) {
    return «→(»i«→ % n + n)» % n;
}
""",
    "odd below zero": """
bool odd(int i) {
    return i % 2 «=→!»= «1→0»;
}
""",
    "a step before the first": """
int at(const std::vector<int>& v, int i) {
    return v[(i - 1«→ + v.size()») % v.size()];
}
""",
    "the largest of negative numbers": """
int largest(const std::vector<int>& v) {
    int best = «→v.empty() ? »0«→ : *v.begin()»;
    for (int x : v) {
        if (x > best) best = x;
    }
    return best;
}
""",
    "the least double": """
double largest(const std::vector<double>& v) {
    double best = std::numeric_limits<double>::«min→lowest»();
    for (double x : v) {
        if (x > best) best = x;
    }
    return best;
}
""",
    "doubles are equal": """
«→#include <cmath>

»bool same(double a, double b) {
    return «→std::abs(»a «==→-» b«→) < 1e-9»;
}
""",
    "a middle overflows": """
int mid(int lo, int hi) {
    return «(→»lo + «→(»hi«→ - lo») / 2;
}
""",
}
NO_TRAPS = {
    "ints are summed up": """
int f(const std::vector<int>& xs) {
    return std::accumulate(xs.begin(), xs.end(), 0);
}
""",
    "a half is an int": """
int f(int a) {
    return a / 2;
}
""",
    "doubles are divided": """
double f(double a, double b) {
    return a / b * 2;
}
""",
    "a product is an int": """
int f(int a, int b) {
    return a * b;
}
""",
    "an int is cast": """
int f(long long a) {
    return static_cast<int>(a);
}
""",
    "it is rounded down": """
int f(double a) {
    return static_cast<int>(std::floor(a));
}
""",
    "an int has no fraction": """
int f(int a) {
    return abs(a);
}
""",
    "a divisor is asked for": """
bool f(int a, int b) {
    return a % b == 0;
}
""",
    "a count begins with 0": """
int f(const std::vector<int>& xs) {
    int n = 0;
    for (int x : xs) n += x > 1;
    return n;
}
""",
    "ints are equal": """
bool f(int a, int b) {
    return a == b;
}
""",
    "an int has a least value": """
int f() {
    return std::numeric_limits<int>::min();
}
""",
    "a mean of doubles": """
double f(double a, double b) {
    return (a + b) / 2;
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


# One place, and how many ways out of it exclude one another.
EXCLUDING = {
    "a sum of something unknown": (
        "auto f(const Xs& xs) {\n    return std::accumulate(xs.begin(), xs.end(), 0);\n}\n",
        2,
    ),
    "a difference that is returned": (
        "long long f(unsigned a, unsigned b) {\n    return a - b;\n}\n",
        2,
    ),
    "a quotient that is cut off": (
        "int f(double a) {\n    return static_cast<int>(a / 3);\n}\n",
        2,
    ),
}


@pytest.mark.parametrize("name", EXCLUDING)
def test_ways_out_that_mean_something_else_have_one_place(name):
    text, count = EXCLUDING[name]
    code = Code(Parsing().parse("a.cpp", text).root, text, Span(0, text.count("\n")))
    found = [one for rule in RULES for one in rule(code) if one.place >= 0]
    assert len(found) == count
    assert len({one.place for one in found}) == 1


def test_what_is_rounded_to_a_multiple_is_divided_first():
    text = "int f(int a) {\n    return a / 60 * 60;\n}\n"
    assert [one for one in changed(text) if "* 60 / 60" in one] == []
