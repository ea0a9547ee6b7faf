"""From a compiled line to its source's by a source map."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.source_maps import mapped

# Written by tsc 7.0.2 for:
#
#     interface Case { a: string }
#
#     export function join(a: string, b: string): string {
#       return a;
#     }
#
# compiled to: "use strict"; Object.defineProperty(…); exports.join = join; function…; return a; }
TSC = {
    "version": 3,
    "file": "join.js",
    "sourceRoot": "",
    "sources": ["../../src/join.ts"],
    "names": [],
    "mappings": ";;;AAEA,cAAqB,CAAS,EAAE,CAAS;IACvC,OAAO,CAAC,CAAC;AACX,CAAC",
}
# Of a function whose parameter has a line of its own.
SPREAD = {**TSC, "mappings": ";;;AAAO,KAAK,eACV,IAAY;IAEZ,MAAM,IAAI,CAAC;AACb,CAAC"}


@pytest.mark.parametrize(
    ("known", "line", "place"),
    [
        (TSC, 0, None),
        (TSC, 2, None),
        (TSC, 3, ("src/join.ts", 2)),
        (TSC, 4, ("src/join.ts", 3)),
        (TSC, 5, ("src/join.ts", 4)),
        (TSC, 6, None),
        (TSC, -1, None),
        # What was of several lines and is one.
        (SPREAD, 3, ("src/join.ts", -1)),
        (SPREAD, 4, ("src/join.ts", 3)),
    ],
)
def test_a_line_is_what_the_compiler_wrote_down(known, line, place):
    assert mapped("build/src/join.js", json.dumps(known), line) == place


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"mappings": "AAAA", "sources": ["a.ts"]}, ("dist/a.ts", 0)),
        ({"mappings": "AAAA", "sources": ["a.ts"], "sourceRoot": "../src"}, ("src/a.ts", 0)),
        ({"mappings": "AAAA", "sources": ["a.ts"], "sourceRoot": None}, ("dist/a.ts", 0)),
        # A number of two digits, and a segment with a name and one of no source.
        ({"mappings": "AAgBA,CAAAA,C"}, ("src/join.ts", 16)),
        # Of two sources, of two lines, of a source that is not there.
        ({"mappings": "AAAA,CCAA", "sources": ["a.ts", "b.ts"]}, None),
        ({"mappings": "AAAA,CACA"}, ("src/join.ts", -1)),
        ({"mappings": "ACAA"}, None),
        ({"mappings": "ADAA"}, None),
        ({"mappings": "AADA"}, None),
        # What is no map.
        ({"mappings": "C"}, None),
        ({"mappings": "AA"}, None),
        ({"mappings": "A?AA"}, None),
        ({"mappings": "AAAg"}, None),
        ({"mappings": "AAAgggggggggA"}, None),
        ({"mappings": 5}, None),
        ({"sources": [None], "mappings": "AAAA"}, None),
        ({"sourceRoot": 5, "mappings": "AAAA"}, None),
        ({"version": 2, "mappings": "AAAA"}, None),
    ],
)
def test_a_map_that_is_not_clear_tells_nothing(changes, place):
    text = json.dumps({**TSC, "sources": ["../src/join.ts"], **changes})
    assert mapped("dist/join.js", text, 0) == place


@pytest.mark.parametrize("text", ["", "{}", "[]", "5", "null", "{", "[" * 100_000])
def test_what_is_no_map_tells_nothing(text):
    assert mapped("dist/join.js", text, 0) is None


@given(st.text("ACDgZ9+/,;?", max_size=40), st.integers(-2, 9))
def test_no_mappings_raise(mappings, line):
    place = mapped("dist/join.js", json.dumps({**TSC, "mappings": mappings}), line)
    assert place is None or place[1] >= -1
