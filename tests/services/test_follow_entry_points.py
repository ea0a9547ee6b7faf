"""What a program of Python begins with: it runs what became async, and stays what it was."""

import asyncio
import sys

import pytest

LOAD = "def load(name, times=1):\n    return {'town': name * times}\n"
HEAD = "from a import load\n\n\n"


async def becomes(project, text: str, **more: str):
    """Return what a file becomes once the function that it calls is async, and what is left."""
    one = project(
        {"a.py": LOAD, "b.py": text, **{k.replace("__", "."): v for k, v in more.items()}}
    )
    await one.replace("a.py", ("def load", "async def load"))
    return one.offered.get("b.py", text), one


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def main():\n    print(load('a')['town'])\n",
            "def main():\n    print(asyncio.run(load('a'))['town'])\n",
        ),
        (
            "def main(x) -> str:\n    try:\n        return load(\n            x,\n        )\n"
            "    except OSError:\n        return 'é'\n",
            "def main(x) -> str:\n    try:\n        return asyncio.run(load(\n            x,\n"
            "        ))\n    except OSError:\n        return 'é'\n",
        ),
        (
            "def main(x):\n    for each in load(x):\n        print(each)\n",
            "def main(x):\n    for each in asyncio.run(load(x)):\n        print(each)\n",
        ),
        (
            "def main(names: list[str]) -> list[str]:\n    return [load(one) for one in names]\n",
            "def main(names: list[str]) -> list[str]:\n    return asyncio.run(_main(names))\n\n\n"
            "async def _main(names: list[str]) -> list[str]:\n"
            "    return [await load(one) for one in names]\n",
        ),
        (
            'def main(a, /, b=1, *c, d: int = 2, **e):\n    """Do it.\n\n    All.\n    """\n\n'
            "    # First one.\n    load(a)\n    load(b)\n",
            'def main(a, /, b=1, *c, d: int = 2, **e):\n    """Do it.\n\n    All.\n    """\n'
            "    asyncio.run(_main(a, b, *c, d=d, **e))\n\n\n"
            "async def _main(a, /, b, *c, d: int, **e):\n"
            "    # First one.\n    await load(a)\n    await load(b)\n",
        ),
        (
            "@click.command()\n@click.option('x')\ndef g(x):\n    print(load(x))\n",
            "@click.command()\n@click.option('x')\ndef g(x):\n    print(asyncio.run(load(x)))\n",
        ),
        (
            "if __name__ == '__main__':\n    print(load('x'))\n",
            "if __name__ == '__main__':\n    print(asyncio.run(load('x')))\n",
        ),
    ],
)
async def test_it_stays_and_runs_what_it_calls(project, before, after):
    then, one = await becomes(project, HEAD + before)
    assert then == f"import asyncio\n\n{HEAD}{after}"
    compile(then, "b.py", "exec")
    assert "line" not in one.left


@pytest.mark.parametrize(
    ("imports", "then"),
    [
        (
            "import abc\nimport sys\n\nfrom a import load\n",
            "import abc\nimport asyncio\nimport sys",
        ),
        ("import asyncio\nfrom a import load\n", "import asyncio\nfrom a"),
        ("from time import time\n\nfrom a import load\n", "import asyncio\nfrom time"),
        ('"""Doc."""\n\nfrom a import load\n', '"""Doc."""\n\nimport asyncio\n\nfrom a'),
        (
            "from __future__ import annotations\n\nfrom a import load\n",
            "from __future__ import annotations\n\nimport asyncio\n\nfrom a",
        ),
    ],
)
async def test_the_loop_is_imported_among_the_others(project, imports, then):
    after, _ = await becomes(project, f"{imports}\n\ndef main():\n    load('x')\n")
    assert after.startswith(then)
    assert after.endswith("\n\n\ndef main():\n    asyncio.run(load('x'))\n")


async def test_in_the_file_of_the_change_without_imports(project):
    text = '"""Loads."""\n\n\n' + LOAD + "\n\ndef main():\n    load('x')\n"
    one = project({"a.py": text})
    await one.replace("a.py", ("def load", "async def load"))
    after = one.offered["a.py"]
    assert after.startswith('"""Loads."""\n\nimport asyncio\n\n\nasync def load')
    assert after.endswith("\n\ndef main():\n    asyncio.run(load('x'))\n")


@pytest.mark.parametrize(
    "before",
    [
        # A loop that runs already, by who calls it or in itself.
        "def main():\n    return load('x')\n\n\nasync def g():\n    return main()\n",
        "def main(n):\n    return load('x') if n else main(n - 1)\n",
        "def _main():\n    return 1\n\n\ndef main():\n    return load('x')\n",
        "class App:\n    def main(self):\n        return load('x')\n",
        "def start():\n    return load('x')\n",
    ],
)
async def test_what_is_no_such_place_becomes_async_as_others_do(project, before):
    after, _ = await becomes(project, HEAD + before)
    assert "asyncio.run" not in after
    assert "await load('x')" in after


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("print(load('x'))\n", "nothing can wait outside of a function"),
        (
            "if __name__ == '__main__':\n    for x in 'ab':\n        load(x)\n",
            "nothing can wait outside of a function",
        ),
        (
            "if __name__ == '__main__':\n    load(1)\n    load(2)\n",
            "nothing can wait outside of a function",
        ),
        ("def main():\n    asyncio.run(go())\n    load(1)\n", "main runs a loop of its own"),
        ("@cache\ndef main():\n    load(1)\n", "what cache makes of it may not wait"),
    ],
)
async def test_what_cannot_run_it_is_told(project, before, why):
    uses = "async def g():\n    return load(3)\n"
    after, one = await becomes(project, HEAD + uses.replace("g", "h") + before)
    assert after == HEAD + uses.replace("g", "h").replace("load", "await load") + before
    assert why in one.left


async def test_the_program_does_what_it_did(project, tmp_path):
    text = HEAD + (
        "def main(names, *, times=2):\n    for one in names:\n"
        "        yield_ = load(one, times)['town']\n        print(yield_)\n    return 0\n\n\n"
        "if __name__ == '__main__':\n    raise SystemExit(main(['x', 'y']))\n"
    )
    one = project({"a.py": LOAD, "b.py": text})
    await one.replace("a.py", ("def load", "async def load"))
    (tmp_path / "a.py").write_text(one.text("a.py"))
    (tmp_path / "b.py").write_text(one.offered["b.py"])
    ran = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "b.py", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await ran.communicate()
    assert (ran.returncode, told.split()) == (0, [b"xx", b"yy"])
