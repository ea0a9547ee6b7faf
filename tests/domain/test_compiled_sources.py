"""From compiled JavaScript to the TypeScript it was made of."""

import pytest

from spark_desktop.domain.compiled_sources import line_like, source_of

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
    assert source_of(path, FILES) == source


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
