"""A save that makes a function async: its callers wait for it, and become async with it."""

import asyncio
import sys

import pytest
from following import Following

from spark_desktop.domain.events import ChangeIgnored
from spark_desktop.domain.trigger import title_of

LOAD = "def load(name):\n    return {'town': name}\n\n\ndef own():\n    return load('a')['town']\n"
CHAIN = {
    "pkg/__init__.py": "",
    "pkg/a.py": LOAD,
    "pkg/b.py": "from pkg.a import load\n\n\ndef town(name):\n    return load(name)['town']\n",
    "pkg/c.py": "from pkg import b\n\n\nclass Page:\n    def title(self):\n"
    "        return f'{b.town(1)}!'\n\n    def both(self):\n        return self.title() * 2\n",
    "pkg/d.py": "from pkg.c import Page\n\n\ndef show(page: Page):\n    print(page.both())\n\n\n"
    "if __name__ == '__main__':\n    show(Page())\n",
    "pkg/e.py": "from pkg.a import load\n\n\nclass Shelf:\n    def __init__(self):\n"
    "        self.one = load('x')\n\n    def load(self, name):\n        return load\n\n\n"
    "def load_all(load):\n    return load('x')\n",
    "other.py": "def load(x):\n    return x\n\n\ndef town(x):\n    return load(x).a\n",
}


async def turned(project, files: dict[str, str], *more: str) -> tuple[Following, str]:
    """Save the first file with its load async; return what is said to be left, too."""
    one = project(files)
    ignored: list[str] = []
    one.world.seen_bus.subscribe(
        ChangeIgnored, lambda event: ignored.append(str(event.ignored.detail))
    )
    path = next(iter(files))
    text = one.text(path).replace("def load", "async def load")
    text = text.replace("function load", "async function load")
    one.write(path, text.replace("load(): number", "load(): Promise<number>"))
    await one.world.inbox.saved([path, *more])
    await one.world.turns.idle()
    return one, f"{one.left} {ignored}"


async def test_a_chain_of_callers_becomes_async_across_files(project):
    one = project(CHAIN)
    await one.replace("pkg/a.py", ("def load", "async def load"))
    assert one.offered == {
        "pkg/a.py": one.text("pkg/a.py")
        .replace("def own", "async def own")
        .replace("return load('a')['town']", "return (await load('a'))['town']"),
        "pkg/b.py": CHAIN["pkg/b.py"]
        .replace("def town", "async def town")
        .replace("load(name)['town']", "(await load(name))['town']"),
        "pkg/c.py": CHAIN["pkg/c.py"]
        .replace("def title", "async def title")
        .replace("{b.town(1)}", "{await b.town(1)}")
        .replace("def both", "async def both")
        .replace("self.title() * 2", "await self.title() * 2"),
        "pkg/d.py": CHAIN["pkg/d.py"]
        .replace("def show", "async def show")
        .replace("page.both()", "await page.both()")
        .replace("    show(Page())", "    asyncio.run(show(Page()))")
        .replace("from pkg.c", "import asyncio\n\nfrom pkg.c"),
    }
    assert {str(title_of(p.trigger)) for p in one.ready} == {"load() is async now"}
    assert one.world.endpoint.requests == []


async def test_what_cannot_wait_is_named_in_the_evidence(project):
    one = project(CHAIN)
    await one.replace("pkg/a.py", ("def load", "async def load"))
    assert "pkg/e.py, line 6: __init__ is called by the language itself" in one.left
    assert "pkg/a.py, line 5: nothing here calls it" in one.left


async def test_accepting_the_chain_is_one_step_that_starts_no_other(project):
    one = project(CHAIN)
    await one.replace("pkg/a.py", ("def load", "async def load"))
    wanted = one.offered
    await one.accept()
    assert {path: one.text(path) for path in wanted} == wanted
    await one.world.inbox.saved(list(wanted))
    await one.world.turns.idle()
    assert one.ready == []


async def test_the_chain_does_what_it_did_once_it_is_accepted(project, tmp_path):
    one = project(CHAIN)
    await one.replace("pkg/a.py", ("def load", "async def load"))
    await one.accept()
    for path in CHAIN:
        (tmp_path / path).write_text(one.text(path))
    code = "import asyncio, pkg.a, pkg.c\n\nasync def main():\n"
    code += "    print(await pkg.a.own(), await pkg.c.Page().both())\n\nasyncio.run(main())\n"
    command = (sys.executable, "-W", "error", "-c", code)
    ran = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await ran.communicate()
    assert told.split() == [b"a", b"1!1!"]


async def test_tabs_and_line_ends_stay_and_a_static_method_is_followed_by_its_class(project):
    text = (
        "from a import load\r\n\r\n\r\nclass Shelf:\r\n\t@staticmethod\r\n"
        "\tdef town(x=1):\r\n\t\treturn load(x)\\\r\n\t\t\t.place\r\n\r\n\r\n"
        "def g():\r\n\treturn not Shelf.town() if Shelf.town(2).a else 'é'\r\n"
    )
    one, _ = await turned(project, {"a.py": "def load(x):\n    return x\n", "b.py": text})
    wanted = text.replace("\tdef town", "\tasync def town").replace("def g", "async def g")
    wanted = wanted.replace("load(x)\\", "(await load(x))\\")
    wanted = wanted.replace("not Shelf.town()", "not await Shelf.town()")
    wanted = wanted.replace("Shelf.town(2).a", "(await Shelf.town(2)).a")
    assert one.offered == {"b.py": wanted}


USE = "from a import load\n\n\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def g():\n    yield load(1)\n", "g is a generator"),
        ("class A:\n    @property\n    def g(self):\n        return load(1)\n", "g is a property"),
        ("@cache\ndef g():\n    return load(1)\n", "what cache makes of it may not wait"),
        ("def g():\n    return load(1)\n\n\nrun(g)\n", "g is passed on, not only called"),
        ("def g():\n    asyncio.run(x())\n    load(1)\n", "g runs a loop of its own"),
        ("def g():\n    load(1)\n\n\ng = 3\n", "g is defined more than once"),
        ("class A(Thread):\n    def g(self):\n        load(1)\n", "g may stand for one of a base"),
        (
            "class B:\n    def g(self):\n        pass\n\n\nclass A(B):\n    def g(self):\n"
            "        load(1)\n",
            "g may stand for one of a base class",
        ),
        (
            "class A:\n    def g(self):\n        load(1)\n\n\nclass B(A):\n    def g(self):\n"
            "        pass\n",
            "another class may have g of its own",
        ),
        (
            "class P(Protocol):\n    def g(self): ...\n\n\nclass A:\n    def g(self):\n"
            "        load(1)\n",
            "g may stand for one of a base class",
        ),
        ("def outer():\n    def g():\n        return load(1)\n    return g()\n", "in another one"),
        ("def g():\n    return load\n", "it is passed on, not called"),
    ],
)
async def test_a_function_that_cannot_become_async_stays_as_it_is(project, text, why):
    one, left = await turned(project, {"a.py": "def load(x):\n    return x\n", "b.py": USE + text})
    assert one.offered == {}
    assert why in left


async def test_a_test_of_pytest_is_left(project):
    files = {"a.py": "def load(x):\n    return x\n"}
    files["test_a.py"] = f"{USE}def test_load():\n    assert load(1) == 1\n"
    one, left = await turned(project, files)
    assert one.offered == {}
    assert "test_load is called by tests that do not wait" in left


@pytest.mark.parametrize(
    ("imports", "base", "imports_after", "base_after"),
    [
        ("import unittest", "unittest.TestCase", None, "unittest.IsolatedAsyncioTestCase"),
        (
            "from unittest import TestCase",
            "TestCase",
            "from unittest import IsolatedAsyncioTestCase",
            "IsolatedAsyncioTestCase",
        ),
        (
            "from unittest import TestCase, mock",
            "TestCase",
            "from unittest import IsolatedAsyncioTestCase, mock",
            "IsolatedAsyncioTestCase",
        ),
    ],
)
async def test_a_test_case_gets_the_base_that_waits(
    project, imports, base, imports_after, base_after
):
    text = (
        f"{imports}\nfrom a import load\n\n\nclass LoadTest({base}):\n    def setUp(self):\n"
        "        self.x = 1\n\n    def test_load(self):\n        self.assertEqual(load(1), 1)\n"
    )
    one, left = await turned(project, {"a.py": "def load(x):\n    return x\n", "test_a.py": text})
    wanted = text.replace("def test_load", "async def test_load").replace(
        "load(1),", "await load(1),"
    )
    wanted = wanted.replace(f"({base})", f"({base_after})")
    wanted = wanted.replace(f"{imports}\n", f"{imports_after or imports}\n")
    assert one.offered == {"test_a.py": wanted}
    assert left == " []"


async def test_a_hook_of_a_test_case_is_left(project):
    text = "import unittest\nfrom a import load\n\n\nclass LoadTest(unittest.TestCase):\n"
    text += "    def setUp(self):\n        self.x = load(1)\n"
    one, left = await turned(project, {"a.py": "def load(x):\n    return x\n", "test_a.py": text})
    assert one.offered == {}
    assert "setUp is called by tests that do not wait" in left


TS = "export async function load(): Promise<number> {\n  return 1;\n}\n"
IMPORT = "import { load } from './a';\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "export function g(): number {\n  return 1 + load();\n}\n",
            "export async function g(): Promise<number> {\n  return 1 + await load();\n}\n",
        ),
        (
            "export const g = (x: A): A => load().a;\n",
            "export const g = async (x: A): Promise<A> => (await load()).a;\n",
        ),
        ("export const g = x => load();\n", "export const g = async x => load();\n"),
        ("const g = <T>(x: T) => load();\n", "const g = async <T>(x: T) => load();\n"),
        (
            "const g = function (): void {\n  load();\n};\n",
            "const g = async function (): Promise<void> {\n  await load();\n};\n",
        ),
        (
            "export function g() {\n  load();\n}\n",
            "export async function g() {\n  await load();\n}\n",
        ),
        (
            "class A {\n\tpublic static g(): A | B {\r\n\t\treturn load().a;\r\n\t}\n}\nA.g();\n",
            "class A {\n\tpublic static async g(): Promise<A | B> {\r\n"
            "\t\treturn (await load()).a;\r\n\t}\n}\nA.g();\n",
        ),
        (
            "class A {\n  #g() {\n    load();\n  }\n\n  h() {\n    this.#g();\n  }\n}\n",
            "class A {\n  async #g() {\n    await load();\n  }\n\n  async h() {\n"
            "    await this.#g();\n  }\n}\n",
        ),
        (
            "it('is one', () => {\n  expect(load()).toBe(1);\n});\n",
            "it('is one', async () => {\n  expect(await load()).toBe(1);\n});\n",
        ),
    ],
)
async def test_in_typescript_a_function_gets_the_keyword_and_its_result_a_promise(
    project, before, after
):
    files = {"a.ts": "export function load(): number {\n  return 1;\n}\n", "b.ts": IMPORT + before}
    one, _ = await turned(project, files)
    assert one.offered == {"b.ts": IMPORT + after}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class A extends B {\n  g() {\n    load();\n  }\n}\n", "g may stand for one of a base"),
        ("class A extends B {\n  override g() {\n    load();\n  }\n}\n", "g may stand for one"),
        (
            "interface I {\n  g(): void;\n}\nclass A implements I {\n  g() { load(); }\n}\n",
            "g may stand for one of a base",
        ),
        ("class A {\n  get g() {\n    return load();\n  }\n}\n", "g is a property"),
        (
            "class A {\n  constructor() {\n    load();\n  }\n}\n",
            "constructor is called by the lang",
        ),
        ("class A {\n  g = () => load();\n}\n", "has no name"),
        ("function* g() {\n  yield load();\n}\n", "g is a generator"),
        (
            "function g(x: A): x is B {\n  return load() > 1;\n}\n",
            "the type of g is told elsewhere",
        ),
        ("const g: Fn = () => load();\n", "the type of g is told elsewhere"),
        ("const api = { g() { return load(); } };\n", "has no name"),
        ("function useG() {\n  return load();\n}\n", "useG is part of a page"),
        (
            "function g(x: A): A;\nfunction g(x: B): B;\nfunction g(x: any) {\n  load();\n}\n",
            "g is defined more than once",
        ),
        ("function g() {\n  load();\n}\naddEventListener('x', g);\n", "g is passed on"),
        ("export default function g() {\n  return load() + 1;\n}\n", "g is passed on"),
        ("const g = () => load() + 1;\nexport default g;\n", "g is passed on"),
        ("const g = () => load() + 1;\nexport { g as h };\n", "g is passed on"),
        ("function g() {\n  return load() + 1;\n}\nmodule.exports = g;\n", "g is passed on"),
        ("function g() {\n  return load() + 1;\n}\nexports.h = g;\n", "g is passed on"),
    ],
)
async def test_in_typescript_what_cannot_become_async_stays_as_it_is(project, text, why):
    files = {"a.ts": "export function load(): number {\n  return 1;\n}\n", "b.ts": IMPORT + text}
    one, left = await turned(project, files)
    assert one.offered == {}
    assert why in left


async def test_what_is_called_by_another_name_elsewhere_stays_as_it_is(project):
    files = {
        "a.ts": "export function load(): number {\n  return 1;\n}\n",
        "b.ts": f"{IMPORT}export function g() {{\n  return load() + 1;\n}}\n",
        "c.ts": "export { g as h } from './b';\n",
    }
    one, left = await turned(project, files)
    assert one.offered == {}
    assert "g is passed on" in left


@pytest.mark.parametrize(
    ("export", "use", "lines"),
    [
        ("export default load;", "import load from './a';\nexport const x = load() + 1;", [2]),
        ("module.exports = load;", "const load = require('./a');\nload().x();", [2]),
        (
            "export { load };",
            "async function g() {\n  const { load } = await import('./a');\n"
            "  return load() + 1;\n}",
            [3],
        ),
        (
            "export { load };",
            "async function g() {\n  const a = await import('./a');\n"
            "  const m = new Map(), load = m.load();\n  return a.load() + load();\n}",
            [4],
        ),
        ("export { load };", "import('./a').then((a) => a.load() + 1);", [1]),
        ("export { load };", "async () => (await import('./a')).load() + 1;", [1]),
        ("export { load };", "const a = require('./other');\nload(a.load());", []),
    ],
)
async def test_calls_of_what_a_module_gives_as_a_whole_are_named(project, export, use, lines):
    files = {"a.js": f"function load() {{\n  return 1;\n}}\n{export}\n", "b.js": f"{use}\n"}
    one, left = await turned(project, files)
    assert one.offered == {}
    for line in lines:
        assert f"b.js, line {line}: which load is meant is not clear" in left
    assert left.count("is not clear") == len(lines)
    assert ("a.js, line 4: it is passed on, not called" in left) == ("{" not in export)


async def test_what_brings_a_function_by_another_name_is_named(project):
    text = "from a import load as ld\n\n\ndef g():\n    return ld(1) + 1\n"
    one, left = await turned(project, {"a.py": "def load(x):\n    return x\n", "b.py": text})
    assert one.offered == {}
    assert "b.py, line 1: it is passed on, not called" in left


async def test_a_function_that_may_be_called_is_not_said_to_have_no_callers(project):
    files = {
        "a.js": "export function load() {\n  return 1;\n}\n",
        "b.js": f"{IMPORT}export function g() {{\n  return load() + 1;\n}}\n",
        "c.js": "import('./b').then((b) => b.g() + 1);\n",
    }
    one, left = await turned(project, files)
    assert list(one.offered) == ["b.js"]
    assert "c.js, line 1: which g is meant is not clear" in left
    assert "nothing here calls it" not in left


async def test_a_component_that_draws_is_left(project):
    text = f"{IMPORT}export function Page() {{\n  return <b>{{load()}}</b>;\n}}\n"
    files = {"a.ts": "export function load(): number {\n  return 1;\n}\n", "b.tsx": text}
    one, left = await turned(project, files)
    assert one.offered == {}
    assert "Page is part of a page" in left


async def test_what_is_saved_with_it_was_written_for_it(project):
    files = {"a.py": "def load(x):\n    return x\n", "b.py": f"{USE}def g():\n    load(1)\n"}
    one, _ = await turned(project, files, "b.py")
    assert one.offered == {}


async def test_beyond_the_most_functions_the_rest_is_left(project):
    text = "from a import load\n\n\ndef g0():\n    return load(1)\n"
    for number in range(1, 40):
        text += f"\n\ndef g{number}():\n    return g{number - 1}()\n"
    one, left = await turned(project, {"a.py": "def load(x):\n    return x\n", "b.py": text})
    assert one.offered["b.py"].count("async def") == 30
    assert "return await g28()" in one.offered["b.py"]
    assert "return g29()" in one.offered["b.py"]
    assert "b.py, line 125: too many functions would have to become async" in left


async def test_a_chain_that_would_not_parse_leaves_its_callers_alone(project):
    files = {
        "a.py": "def load(x):\n    return x\n",
        "b.py": f"{USE}def g():\n    return load(1)\n",
        "c.py": "from b import g\n\n\ndef h():\n    return g()\n",
    }
    one = project(files)
    follow_ups = one.follow_ups
    parses = follow_ups._syntax.errors

    class Strict:
        def errors(self, path: str, text: str) -> int | None:
            return 9 if path == "b.py" and "async" in text else parses(path, text)

    follow_ups._syntax = Strict()
    await one.replace("a.py", ("def load", "async def load"))
    assert one.offered == {}


async def test_a_method_with_new_parameters_is_awaited_and_called_with_them(project):
    files = {
        "a.py": "class Store:\n    def load(self, name, size):\n        return name\n",
        "b.py": "from a import Store\n\n\ndef g(store: Store):\n"
        "    return store.load('x', 2).town\n",
    }
    one = project(files)
    await one.replace("a.py", ("def load(self, name, size)", "async def load(self, name)"))
    wanted = files["b.py"].replace("def g", "async def g")
    assert one.offered == {
        "b.py": wanted.replace("store.load('x', 2).town", "(await store.load('x')).town")
    }


async def test_a_renamed_function_that_is_async_is_called_by_its_name_and_awaited(project):
    body = "    total = x + 1\n    print(total)\n    return total * 2\n"
    files = {
        "a.py": f"def load(x):\n{body}",
        "b.py": f"{USE}def g():\n    return load(1).town\n",
    }
    one = project(files)
    await one.replace("a.py", ("def load", "async def fetch"))
    assert one.offered == {
        "b.py": "from a import fetch\n\n\nasync def g():\n    return (await fetch(1)).town\n"
    }


async def test_a_function_that_never_waited_and_is_plain_now_is_awaited_no_more(project):
    files = {
        "a.py": "async def load(x):\n    return x\n",
        "b.py": f"{USE}async def g():\n    return (await load(1)).town\n",
    }
    one = project(files)
    await one.replace("a.py", ("async def", "def"))
    assert one.offered == {"b.py": files["b.py"].replace("(await load(1))", "load(1)")}
    assert {str(title_of(p.trigger)) for p in one.ready} == {"load() is not async any more"}
