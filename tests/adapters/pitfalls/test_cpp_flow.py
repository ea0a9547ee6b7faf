"""Traps of C++ in what is run, and in what order."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

# What a trap is mended by: «before→after».
TRAPS = {
    "a condition sets": """
int grade(int x) {
    if (x «→=»= 1) {
        return 10;
    }
    return 0;
}
""",
    "cases without break": """
std::string name(int x) {
    std::string out;
    switch (x) {
        case 1:
            out = "one";«→
            break;»
        case 2:
            out = "two";
            break;
        default:
            out = "many";
    }
    return out;
}
""",
    "a block without break": """
int score(char c) {
    int n = 0;
    switch (c) {
        case 'a':
        case 'e': {
            n = 1;«→
            break;»
        }
        case 'z': {
            n = 10;
            break;
        }
    }
    return n;
}
""",
    "an inner variable": """
int largest(const std::vector<int>& v) {
    int best = v[0];
    for (int x : v) {
        if (x > best) {
            «int →»best = x;
        }
    }
    return best;
}
""",
    "an inner variable beside bindings": """
std::string winner(const std::map<std::string, int>& votes) {
    std::string best;
    int most = 0;
    for (const auto& [name, count] : votes) {
        if (count > most) {
            «int →»most = count;
            best = name;
        }
    }
    return best;
}
""",
    "a field is hidden": """
struct A { int x = 0; void set(int x); };
void A::set(int x) {
    «→this->»x = x;
}
""",
    "a sum is not set": """
int total(const std::vector<int>& v) {
    int sum«→ = 0»;
    for (int x : v) sum += x;
    return sum;
}
""",
    "a field is not set": """
class Counter {
public:
    Counter(std::string n) : name(n) {}
    void hit() { ++count; }
    int value() const { return count; }
private:
    std::string name;
    int count«→ = 0»;
};
int hits(Counter& c, int n) {
    for (int i = 0; i < n; ++i) c.hit();
    return c.value();
}
""",
    "bits are compared": """
bool even(int x) {
    return «→(»x & 1«→)» == 0;
}
""",
    "between two": """
bool inside(int a, int x, int b) {
    return a < x «→&& x »< b;
}
""",
    "a static is kept": """
int count(int n) {
    «static →»int total = 0;
    for (int i = 0; i < n; ++i) total++;
    return total;
}
""",
    "a macro is loose": """
#define SQUARE(x) «→((»x«→)» * «→(»x«→))»
int f(int a) {
    return SQUARE(a + 1);
}
""",
    "a pointer steps": """
void bump(int* n) {
    «→(»*n«→)»++;
}
""",
    "set one by one": """
int fib(int n) {
    int a = 0;
    int b = 1;
    for (int i = 0; i < n; ++i) {
        «→const int next = a + b;
        »a = b;
        b = «a + b→next»;
    }
    return a;
}
""",
    "swapped one by one": """
«→#include <utility>

»void turn(int& a, int& b) {
    «→std::swap(»a« =→,» b«;
    b = a→)»;
}
""",
    "the next is lost": """
struct Node { Node* next; int v; };
Node* turned(Node* head) {
    Node* prev = nullptr;
    Node* node = head;
    while (node) {
        «→auto* next = node->next;
        »node->next = prev;
        prev = node;
        node = «node->→»next;
    }
    return prev;
}
""",
}
NO_TRAPS = {
    "cases share a body": """
int f(int a) {
    switch (a) {
        case 1:
        case 2:
            return 3;
        default:
            return 4;
    }
}
""",
    "falling through is meant": """
void f(int a, int& n) {
    switch (a) {
        case 1:
            n = 1;
            [[fallthrough]];
        default:
            n += 2;
    }
}
""",
    "a read is the condition": """
void f() {
    while ((node = next())) g(node);
    while (Node* one = next()) g(one);
}
""",
    "each block has its own": """
int f(bool a) {
    if (a) {
        int n = 1;
        return n;
    }
    int n = 2;
    return n;
}
""",
    "a local is set at once": """
int f(bool a) {
    int n;
    n = 2;
    return n;
}
""",
    "a local is read into": """
int f(std::istream& in) {
    int n;
    in >> n;
    return n;
}
""",
    "bits in parentheses": """
bool f(int a) {
    return (a & 1) == 0;
}
""",
    "a static that counts the calls": """
int f(int a) {
    static int calls = 0;
    calls += 1;
    return a;
}
""",
    "a static constant": """
int f() {
    static const int most = 3;
    return most;
}
""",
    "a held macro": """
#define TWICE(a) ((a) * 2)
int f(int a) {
    return TWICE(a);
}
""",
    "a pointer steps": """
char f(const char*& at) {
    return *at++;
}
""",
    "a parameter is set": """
struct A {
    int x = 0;
    void set(int y) { x = y; }
};
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


def test_each_case_without_break_comes_alone_and_all_of_them_last():
    text = (
        "int f(int x) {\n    int n = 0;\n    switch (x) {\n        case 1:\n            n = 1;\n"
        "        case 2:\n            n = 2;\n        default:\n            n = 3;\n    }\n"
        "    return n;\n}\n"
    )
    first = text.replace("n = 1;\n", "n = 1;\n            break;\n")
    second = text.replace("n = 2;\n", "n = 2;\n            break;\n")
    both_of_them = first.replace("n = 2;\n", "n = 2;\n            break;\n")
    assert changed(text)[:3] == [first, second, both_of_them]
