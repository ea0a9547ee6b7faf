"""What functions and methods of Python's own library give, whatever they are given. Data."""

from collections.abc import Mapping

_TEXT = "str"
_WHOLE = "int"
_SAME_TEXT = (
    *("capitalize", "casefold", "center", "expandtabs", "format", "join", "ljust", "lower"),
    *("lstrip", "removeprefix", "removesuffix", "replace", "rjust", "rstrip", "strip", "swapcase"),
    *("title", "translate", "upper", "zfill"),
)
_ASKS = (
    *("endswith", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier"),
    *("islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "startswith"),
)
_CUT = ("partition", "rpartition")
_LISTED = ("split", "rsplit", "splitlines")
_PLACES = ("count", "find", "index", "rfind", "rindex")
_NOTHING = ("append", "clear", "extend", "insert", "remove", "reverse", "sort")

FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("int", "len", "ord", "hash", "id"), _WHOLE),
    **dict.fromkeys(("str", "repr", "chr", "ascii", "bin", "hex", "oct", "format"), _TEXT),
    **dict.fromkeys(("bool", "any", "all", "isinstance", "issubclass", "callable"), "bool"),
    **dict.fromkeys(("hasattr",), "bool"),
    **{"float": "float", "bytes": "bytes", "input": _TEXT, "print": "None"},
}
METHODS: Mapping[str, Mapping[str, str]] = {
    "str": {
        **dict.fromkeys(_SAME_TEXT, _TEXT),
        **dict.fromkeys(_ASKS, "bool"),
        **dict.fromkeys(_CUT, "tuple[str, str, str]"),
        **dict.fromkeys(_LISTED, "list[str]"),
        **dict.fromkeys(_PLACES, _WHOLE),
        "encode": "bytes",
    },
    "bytes": {
        **dict.fromkeys(set(_SAME_TEXT) - {"casefold", "format"}, "bytes"),
        **dict.fromkeys(_LISTED, "list[bytes]"),
        **dict.fromkeys(_PLACES, _WHOLE),
        **dict.fromkeys(("startswith", "endswith"), "bool"),
        **dict.fromkeys(("decode", "hex"), _TEXT),
    },
    "int": {"bit_length": _WHOLE, "bit_count": _WHOLE, "to_bytes": "bytes"},
    "float": {"is_integer": "bool", "hex": _TEXT},
    "list": {**dict.fromkeys(_NOTHING, "None"), "index": _WHOLE, "count": _WHOLE},
    "tuple": {"index": _WHOLE, "count": _WHOLE},
    "set": {
        **dict.fromkeys(("add", "clear", "discard", "remove", "update"), "None"),
        **dict.fromkeys(("isdisjoint", "issubset", "issuperset"), "bool"),
    },
    "dict": dict.fromkeys(("clear", "update"), "None"),
}
MODULES: Mapping[str, Mapping[str, str]] = {
    "math": {
        **dict.fromkeys(("ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm"), _WHOLE),
        **dict.fromkeys(("perm", "trunc"), _WHOLE),
        **dict.fromkeys(("acos", "asin", "atan", "atan2", "cos", "sin", "tan"), "float"),
        **dict.fromkeys(("copysign", "degrees", "dist", "exp", "fabs", "fmod"), "float"),
        **dict.fromkeys(("fsum", "hypot", "log", "log10", "log2", "radians", "sqrt"), "float"),
        **dict.fromkeys(("isclose", "isfinite", "isinf", "isnan"), "bool"),
    },
    "random": {"random": "float", "uniform": "float", "randint": _WHOLE, "randrange": _WHOLE},
    "time": {**dict.fromkeys(("time", "monotonic", "perf_counter"), "float"), "time_ns": _WHOLE},
    "json": {"dumps": _TEXT},
    "os": {"getcwd": _TEXT, "getpid": _WHOLE},
    "textwrap": dict.fromkeys(("dedent", "fill", "indent", "shorten"), _TEXT),
}
