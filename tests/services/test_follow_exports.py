"""A save after which a name of JavaScript is its file's default, or is not any more."""

import pytest
from following import following

HOME = "export interface Jar {\n  size: number;\n}\n\nexport default function fill(jar: Jar) {}\n"
NAMED = ("export default function fill", "export function fill")
DEFAULT = ("export function fill", "export default function fill")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('import fill from "./jar";\n', 'import { fill } from "./jar";\n'),
        ('import pour from "./jar";\n', 'import { fill as pour } from "./jar";\n'),
        ('import type fill from "./jar";\n', 'import type { fill } from "./jar";\n'),
        (
            'import fill, { type Jar } from "./jar";\n',
            'import { fill, type Jar } from "./jar";\n',
        ),
        (
            'import pour, {\n  Jar,\n} from "./jar";\n',
            'import {\n  fill as pour,\n  Jar,\n} from "./jar";\n',
        ),
        ('import { default as pour } from "./jar";\n', 'import { fill as pour } from "./jar";\n'),
        ('import { default as fill } from "./jar";\n', 'import { fill } from "./jar";\n'),
        ('export { default as fill } from "./jar";\n', 'export { fill } from "./jar";\n'),
        ('export { default } from "./jar";\n', 'export { fill as default } from "./jar";\n'),
        (
            'import * as jars from "./jar";\njars.default(one);\n',
            'import * as jars from "./jar";\njars.fill(one);\n',
        ),
        (
            'const { default: pour } = require("./jar");\n',
            'const { fill: pour } = require("./jar");\n',
        ),
    ],
)
async def test_what_imports_a_default_that_is_none_any_more_takes_its_name(tmp_path, old, new):
    one = following(tmp_path, {"jar.ts": HOME, "b.ts": old})
    await one.replace("jar.ts", NAMED)
    assert one.offered["b.ts"] == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('import { fill } from "./jar";\n', 'import fill from "./jar";\n'),
        ('import { fill as pour } from "./jar";\n', 'import pour from "./jar";\n'),
        ('import type { fill } from "./jar";\n', 'import type fill from "./jar";\n'),
        ('import { type fill } from "./jar";\n', 'import type fill from "./jar";\n'),
        ('import { Jar, fill } from "./jar";\n', 'import fill, { Jar } from "./jar";\n'),
        ('import {fill, Jar} from "./jar";\n', 'import fill, {Jar} from "./jar";\n'),
        (
            'import {\n  fill,\n  Jar,\n} from "./jar";\n',
            'import fill, {\n  Jar,\n} from "./jar";\n',
        ),
        ('export { fill } from "./jar";\n', 'export { default as fill } from "./jar";\n'),
        ('export { fill as pour } from "./jar";\n', 'export { default as pour } from "./jar";\n'),
        (
            'import * as jars from "./jar";\njars.fill(one);\n',
            'import * as jars from "./jar";\njars.default(one);\n',
        ),
        (
            'const { fill } = require("./jar");\n',
            'const { default: fill } = require("./jar");\n',
        ),
    ],
)
async def test_what_imports_a_name_that_is_the_default_now_takes_that(tmp_path, old, new):
    one = following(tmp_path, {"jar.ts": HOME.replace(*NAMED), "b.ts": old})
    await one.replace("jar.ts", DEFAULT)
    assert one.offered["b.ts"] == new


async def test_who_calls_the_default_otherwise_is_found_by_the_files_name(tmp_path):
    files = {"kept/jar.ts": HOME, "b.ts": 'import pour from "./kept/jar";\npour(1);\n'}
    one = following(tmp_path, files)
    await one.replace("kept/jar.ts", NAMED)
    assert one.offered["b.ts"] == 'import { fill as pour } from "./kept/jar";\npour(1);\n'


@pytest.mark.parametrize(
    ("home", "pair"),
    [
        (HOME, ("export default function fill", "export { fill };\nexport default function fill")),
        (f"{HOME}export {{ fill }};\n", ("jar: Jar) {}", "jar: Jar) {\n}")),
        ("function fill() {}\nexport default fill;\n", ("export default fill", "export { fill }")),
        ("class fill {}\nexport { fill as default };\n", ("fill as default", "fill")),
    ],
)
async def test_other_forms_of_exports_are_read(tmp_path, home, pair):
    one = following(tmp_path, {"jar.js": home, "b.js": 'import pour from "./jar.js";\n'})
    await one.replace("jar.js", pair)
    is_default = "export default" in one.text("jar.js")
    then = {} if is_default else {"b.js": 'import { fill as pour } from "./jar.js";\n'}
    assert one.offered == then


@pytest.mark.parametrize(
    "text",
    [
        'import fill from "./other";\n',
        'import { Jar } from "./jar";\n',
        'import fill from "jar";\n',
    ],
)
async def test_other_imports_stay(tmp_path, text):
    other = "export default function fill() {}\n"
    one = following(tmp_path, {"jar.ts": HOME, "other.ts": other, "b.ts": text})
    await one.replace("jar.ts", NAMED)
    assert one.offered == {}


async def test_a_default_that_only_calls_the_function_is_another_thing(tmp_path):
    home = "function fill() {}\nexport default fill();\n"
    one = following(tmp_path, {"jar.ts": home, "b.ts": 'import full from "./jar";\n'})
    await one.replace("jar.ts", ("export default fill();\n", "export { fill };\n"))
    assert one.offered == {}


@pytest.mark.parametrize(
    "text",
    ['import fill, * as jars from "./jar";\njars.go();\n'],
)
async def test_what_has_no_other_form_is_left(tmp_path, text):
    files = {"jar.ts": HOME, "b.ts": text, "c.ts": 'import fill from "./jar";\n'}
    one = following(tmp_path, files)
    await one.replace("jar.ts", NAMED)
    assert "b.ts" not in one.offered
    assert "b.ts" in one.left
