"""Traps of the containers of C++, and of loops over them."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

# What a trap is mended by: «before→after».
TRAPS = {
    "erased by index": """
void drop(std::vector<int>& v, int x) {
    for (std::size_t i = 0; i < v.size();« ++i→») {
        if (v[i] == x) {
            v.erase(v.begin() + i);
        }«→ else {
            ++i;
        }»
    }
}
""",
    "erased by iterator": """
void drop(std::vector<int>& v, int x) {
    for (auto it = v.begin(); it != v.end();« ++it→») {
        if (*it == x)
            «→it = »v.erase(it);«→
        else
            ++it;»
    }
}
""",
    "erased while it steps": """
void drop(std::vector<int>& v, int x) {
    auto it = v.begin();
    while (it != v.end()) {
        if (*it == x) {
            it = v.erase(it);
        }«
        → else {
            »++it;«→
        }»
    }
}
""",
    "erased in the middle of a body": """
void drop(std::vector<int>& v, int x, int& n) {
    for (int i = 0; i < (int)v.size(); i++) {
        if (v[i] == x) v.erase(v.begin() + i«→--»);
        n++;
    }
}
""",
    "erased with a cast": """
void drop(std::vector<int>& v, int x, int& n) {
    for (std::size_t i = 0; i < v.size(); i++) {
        if (v[i] == x) v.erase(v.begin() + static_cast<std::ptrdiff_t>(i)«→--»);
        n++;
    }
}
""",
    "erased from a set": """
void drop_even(std::set<int>& s) {
    for (auto it = s.begin(); it != s.end();« ++it→») {
        if (*it % 2 == 0) {
            «→it = »s.erase(it);
        }«→ else {
            ++it;
        }»
    }
}
""",
    "removed, not erased": """
void drop(std::vector<int>& v, int x) {
    «→v.erase(»std::remove(v.begin(), v.end(), x)«→, v.end())»;
}
""",
    "unique, not sorted": """
«→#include <algorithm>

»void distinct(std::vector<int>& v) {«→
    std::sort(v.begin(), v.end());»
    v.erase(std::unique(v.begin(), v.end()), v.end());
}
""",
    "unsigned goes down to 0": """
std::vector<int> turned(const std::vector<int>& v) {
    std::vector<int> out;
    for (std::size_t i = v.size()« - 1→»; i«→--» >«=→» 0;« --i→») {
        out.push_back(v.at(i));
    }
    return out;
}
""",
    "a size less one": """
bool sorted(const std::vector<int>& v) {
    for (std::size_t i = 0; i «→+ 1 »< v.size()« - 1→»; ++i) {
        if (v.at(i) > v.at(i + 1)) return false;
    }
    return true;
}
""",
    "an int compared with a size": """
bool longer(const std::string& s, int n) {
    return «→static_cast<int>(»s.size(«→)») > n;
}
""",
    "sizes are subtracted": """
int gap(const std::string& a, const std::string& b) {
    double d = «→static_cast<long long>(»a.size()«→)» - «→static_cast<long long>(»b.size(«→)»);
    return d < 0 ? 1 : 0;
}
""",
    "a distance of unsigned": """
unsigned gap(unsigned a, unsigned b) {
    return a «→> b ? a »- b«→ : b - a»;
}
""",
    "a lookup is returned": """
int get(std::map<std::string, int>& m, const std::string& k) {
    «→const auto it = m.find(k);
    »return «→it == »m«[k]→.end() ? 0 : it->second»;
}
""",
    "a lookup is asked": """
bool has(std::map<std::string, int>& m, const std::string& k) {
    if (m«[→.count(»k«]→) && m.at(k)») {
        return true;
    }
    return false;
}
""",
    "a lookup is added": """
int both(std::map<std::string, int>& m, const std::string& k) {
    int sum = 0;
    sum += «→(m.count(k) ? »m«[→.at(»k«]→) : 0)»;
    return sum;
}
""",
    "a lookup is a part of what is returned": """
int more(std::map<std::string, int>& m, const std::string& k) {
    return «→(m.count(k) ? »m«[→.at(»k«]→) : 0)» + 1;
}
""",
    "a lookup is one of two conditions": """
bool both(std::map<std::string, bool>& m, const std::string& k, bool b) {
    return b && «→(»m«[→.count(»k«]→) && m.at(k))»;
}
""",
    "a lookup is given to what reads it": """
std::string told(std::map<std::string, int>& m, const std::string& k) {
    return std::to_string(«→m.count(k) ? »m«[→.at(»k«]→) : 0»);
}
""",
    "reserved, then indexed": """
std::vector<int> squares(int n) {
    std::vector<int> out;
    out.«reserve→resize»(n);
    for (int i = 0; i < n; ++i) out[i] = i * i;
    return out;
}
""",
    "sized, then pushed": """
std::vector<int> squares(int n) {
    std::vector<int> out«→;
    out.reserve»(n);
    for (int i = 0; i < n; ++i) {
        out.push_back(i * i);
    }
    return out;
}
""",
    "a size in braces": """
std::vector<int> ones(int n) {
    std::vector<int> out«{→(»n, 1«}→)»;
    return out;
}
""",
    "an insert does not overwrite": """
void put(std::map<std::string, int>& m, const std::string& k, int v) {
    m«.insert({→[»k«,→] =» v«})→»;
}
""",
    "two keys at once": """
struct P { int x; int y; };
void order(std::vector<P>& v) {
    std::sort(v.begin(), v.end(), [](const P& a, const P& b) {
        return a.x < b.x «→|| (a.x == b.x »&& a.y < b.y«→)»;
    });
}
""",
    "the largest on top": """
«→#include <functional>

»int smallest(const std::vector<int>& v) {
    std::priority_queue<int«→, std::vector<int>, std::greater<int>»> q;
    for (int x : v) q.push(x);
    return q.top();
}
""",
    "what a set's own order takes for the same": """
«→#include <set>

»struct Earlier {
    bool operator()(const Shell& a, const Shell& b) const { return a.at < b.at; }
};
std::«set→multiset»<Shell, Earlier> shells;
""",
}
NO_TRAPS = {
    "a set in the order of its values": "std::set<int> seen;\n",
    "an element is erased once": """
void f(std::vector<int>& v, int i) {
    v.erase(v.begin() + i);
}
""",
    "an erasing loop steps itself": """
void f(std::vector<int>& v) {
    for (auto it = v.begin(); it != v.end();) {
        if (*it == 1) it = v.erase(it);
        else ++it;
    }
}
""",
    "removed and erased": """
void f(std::vector<int>& v) {
    v.erase(std::remove(v.begin(), v.end(), 1), v.end());
}
""",
    "sorted and unique": """
void f(std::vector<int>& v) {
    std::stable_sort(v.begin(), v.end(), less);
}
""",
    "an int goes down to 0": """
int f(int n) {
    int sum = 0;
    for (int i = n - 1; i >= 0; --i) sum += i;
    return sum;
}
""",
    "ints are subtracted": """
int f(int a, int b) {
    return a - b;
}
""",
    "a map is written": """
void f(std::map<std::string, int>& m) {
    m["a"] = 1;
    ++m["b"];
    m["c"] += 2;
    std::swap(m["a"], m["b"]);
    grow(m["a"]);
}
""",
    "a map is asked before": """
int f(std::map<int, int>& m, int k) {
    if (m.count(k)) return m[k];
    return 0;
}
""",
    "reserved and pushed": """
void f(std::vector<int>& v, int n) {
    v.reserve(n);
    v.push_back(1);
}
""",
    "a list of two": """
std::vector<std::string> f() {
    std::vector<std::string> v{"a", "b"};
    return v;
}
""",
    "a set takes": """
void f(std::set<int>& s) {
    s.insert(1);
}
""",
    "two conditions": """
bool f(int a, int b) {
    return a < 1 && b < 2;
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
