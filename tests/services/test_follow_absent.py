"""A save after which a function of TypeScript says otherwise that it found nothing."""

import pytest
from following import asked, following

TEXT = (
    'export function nick(name: string): string {\n  if (!name) return "";\n'
    "  return name.slice(0, 3);\n}\n"
)
PLACE = (
    "export function nick(name: string): number {\n"
    "  const found = name.length;\n  return found ? found : -1;\n}\n"
)
NULL = (
    "export function nick(name: string): string | null {\n"
    "  return name ? name.slice(0, 3) : null;\n}\n"
)


def used(body: str) -> str:
    return f'import {{ nick }} from "./a";\n\nexport function f(x: string) {{\n  {body}\n}}\n'


async def follows(tmp_path, home, pairs, body, then):
    one = following(tmp_path, {"a.ts": home, "b.ts": used(body)})
    await one.replace("a.ts", *pairs)
    if then is None:
        assert asked(one) == {"f(), b.ts: nick() gives another result"}
        assert "b.ts" not in one.offered
    elif then == body:
        assert asked(one) == set()
    else:
        assert one.offered["b.ts"] == used(then)


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ('return nick(x) === "";', "return nick(x) === undefined;"),
        ("return nick(x) != '';", "return nick(x) !== undefined;"),
        ("return nick(x).length === 0;", "return nick(x) === undefined;"),
        ("return nick(x).length > 0;", "return nick(x) !== undefined;"),
        ('return nick(x) || "none";', 'return nick(x) || "none";'),
        ("if (!nick(x)) return 1;", "if (!nick(x)) return 1;"),
        (
            'const n = nick(x);\n  return n === "" ? "none" : n.trim();',
            'const n = nick(x);\n  return n === undefined ? "none" : n.trim();',
        ),
        (
            'let n = nick(x);\n  if (n.length === 0) {\n    n = "none";\n  }\n  return n;',
            'let n = nick(x);\n  if (n === undefined) {\n    n = "none";\n  }\n  return n;',
        ),
        ("return nick(x).trim();", None),
        ("return nick(x);", None),
        ('return nick(x) === "Ada";', None),
        ('const n = nick(x);\n  put(n);\n  return n === "";', None),
        ('const n = nick(x);\n  if (n === "") put((n) => n === "");', None),
        ("const n = nick(x).trim();\n  return n;", None),
    ],
)
async def test_an_empty_text_that_is_nothing_now(tmp_path, body, then):
    pairs = (("): string {", "): string | undefined {"), ('return "";', "return undefined;"))
    await follows(tmp_path, TEXT, pairs, body, then)


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("return nick(x) === -1;", "return nick(x) === undefined;"),
        ("return nick(x) >= 0;", "return nick(x) !== undefined;"),
        ("return nick(x) < 0 ? 1 : 2;", "return nick(x) === undefined ? 1 : 2;"),
        ("return nick(x) > -1;", "return nick(x) !== undefined;"),
        ("return nick(x) || 3;", None),
        ("return nick(x) + 1;", None),
    ],
)
async def test_a_number_that_is_nothing_now(tmp_path, body, then):
    pairs = (("): number {", "): number | undefined {"), (": -1", ": undefined"))
    await follows(tmp_path, PLACE, pairs, body, then)


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("return nick(x) === null;", "return nick(x) === undefined;"),
        ("return nick(x) == null;", "return nick(x) == null;"),
        ('return nick(x) ?? "none";', 'return nick(x) ?? "none";'),
        ("return put(nick(x));", None),
    ],
)
async def test_null_that_is_undefined_now(tmp_path, body, then):
    pairs = (("string | null", "string | undefined"), (": null", ": undefined"))
    await follows(tmp_path, NULL, pairs, body, then)


async def test_an_empty_text_that_is_still_given_is_not_nothing(tmp_path):
    home = TEXT.replace(
        "  return name.slice", '  if (name === "x") return undefined;\n  return name.slice'
    )
    one = following(tmp_path, {"a.ts": home, "b.ts": used('return nick(x) === "";')})
    await one.replace("a.ts", ("): string {", "): string | undefined {"))
    assert "b.ts" not in one.offered
