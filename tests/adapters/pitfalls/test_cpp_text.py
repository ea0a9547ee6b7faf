"""Traps of strings and streams in C++."""

from functools import partial

import pytest
from adapters.pitfalls.known_cases import both, offered

from spark_desktop.adapters.syntax import TreeSitterSyntax

# What a trap is mended by: «before→after».
TRAPS = {
    "an end for a length": """
std::string cut(const std::string& s, std::size_t start, std::size_t end) {
    return s.substr(start, end«→ - start»);
}
""",
    "the place of the last for a length": """
std::string inside(const std::string& s, std::size_t open, std::size_t close) {
    return s.substr(open + 1, close - «→open - »1);
}
""",
    "an end for a length in a loop": """
std::vector<std::string> split(const std::string& s, char sep) {
    std::vector<std::string> out;
    std::size_t start = 0;
    std::size_t end = s.find(sep);
    while (end != std::string::npos) {
        out.push_back(s.substr(start, end«→ - start»));
        start = end + 1;
        end = s.find(sep, start);
    }
    out.push_back(s.substr(start));
    return out;
}
""",
    "found at 0": """
bool has(const std::string& s, const std::string& t) {
    return s.find(t) «>→!=» «0→std::string::npos»;
}
""",
    "a place is asked": """
int count(const std::string& s) {
    auto at = s.find(',');
    if (at«→ != std::string::npos») {
        return 2;
    }
    return 1;
}
""",
    "chars compared by place": """
«→#include <cstring>

»bool is_yes(const char* word) {
    return «→std::strcmp(»word«→, "yes")» == «"yes"→0»;
}
""",
    "compared is true": """
bool same(const char* a, const char* b) {
    if (strcmp(a, b)«→ == 0») {
        return true;
    }
    return false;
}
""",
    "a number is appended": """
«→#include <string>

»std::string label(int n) {
    std::string out = "n";
    out += «→std::to_string(»n«→)»;
    return out;
}
""",
    "a number is added to a literal": """
«→#include <string>

»std::string label(int n) {
    return "number" + «→std::to_string(»n«→)»;
}
""",
    "digits as letters": """
int sum(const std::string& s) {
    int out = 0;
    for (char c : s) {
        out += c«→ - '0'»;
    }
    return out;
}
""",
    "until the end of a file": """
std::vector<int> all(std::istream& in) {
    std::vector<int> out;
    «while (!in.eof()) {
        →»int x;«
        →
    while (»in >> x«;→) {»
        out.push_back(x);
    }
    return out;
}
""",
    "a line after a word": """
std::string second(std::istream& in) {
    int n;
    in >> n;
    std::string line;
    std::getline(in«→ >> std::ws», line);
    return line;
}
""",
    "a letter is not kept": """
std::string up(std::string s) {
    for (char& c : s) {
        «→c = »std::toupper(c);
    }
    return s;
}
""",
    "a base of 0": """
int parse(const std::string& s) {
    return std::stoi(s, nullptr, «0→10»);
}
""",
    "the last dot": """
std::string ext(const std::string& s) {
    auto at = s.«find→rfind»('.');
    return s.substr(at + 1);
}
""",
}
NO_TRAPS = {
    "a length is given": """
std::string f(const std::string& s, std::size_t at, std::size_t length) {
    return s.substr(at, length);
}
""",
    "the beginning is asked for": """
bool f(const std::string& s) {
    return s.substr(0, 3) == "abc";
}
""",
    "strings are compared": """
bool f(const std::string& s) {
    return s == "abc";
}
""",
    "a comparison is compared": """
bool f(const char* a, const char* b) {
    return std::strcmp(a, b) == 0;
}
""",
    "a letter is added": """
void f(std::string& s, char c) {
    s += c;
    s += 'a';
}
""",
    "a digit is read": """
int f(char c) {
    int n = c - '0';
    return n;
}
""",
    "lines are read": """
int f(std::istream& in) {
    int n = 0;
    std::string line;
    while (std::getline(in, line)) ++n;
    return n;
}
""",
    "a letter is kept": """
int f(int c) {
    return std::toupper(c);
}
""",
    "an int is parsed": """
int f(const std::string& s) {
    return std::stoi(s);
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
