"""Headers of C++'s and names of Rust's own library that a new text uses and does not have. Pure."""

import re
from collections.abc import Mapping

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import dominant_newline, split_lines

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
    "cmath": (
        *("sqrt", "pow", "floor", "ceil", "round", "lround", "llround", "hypot", "fmod", "isnan"),
        *("abs", "fabs"),
    ),
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
    "cstring": ("strcmp", "strncmp", "strlen", "memcpy", "memset"),
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
    "utility": ("pair", "make_pair", "exchange", "swap"),
    "variant": ("variant", "visit", "holds_alternative"),
    "vector": ("vector",),
}
_HEADER_OF = {name: header for header, names in _HEADERS.items() for name in names}
_STD = regex(r"\bstd::(\w+)")
_C_HEADERS = {
    **dict.fromkeys(("lround", "llround", "fabs", "fmod"), "math.h"),
    **dict.fromkeys(("strcmp", "strncmp", "strlen"), "string.h"),
    **dict.fromkeys(("DBL_MAX", "FLT_MAX"), "float.h"),
    "NULL": "stddef.h",
}
_C_NAME = regex(r"(?<![\w.>])([A-Za-z_]\w*)")
_INCLUDED = regex(r"[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]")
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
# As only a type is written; a variant of an enum may have the same name.
_RUST_TYPE = regex(r"(?<![\w:.])([A-Z]\w*)(?=::|<)")
_GLOB = regex(r"^(?:pub(?:\([^)]*\))?\s+)?use\b[^;]*\*", re.MULTILINE)
_UNREAD = regex(
    r"R\"\((?:(?!\)\").)*\)\"|\"(?:[^\"\\]|\\.)*\"|//[^\n]*|/\*(?:(?!\*/).)*\*/", re.DOTALL
)
# The lines that a file begins with: what is known of them is passed over, all else ends them.
_COMMENT = r"[ \t]*//[^\n]*\n|[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\r?\n"
_BLANK = r"[ \t]*\r?\n"
_INCLUDES = (
    r"[ \t]*#[ \t]*include\b[^\n]*\n",
    r"#pragma\s+once[^\n]*\n"
    r"|#ifndef[ ](?P<guard>\w+)[ \t]*\r?\n#define[ ](?P=guard)[ \t]*\r?\n",
)
_USES = (
    r"(?:pub(?:\([^)\n]*\))?[ ])?(?:use\b[^;]*|mod[ ]\w+|extern[ ]crate[ ]\w+);[^\n]*\n",
    r"[ \t]*//![^\n]*\n|#!\[[^\]]*\][ \t]*\r?\n",
)


def with_includes(before: str, after: str) -> str:
    """Return C++ with the headers of the ``std::`` names that only it uses; else as it is.

    A header of its own folder may bring them along; one more does no harm. They join what is
    included at the file's beginning, in front of all code and conditions.
    """
    new = _named(_STD, after) - _named(_STD, before)
    there = {match[1] for line in split_lines(after) if (match := _INCLUDED.match(line))}
    wanted = sorted({_HEADER_OF[name] for name in new if name in _HEADER_OF} - there)
    return _placed(after, [f"#include <{one}>" for one in wanted], *_INCLUDES)


def with_c_includes(before: str, after: str) -> str:
    """Return C with the headers of the library's names that only it uses; else as it is."""
    new = _named(_C_NAME, after) - _named(_C_NAME, before)
    there = {match[1] for line in split_lines(after) if (match := _INCLUDED.match(line))}
    wanted = sorted({_C_HEADERS[name] for name in new if name in _C_HEADERS} - there)
    return _placed(after, [f"#include <{one}>" for one in wanted], *_INCLUDES)


def with_uses(before: str, after: str) -> str:
    """Return Rust with a ``use`` for each well-known name that only it uses; else as it is.

    Nothing is done where a ``use`` of all names of something may bring a namesake in.
    """
    new = _named(_RUST_TYPE, after) - _named(_RUST_TYPE, before)
    wanted = sorted(name for name in new & _RUST.keys() if not _is_known(name, after))
    if not wanted or _GLOB.search(after):
        return after
    return _placed(after, [f"use {_RUST[name]}::{name};" for name in wanted], *_USES)


def _named(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(pattern.findall(_UNREAD.sub('""', text)))


def _is_known(name: str, text: str) -> bool:
    """Return whether a file defines a name or brings it in at its top."""
    defined = rf"\b(?:struct|enum|trait|type|union)\s+{name}\b"
    brought = rf"^(?:pub(?:\([^)]*\))?\s+)?use\b[^;]*\b{name}\b"
    return any(re.search(one, text, re.MULTILINE) for one in (defined, brought))


def _placed(text: str, lines: list[str], others: str, head: str) -> str:
    """Return the text with lines behind those of their kind at its beginning, else behind its head.

    ``others`` and ``head`` are patterns of whole lines.
    """
    if not lines:
        return text
    newline = dominant_newline(text)
    added = "".join(f"{line}{newline}" for line in lines)
    known = re.compile(f"(?P<others>{others})|(?P<head>{head})|{_BLANK}|{_COMMENT}", re.DOTALL)
    last, first, place = 0, 0, 0
    while (match := known.match(text, place)) is not None and match.end() > place:
        place = match.end()
        if match["others"]:
            last = place
        elif match["head"]:
            first = place
    if last:
        return text[:last] + added + text[last:]
    return f"{text[:first]}{added}{newline}{text[first:]}"
