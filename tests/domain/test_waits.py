"""Calls of a function that became async: each waits where it stands, or is left with a reason."""

from dataclasses import replace

import pytest

from spark_desktop.adapters.renaming import TreeSitterNames
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.followed import FileFollow, Followed
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import changes_between
from spark_desktop.domain.name_uses import target_of
from spark_desktop.domain.text_edits import edited
from spark_desktop.domain.waits import Waiting, waits_in

PY = "async def f(x=0):\n    return x\n\n\n"
JS = "async function f(x) {\n  return x;\n}\n\n"
TS = "async function f<T>(x: T): Promise<T> {\n  return x;\n}\n\n"


def found(path: str, content: str, *, is_back: bool = False) -> tuple[FileFollow, str]:
    """Return what a file asks for, and becomes, once its f is async."""
    names = TreeSitterNames()
    before = content.replace("async def f(", "def f(").replace("async function f", "function f")
    before = before.replace("x: T): Promise<T>", "x: T): T")
    texts = (content, before) if is_back else (before, content)
    old, new = (names.defined(path, text) for text in texts)
    (change,) = changes_between(old, new).changed
    now = texts[1]
    here = names.names(path, now, ("f",))
    assert here is not None
    followed = Followed(target_of(change.old, "f", here), change)
    result = waits_in(Waiting((followed,)), here, Tree((path,)))
    return result, edited(now, result.edits)


def waited(path: str, head: str, body: str) -> str:
    """Return the body once its calls wait; nothing of it is left to the user, and it parses."""
    result, text = found(path, f"{head}{body}")
    assert [str(one.reason) for one in result.left] == []
    assert TreeSitterSyntax().errors(path, text) == 0
    if path.endswith(".py"):
        compile(text, path, "exec")
    assert text.startswith(head)
    return text[len(head) :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return not f(1)", "return not await f(1)"),
        ("return f(1).town", "return (await f(1)).town"),
        ("return f(1)[0]", "return (await f(1))[0]"),
        ("return f(1)(2)", "return (await f(1))(2)"),
        ("return f(1).a().b", "return (await f(1)).a().b"),
        ("f(1).town = 2", "(await f(1)).town = 2"),
        ("return -f(1) + f(2) ** 2 + 2 ** f(3)", None),
        ("return f(1) if f(2) else 3", "return await f(1) if await f(2) else 3"),
        ("if (y := f(1)) > 2:\n        return y", "if (y := await f(1)) > 2:\n        return y"),
        ("return [f(x) for x in f(1) if f(x)]", None),
        ("return {f(x): f(1) for x in ()}", None),
        ("return sum(x for x in f(1))", "return sum(x for x in await f(1))"),
        ("return f'{f(1)!r:>9} {f(2).a}'", "return f'{await f(1)!r:>9} {(await f(2)).a}'"),
        ("return g(*f(1), **f(2), k=f(3))", "return g(*await f(1), **await f(2), k=await f(3))"),
        ("return f(f(f(1)).a)", "return await f((await f(await f(1))).a)"),
        ("return f(\n        1,\n    ).a", "return (await f(\n        1,\n    )).a"),
        ("for x in f(1):\n        pass", "for x in await f(1):\n        pass"),
        ("with f(1) as x:\n        pass", "with await f(1) as x:\n        pass"),
        ("assert f(1) == 2, f(3)", "assert await f(1) == 2, await f(3)"),
        ("return lambda y: y, f(1)", "return lambda y: y, await f(1)"),
        ("def h(a=f(1)):\n        return a\n    return h, f(2)", "left"),
    ],
)
def test_in_python_the_whole_call_is_awaited_with_brackets_where_it_is_taken_apart(before, after):
    head, tail = f"{PY}async def g(*a, **k):\n    ", "\n"
    if after == "left":
        result, _ = found("a.py", f"{head}{before}{tail}")
        assert len(result.left) == 1
        return
    after = after or before.replace("f(", "await f(")
    assert waited("a.py", head, before + tail) == after + tail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return !f(1) && -f(2);", "return !await f(1) && -await f(2);"),
        ("return 1 + f(1).a;", "return 1 + (await f(1)).a;"),
        ("return f(1)[0] + f(2)?.b;", "return (await f(1))[0] + (await f(2))?.b;"),
        ("return f(1)(2);", "return (await f(1))(2);"),
        ("return f(1) ** 2 + 2 ** f(2);", "return (await f(1)) ** 2 + 2 ** await f(2);"),
        ("for (const x of f(1)) {}", "for (const x of await f(1)) {}"),
        ("return `a${f(1)}${f(2).a}`;", "return `a${await f(1)}${(await f(2)).a}`;"),
        ("return [...f(1), ...f(2).a];", "return [...await f(1), ...(await f(2)).a];"),
        ("return f(1) ? f(2) : 0;", "return await f(1) ? await f(2) : 0;"),
        ("const { a } = f(1);", "const { a } = await f(1);"),
        ("f(1);", "await f(1);"),
        ("return f(1);", "return f(1);"),
        ("return (f(1));", "return (f(1));"),
        ("try { return f(1); } catch { }", "try { return await f(1); } catch { }"),
        ("return f(1).then((x) => f(x));", "return f(1).then((x) => f(x));"),
        ("const x = await Promise.all([f(1), f(2)]);", "same"),
        ("const x = await Promise.all([1].map((y) => f(y)));", "same"),
        ("const x = await f(1), y = (await f(2)).a;", "same"),
        ("const x = await (1 ? f(1) : f(2));", "same"),
    ],
)
def test_in_javascript_a_promise_is_awaited_or_stays_where_it_is_waited_for(before, after):
    head, tail = f"{JS}export async function g() {{\n  ", "\n}\n"
    after = before if after == "same" else after
    assert waited("a.js", head, before + tail) == after + tail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return f<A>(a)!.y;", "return (await f<A>(a))!.y;"),
        ("return f(a)!;", "return (await f(a))!;"),
        ("return f(a) as A;", "return await f(a) as A;"),
        ("return <A>f(a);", "return <A>await f(a);"),
        ("return f<A>(a) satisfies A;", "return await f<A>(a) satisfies A;"),
        ("const x: A[] = [f(a)];", "const x: A[] = [await f(a)];"),
    ],
)
def test_in_typescript_types_stand_around_what_was_waited_for(before, after):
    head, tail = f"{TS}async function g(a: A) {{\n  ", "\n}\n"
    assert waited("a.ts", head, before + tail) == after + tail


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("a.py", f"{PY}x = f(1)\n", "outside of a function"),
        ("a.py", f"{PY}class A:\n    x = f(1)\n", "is defined"),
        ("a.py", f"{PY}async def g(a=f(1)):\n    pass\n", "is defined"),
        ("a.py", f"{PY}@f(1)\nasync def g():\n    pass\n", "is defined"),
        ("a.py", f"{PY}async def g():\n    return lambda: f(1)\n", "has no name"),
        ("a.py", f"{PY}async def g():\n    return sum(f(x) for x in ())\n", "a generator"),
        (
            "a.py",
            f"{PY}async def g():\n    return [[f(x) for x in y] for y in ()]\n",
            "a generator",
        ),
        ("a.py", f"{PY}async def g():\n    def h():\n        return f(1)\n", "in another one"),
        ("a.py", f"{PY}async def g(a):\n    subprocess.run(map(f, a))\n", "passed on"),
        ("a.js", f"{JS}const x = f(1);\n", "outside of a function"),
        ("a.js", f"{JS}class A {{ x = f(1); }}\n", "is defined"),
        ("a.js", f"{JS}async function g(a = f(1)) {{}}\n", "is defined"),
        ("a.js", f"{JS}async function g(a) {{ return a.map((x) => f(x)); }}\n", "has no name"),
        ("a.js", f"{JS}async function g() {{ return new f(1); }}\n", "made with new"),
        ("a.js", f"{JS}async function g() {{ return f?.(1).a; }}\n", "may be missing"),
        ("a.js", f"{JS}async function g() {{ return {{ m() {{ return f(1); }} }}; }}\n", "no name"),
        ("a.js", f"{JS}it('is', (done) => {{ f(1); done(); }});\n", "has no name"),
        ("a.js", f"{JS}const tools = {{ f }};\n", "passed on"),
    ],
)
def test_where_nothing_can_wait_the_call_is_left_with_the_reason(path, text, why):
    result, after = found(path, text)
    assert after == text
    assert [why in str(one.reason) for one in result.left] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\n\nasyncio.run(f(1))\n",
        "async def g(xs):\n    await asyncio.gather(*[f(x) for x in xs], f(1))\n",
        "async def g(xs):\n    await asyncio.gather(*(f(x) for x in xs))\n",
        "async def g(xs):\n    async with T() as group:\n        group.create_task(f(1))\n",
        "async def g():\n    return (await f(1)).a, await (f(1) if f else f(2))\n",
    ],
)
def test_what_waits_already_stays(text):
    result, after = found("a.py", f"{PY}{text}")
    assert after == f"{PY}{text}"
    assert all("passed on" in str(one.reason) for one in result.left)


@pytest.mark.parametrize(
    "text",
    [
        "async def g():\n    subprocess.run(f(1))\n",
        "async def g():\n    process.wait(f(1))\n",
        "async def g():\n    return np.gather(f(1))\n",
    ],
)
def test_a_word_that_means_waiting_elsewhere_does_not_count(text):
    assert waited("a.py", PY, text) == text.replace("f(1)", "await f(1)")


@pytest.mark.parametrize(
    "text", ["export { f };\n", "module.exports = { f };\n", "exports.f = f;\n"]
)
def test_a_function_that_a_module_exports_is_not_passed_on(text):
    assert waited("a.js", JS, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "export default f;\n",
        "module.exports = f;\n",
        "exports.load = f;\n",
        "export { f as load };\n",
        "export { f as default };\n",
        "module.exports = { load: f };\n",
        "module.exports = { load: wrapped(f) };\n",
    ],
)
def test_a_function_that_a_module_exports_without_its_name_is_passed_on(text):
    result, after = found("a.js", f"{JS}{text}")
    assert after == f"{JS}{text}"
    assert [str(one.reason) for one in result.left] == ["it is passed on, not called"]


def test_a_function_that_is_defined_as_the_default_is_passed_on():
    result, _ = found("a.js", f"export default {JS}")
    assert [(one.line, str(one.reason)) for one in result.left] == [
        (0, "it is passed on, not called")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("const y = x[0]\n  f(1).a.b(x)", "const y = x[0]\n  ;(await f(1)).a.b(x)"),
        ("x.y = {}\n  f(1).a()", "x.y = {}\n  ;(await f(1)).a()"),
        ("if (x) x.y()\n  f(1).a = 2", "if (x) x.y()\n  ;(await f(1)).a = 2"),
        ("x.y() // z\n\n  f(1)[0]()", "x.y() // z\n\n  ;(await f(1))[0]()"),
        ("x.y();\n  f(1).a()", "x.y();\n  (await f(1)).a()"),
        ("x.y()\n  ;f(1).a()", "x.y()\n  ;(await f(1)).a()"),
        ("x.y()\n  f(1)", "x.y()\n  await f(1)"),
        ("f(1).a()", "(await f(1)).a()"),
        ("if (x) {}\n  f(1).a()", "if (x) {}\n  (await f(1)).a()"),
        ("if (x)\n    f(1).a()", "if (x)\n    (await f(1)).a()"),
        ("switch (x) { case 1:\n  f(1).a() }", "switch (x) { case 1:\n  (await f(1)).a() }"),
    ],
)
def test_a_bracket_is_not_read_as_going_on_with_a_line_that_has_no_semicolon(before, after):
    head, tail = f"{JS}export async function g(x) {{\n  ", "\n}\n"
    assert waited("a.js", head, before + tail) == after + tail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return (await f(1)).a + await f(2)", "return f(1).a + f(2)"),
        ("return(await f(1))", "return(f(1))"),
        ("return(await f(1)).a", "return f(1).a"),
        ("if(await f(1)):\n        pass", "if(f(1)):\n        pass"),
        ("return 1 if not(await f(1))else 2", "return 1 if not f(1)else 2"),
        ("return 1 if(await f(1))else 2", "return 1 if f(1)else 2"),
        ("return (await f(1)) or (await f(2))", "return f(1) or f(2)"),
        ("return g((await f(1)))", "return g((f(1)))"),
        ("return (await f(1))[0], [await f(x) for x in ()]", "return f(1)[0], [f(x) for x in ()]"),
    ],
)
def test_what_is_plain_again_is_awaited_no_more(before, after):
    head = f"{PY}async def g():\n    "
    result, text = found("a.py", f"{head}{before}\n", is_back=True)
    assert text == f"{head}{after}\n".replace("async def f", "def f")
    assert result.left == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (await f(1)) { return (await f(2)).a; }", "if (f(1)) { return f(2).a; }"),
        ("while (await f(1)) {}", "while (f(1)) {}"),
        ("do {} while (await f(1));", "do {} while (f(1));"),
        ("switch (await f(1)) {}", "switch (f(1)) {}"),
        ("return(await f(1)).a;", "return f(1).a;"),
        ("return(await f(1));", "return(f(1));"),
        ("return (await f(1)) ?? 2;", "return f(1) ?? 2;"),
        ("return new (await f(1)).A();", "return new (f(1)).A();"),
        ("return new (await f(1))();", "return new (f(1))();"),
        ("x.y()\n  ;(await f(1)).a()", "x.y()\n  ;f(1).a()"),
    ],
)
def test_in_javascript_brackets_that_a_statement_needs_stay(before, after):
    head = f"{JS}async function g(x) {{\n  "
    result, text = found("a.js", f"{head}{before}\n}}\n", is_back=True)
    assert text == f"{head}{after}\n}}\n".replace("async function f", "function f")
    assert result.left == ()


def method(text: str, call: str, *, is_back: bool = False) -> str:
    """Return a file once the method f of its class A is async, or not any more."""
    names = TreeSitterNames()
    texts = (text.replace("async ", ""), text)
    path = "a.py" if "self" in text else "a.js"
    old, new = (names.defined(path, one) for one in (reversed(texts) if is_back else texts))
    (change,) = changes_between(old, new).changed
    now = texts[0 if is_back else 1] + call
    file = names.names(path, now, ("f", "A"))
    assert file is not None
    target = replace(target_of(change.old, "f", file), is_unique=True)
    followed = Followed(target, change)
    return edited(now, waits_in(Waiting((followed,)), file, Tree((path,))).edits)


CLASS = "class A {\n  async f() {\n    return this;\n  }\n}\n"


def test_a_call_that_begins_with_a_bracket_is_kept_apart_from_the_word_before():
    call = "async function g(x, y) {\n  throw(x || y).f();\n}\n"
    assert method(CLASS, call) == CLASS + call.replace("throw(", "throw await (")


def test_in_python_a_call_over_several_lines_keeps_its_brackets():
    text = "class A:\n    async def f(self):\n        return self\n\n"
    call = "    async def g(self):\n        return (await self\n            .f()).a\n"
    assert method(text, call, is_back=True).endswith("return (self\n            .f()).a\n")


def test_in_a_chain_the_outer_call_waits_for_the_inner_one():
    text = "class A:\n    async def f(self):\n        return self\n\n"
    call = "    async def g(self):\n        return self.f().f().f().a\n"
    after = method(text, call)
    assert after.endswith("return (await (await (await self.f()).f()).f()).a\n")
