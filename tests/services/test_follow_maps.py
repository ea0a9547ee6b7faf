"""A save after which a function of TypeScript gives a map in the place of an object."""

import pytest
from following import asked, following

HOME = (
    "export function ages(rows: string[]): Record<string, number> {\n"
    "  const found: Record<string, number> = {};\n  rows.forEach((one) => (found[one] = 1));\n"
    "  return found;\n}\n"
)
MAP = (
    ("string[]): Record<string, number>", "string[]): Map<string, number>"),
    ("found: Record<string, number> = {}", "found = new Map<string, number>()"),
    ("(found[one] = 1)", "found.set(one, 1)"),
)


def used(body: str) -> str:
    return f'import {{ ages }} from "./a";\n\nexport function f(rows: string[]) {{\n  {body}\n}}\n'


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("return Object.keys(ages(rows)).length;", "return ages(rows).size;"),
        ('return ages(rows)["Ada"] ?? 0;', 'return ages(rows).get("Ada") ?? 0;'),
        ("return ages(rows)[rows[0]] ?? 0;", None),
        ("return ages(rows)[x] === undefined;", "return ages(rows).get(x) === undefined;"),
        ('return "Ada" in ages(rows);', 'return ages(rows).has("Ada");'),
        (
            "for (const [name, age] of Object.entries(ages(rows))) put(name, age);",
            "for (const [name, age] of ages(rows)) put(name, age);",
        ),
        (
            "for (const name of Object.keys(ages(rows))) put(name);",
            "for (const name of ages(rows).keys()) put(name);",
        ),
        (
            "for (const name in ages(rows)) put(name);",
            "for (const name of ages(rows).keys()) put(name);",
        ),
        (
            "return Object.values(ages(rows)).map(String);",
            "return [...ages(rows).values()].map(String);",
        ),
        ("return Object.entries(ages(rows)).sort();", "return [...ages(rows)].sort();"),
        (
            "const all = ages(rows);\n  for (const one in all) put(`${one} ${all[one]}`);",
            "const all = ages(rows);\n"
            "  for (const one of all.keys()) put(`${one} ${all.get(one)}`);",
        ),
        ("return ages(rows)[x] + 1;", None),
        ("return JSON.stringify(ages(rows));", None),
        ("const all = ages(rows);\n  return all;", None),
        ("const all = ages(rows);\n  all[x] = 3;\n  return Object.keys(all).length;", None),
        ("let all = ages(rows);\n  all = {};\n  return Object.keys(all).length;", None),
        ("const { Ada } = ages(rows);\n  return Ada;", None),
    ],
)
async def test_what_reads_the_object_reads_the_map(tmp_path, body, then):
    one = following(tmp_path, {"a.ts": HOME, "b.ts": used(body)})
    await one.replace("a.ts", *MAP)
    if then is None:
        assert asked(one) == {"f(), b.ts: ages() gives another result"}
        assert "b.ts" not in one.offered
    else:
        assert one.offered["b.ts"] == used(then)
