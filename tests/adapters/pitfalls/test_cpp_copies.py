"""Traps of copies, references and classes in C++."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

# What a trap is mended by: «before→after».
TRAPS = {
    "a loop changes its copies": """
void shout(std::vector<std::string>& xs) {
    for (auto«→&» x : xs) {
        x += "!";
    }
}
""",
    "for_each changes its copies": """
void rest(std::vector<Horse>& horses) {
    std::for_each(horses.begin(), horses.end(), [](Horse«→&» horse) { horse.rounds = 0; });
}
""",
    "a loop changes its bindings": """
void bump(std::map<std::string, int>& m) {
    for (auto«→&» [k, v] : m) {
        v += 1;
    }
}
""",
    "a loop in a loop changes copies": """
void scale(std::vector<std::vector<int>>& grid, int by) {
    for (auto«→&» row : grid) {
        for (auto«→&» cell : row) {
            cell *= by;
        }
    }
}
""",
    "a loop of a method changes its copies": """
using namespace std;
class Cart {
public:
    struct Line { string name; double price; int count; };
    void add(string name, double price, int count) { lines.push_back({name, price, count}); }
    double total() const;
    void raise(double by);
private:
    vector<Line> lines;
};
void Cart::raise(double by) {
    for (Line«→&» line : lines) {
        line.price += by;
    }
}

double Cart::total() const {
    double sum = 0;
    for (const auto& line : lines) {
        sum += line.price * line.count;
    }
    return sum;
}
""",
    "a parameter and its prototype": """
void add(std::vector<int>«→&» xs, int x);
void add(std::vector<int>«→&» xs, int x) {
    xs.push_back(x);
}
""",
    "a cache is given on": """
long long fib(int n, std::map<int, long long>«→&» memo) {
    if (n < 2) return n;
    if (memo.count(n)) return memo[n];
    memo[n] = fib(n - 1, memo) + fib(n - 2, memo);
    return memo[n];
}
""",
    "a lambda changes what it captures": """
int total(const std::vector<int>& v) {
    int sum = 0;
    std::for_each(v.begin(), v.end(), [«→&»sum](int x)« mutable→» { sum += x; });
    return sum;
}
""",
    "a lambda changes anything": """
int total(const std::vector<int>& v) {
    int sum = 0;
    std::for_each(v.begin(), v.end(), [«=→&»](int x)« mutable→» { sum += x; });
    return sum;
}
""",
    "a lambda is kept": """
std::vector<std::function<int()>> make() {
    std::vector<std::function<int()>> out;
    for (int i = 0; i < 3; ++i) {
        out.push_back([«&→=»]() { return i; });
    }
    return out;
}
""",
    "a local copy is changed": """
struct Acc { int money = 0; };
void pay(std::map<std::string, Acc>& all, const std::string& name, int n) {
    auto«→&» acc = all[name];
    acc.money += n;
}
""",
    "a copy of what a method gives": """
struct Acc { int id; int money = 0; };
struct Bank {
    std::vector<Acc> all;
    Acc& find(int id) {
        for (auto& a : all) if (a.id == id) return a;
        throw 1;
    }
    void pay(int id, int n);
};
void Bank::pay(int id, int n) {
    auto«→&» acc = find(id);
    acc.money += n;
}
""",
    "a view of what is gone": """
std::string greet(const std::string& who) {
    std::«string_view→string» out = std::string("hello dear, very dear ") + who;
    return std::string(out);
}
""",
    "a reference to a local": """
«const →»std::string«&→» longest(const std::vector<std::string>& words) {
    std::string best;
    for (const auto& w : words) if (w.size() > best.size()) best = w;
    return best;
}
""",
    "a reference to what changes": """
void rotate(std::vector<int>& v) {
    auto«&→» first = v[0];
    for (std::size_t i = 0; i + 1 < v.size(); ++i) v[i] = v[i + 1];
    v.back() = first;
}
""",
    "a base by value": """
struct Shape { virtual ~Shape() = default; virtual int area() const { return 0; } };
struct Sq : Shape { int area() const override { return 4; } };
int area_of(«→const »Shape«→&» shape) {
    return shape.area();
}
""",
    "a method is not const": """
struct Shape { virtual ~Shape() = default; virtual int area() const { return 0; } };
struct Sq : Shape { int area() «→const override »{ return 4; } };
int area_of(const Shape& shape) {
    return shape.area();
}
""",
    "a method is not virtual": """
struct Shape {«→ virtual» int area() const { return 0; } };
struct Sq : Shape { int area() const «→override »{ return 4; } };
int area_of(const Shape& shape) {
    return shape.area();
}
""",
}
NO_TRAPS = {
    "a loop only reads": """
int f(const std::vector<int>& xs) {
    int n = 0;
    for (auto x : xs) n += x;
    return n;
}
""",
    "for_each only reads": """
void told(const std::vector<Horse>& horses, int& sum) {
    std::for_each(horses.begin(), horses.end(), [&](Horse horse) { sum += horse.rounds; });
}
""",
    "a number is counted down": """
int f(int n) {
    int digits = 0;
    while (n > 0) {
        n /= 10;
        digits++;
    }
    return digits;
}
""",
    "a changed copy is returned": """
std::vector<int> f(std::vector<int> xs) {
    xs.push_back(1);
    return xs;
}
""",
    "a parameter is const": """
void f(const std::vector<int>& xs) {
    g(xs);
}
""",
    "a local of its own": """
int f(const std::vector<int>& xs) {
    int n = xs[0];
    n += 2;
    return n;
}
""",
    "a lambda only reads": """
auto f(int by) {
    return [by](int x) { return x * by; };
}
""",
    "a reference is used at once": """
void f(std::vector<int>& xs) {
    auto& first = xs[0];
    first = 2;
}
""",
    "a field is given as a reference": """
struct A {
    std::string name;
    const std::string& get() const { return name; }
};
""",
    "a base as a reference": """
struct A {
    virtual int f() const { return 1; }
};
struct B : A {
    int f() const override { return 2; }
};
int g(const A& a) { return a.f(); }
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
