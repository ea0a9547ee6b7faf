"""Headers of C++'s and names of Rust's own library that a new text uses and does not have. Pure."""

import re
from collections.abc import Mapping

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "algorithm": (
        *("sort", "stable_sort", "find_if", "count_if", "any_of", "all_of", "none_of", "clamp"),
        *("max_element", "min_element", "reverse", "remove_if", "copy_if", "transform", "fill"),
        *("lower_bound", "upper_bound", "binary_search", "unique", "for_each", "rotate", "copy"),
    ),
    "array": ("array",),
    "cctype": (
        "isdigit",
        "isalpha",
        "isalnum",
        "isspace",
        "isupper",
        "islower",
        "tolower",
        "toupper",
    ),
    "chrono": ("chrono",),
    "cmath": ("sqrt", "pow", "floor", "ceil", "round", "lround", "hypot", "fmod", "isnan"),
    "cstdint": (
        "int8_t",
        "int16_t",
        "int32_t",
        "int64_t",
        "uint8_t",
        "uint16_t",
        "uint32_t",
        "uint64_t",
    ),
    "deque": ("deque",),
    "fstream": ("ifstream", "ofstream", "fstream"),
    "functional": ("function", "bind", "greater"),
    "iomanip": ("setw", "setfill", "setprecision", "quoted"),
    "iostream": ("cout", "cerr", "cin", "endl"),
    "limits": ("numeric_limits",),
    "list": ("list",),
    "map": ("map", "multimap"),
    "memory": ("unique_ptr", "shared_ptr", "weak_ptr", "make_unique", "make_shared"),
    "mutex": ("mutex", "lock_guard", "unique_lock", "scoped_lock"),
    "numeric": ("accumulate", "iota", "gcd", "lcm", "partial_sum", "reduce"),
    "optional": ("optional", "nullopt", "make_optional"),
    "queue": ("queue", "priority_queue"),
    "regex": ("regex", "smatch", "regex_match", "regex_search", "regex_replace"),
    "set": ("set", "multiset"),
    "sstream": ("stringstream", "ostringstream", "istringstream"),
    "stack": ("stack",),
    "stdexcept": (
        *("runtime_error", "logic_error", "invalid_argument", "out_of_range", "domain_error"),
        *("length_error", "range_error", "overflow_error", "underflow_error"),
    ),
    "string": ("string", "to_string", "stoi", "stol", "stod", "getline"),
    "string_view": ("string_view",),
    "thread": ("thread",),
    "tuple": ("tuple", "make_tuple", "tie"),
    "unordered_map": ("unordered_map", "unordered_multimap"),
    "unordered_set": ("unordered_set", "unordered_multiset"),
    "utility": ("pair", "make_pair", "exchange"),
    "variant": ("variant", "visit", "holds_alternative"),
    "vector": ("vector",),
}
_HEADER_OF = {name: header for header, names in _HEADERS.items() for name in names}
_STD = re.compile(r"\bstd::(\w+)")
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"][^\n]*\n", re.MULTILINE)
_GUARD = re.compile(r"^#pragma once\n|^#ifndef (\w+)\n#define \1[^\n]*\n", re.MULTILINE)
# Names that nothing else of the library has.
_RUST = {
    **dict.fromkeys(
        ("HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "BinaryHeap"), "std::collections"
    ),
    **dict.fromkeys(("Arc", "Mutex", "RwLock"), "std::sync"),
    **dict.fromkeys(("Duration", "Instant", "SystemTime"), "std::time"),
    **dict.fromkeys(("Path", "PathBuf"), "std::path"),
    **{"Rc": "std::rc", "RefCell": "std::cell", "FromStr": "std::str", "Cow": "std::borrow"},
}
_RUST_WORD = re.compile(r"(?<![\w:.])([A-Z]\w*)\b")
_RUST_USE = re.compile(r"^use [^;\n]+;[^\n]*\n", re.MULTILINE)
_RUST_INNER = re.compile(r"\A(?:[ \t]*(?://![^\n]*|#!\[[^\n]*\])?\n)+")
_UNREAD = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)


def with_includes(before: str, after: str) -> str:
    """Return C++ with the headers of the ``std::`` names that only it uses; else as it is.

    A header of its own folder may bring them along; one more does no harm.
    """
    new = _named(_STD, after) - _named(_STD, before)
    there = set(_INCLUDE.findall(after))
    wanted = sorted({_HEADER_OF[name] for name in new if name in _HEADER_OF} - there)
    if not wanted:
        return after
    return _placed(after, "".join(f"#include <{one}>\n" for one in wanted), _INCLUDE, _GUARD)


def with_uses(before: str, after: str) -> str:
    """Return Rust with a ``use`` for each well-known name that only it uses; else as it is."""
    new = _named(_RUST_WORD, after) - _named(_RUST_WORD, before)
    lines = [
        f"use {_RUST[name]}::{name};\n"
        for name in sorted(new & _RUST.keys())
        if not _is_known(name, after)
    ]
    return _placed(after, "".join(lines), _RUST_USE, _RUST_INNER) if lines else after


def _named(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(pattern.findall(_UNREAD.sub('""', text)))


def _is_known(name: str, text: str) -> bool:
    """Return whether a file defines a name, or brings it in, also by a star of what is above."""
    defined = rf"\b(?:struct|enum|trait|type|union)\s+{name}\b"
    brought = rf"^[ \t]*(?:pub\s+)?use\b[^;]*(?:\b{name}\b|\bsuper::\*|\bprelude::\*)[^;]*;"
    return any(re.search(one, text, re.MULTILINE) for one in (defined, brought))


def _placed(text: str, lines: str, others: re.Pattern[str], head: re.Pattern[str]) -> str:
    """Return the text with lines behind the last of their kind, else behind the file's head."""
    found = [one for one in others.finditer(text) if not text[one.start()].isspace()]
    if found:
        return text[: found[-1].end()] + lines + text[found[-1].end() :]
    above = head.search(text)
    place = above.end() if above is not None else 0
    return f"{text[:place]}{lines}\n{text[place:]}" if text[place:].strip() else text + lines
