"""From compiled JavaScript to the TypeScript it was made of."""

import pytest

from spark_desktop.domain.compiled_sources import Sources, is_compiled, line_like, source_of

FILES = {
    "src/a.ts",
    "tests/a.ts",
    "lib/view.tsx",
    "packages/one/src/main.ts",
    "tool.mts",
    "packages/one/src/twin.ts",
    "packages/two/src/twin.ts",
}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("build/src/a.js", "src/a.ts"),
        ("build/tests/a.js", "tests/a.ts"),
        ("dist/view.js", "lib/view.tsx"),
        ("dist/main.js", "packages/one/src/main.ts"),
        ("out/tool.mjs", "tool.mts"),
        ("dist/twin.js", None),
        ("dist/a.js", None),
        ("dist/other.js", None),
        ("dist/a.css", None),
        ("src/a.js", "src/a.ts"),
    ],
)
def test_the_source_is_the_only_file_that_it_can_be(path, source):
    assert source_of(path, Sources.of(FILES)) == source


@pytest.mark.parametrize(
    ("path", "files", "source"),
    [
        # The folders tell more than the kind of file.
        ("build/src/App.js", {"src/App.tsx", "legacy/App.ts"}, "src/App.tsx"),
        ("build/a.mjs", {"a.ts", "a.mts"}, "a.mts"),
        # The package that the compiled file is in.
        (
            "packages/a/dist/util.js",
            {"util.ts", "packages/a/src/util.ts"},
            "packages/a/src/util.ts",
        ),
        (
            "packages/a/dist/b.js",
            {"packages/a/src/b.ts", "packages/b/src/b.ts"},
            "packages/a/src/b.ts",
        ),
        ("packages/a/dist/x/b.js", {"x/b.ts", "packages/a/src/x/b.ts"}, "packages/a/src/x/b.ts"),
        ("packages/a/dist/b.js", {"packages/b/src/b.ts"}, None),
        ("packages/a/dist/b.js", {"b.ts"}, None),
        ("dist/packages/a/src/b.js", {"packages/a/src/b.ts", "src/b.ts"}, "packages/a/src/b.ts"),
        # A folder of the compiled file that the source does not have.
        ("dist/server/config.js", {"src/client/config.ts"}, None),
        ("dist/server/config.js", {"src/client/config.ts", "config.ts"}, None),
        ("server/config.js", {"client/config.ts", "server/main.ts"}, None),
        ("src/a.js", {"packages/b/src/a.ts"}, None),
        # Several folders of output, and one of any name.
        ("dist/esm/a.js", {"src/a.ts"}, "src/a.ts"),
        ("build-tests/a.js", {"src/a.ts"}, "src/a.ts"),
        ("made/a.js", {"src/a.ts"}, "src/a.ts"),
        # The source's folder holds the others.
        ("dist/index.js", {"src/index.ts", "src/server/index.ts"}, "src/index.ts"),
        ("dist/index.js", {"src/one/index.ts", "src/two/index.ts"}, None),
        ("build/src/a.js", {"src/a.ts", "packages/b/src/a.ts"}, "src/a.ts"),
    ],
)
def test_the_folders_of_what_was_compiled_are_those_of_its_source(path, files, source):
    assert source_of(path, Sources.of(files)) == source


@pytest.mark.parametrize(
    ("path", "compiled"), [("a/b.js", True), ("b.cjs", True), ("b.ts", False), ("a.js/b", False)]
)
def test_what_compilers_write_is_known_by_its_ending(path, compiled):
    assert is_compiled(path) is compiled


SOURCE = [
    'import { same } from "./same";\n',
    "async function main(): Promise<void> {\n",
    '  same(summary(await backUp(new Map(), new Store(1))), "0 saved");\n',
    '  same(summary(await backUp(files, new Store(2))), "2 saved");\n',
    "}\n",
    "}\n",
]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "    (0, same_1.same)((0, b_1.summary)(await (0, b_1.backUp)(files, "
            'new s_1.Store(2))), "2 saved");',
            3,
        ),
        ("async function main() {", 1),
        ("}", -1),
        ("", -1),
        ("    const other = 5;", -1),
    ],
)
def test_a_line_is_known_by_its_words(line, row):
    assert line_like(line, SOURCE) == row


def test_of_two_that_are_alike_it_is_none():
    assert line_like("run(1);", ["run(1);\n", "run(1);\n"]) == -1
    assert line_like("run(1);", []) == -1


MAP = "const seen: Map<string, number> = new Map<string, number>();\n"
LOAD = "function load(path: string, options: Options = {}): Promise<void> {\n"


@pytest.mark.parametrize(
    ("line", "lines", "row"),
    [
        ("const seen = new Map();", [MAP, "const done = new Map();\n"], 0),
        ("const seen = new Map();", ["const done = new Map();\n", MAP], 1),
        ("function load(path, options) {", [LOAD, "function save(path, options) {\n"], 0),
        ("var seen = new Map();", [MAP, "var done = new Set();\n"], 0),
        # The fewest words more.
        ("run(1);", ["const made = run(1) + run(2);\n", "run(1);\n"], 1),
        ("return total;", ["return total;\n", "x();\n", "  return total;\n"], -1),
        # A compiler drops modifiers and types, but no statement; and it may write "var".
        ("seen = new Map();", ["  private readonly seen: Map<K, V> = new Map<K, V>();\n", MAP], 0),
        ("var seen = new Map();", ["seen = new Map();\n", MAP], 1),
        # What is commented out does not run.
        ("const seen = new Map();", ["// const seen = new Map();\n", MAP], 1),
        ("const seen = new Map();", [" * const seen = new Map();\n", MAP], 1),
        ("const seen = new Map();", ["/* const seen = new Map(); */\n", MAP], 1),
        ('get("http://a.b/c");', ["get('http://a.b/c');\n", "get('http://a.b/d');\n"], 0),
        # The same string in other quotes, and imported names.
        ("same(\"a 'b'\");", ["same(`a 'b'`);\n", 'same("a b");\n'], 0),
        ("(0, calc_1.add)();", ["add();\n", "sub();\n"], 0),
        ("(0, import_calc.add)(import_calc.ONE);", ["add(ONE);\n", "add(TWO);\n"], 0),
        # A bundle's line is of no line.
        ("run(1);" + " " * 2000, ["run(1);\n"], -1),
        ("run(1);", ["run(1);" + " " * 2000 + "\n"], -1),
    ],
)
def test_names_tell_lines_apart_and_types_do_not_count(line, lines, row):
    assert line_like(line, lines) == row
