"""The check that names exist: what it finds, and that it refuses nothing that is right."""

from pathlib import Path

import pytest
from local_index import LocalIndex

from spark_desktop.adapters.known_modules import KnownModules
from spark_desktop.adapters.names_reader import LanguageNames
from spark_desktop.services.name_evidence import NameEvidence

FILES = {
    "go/a.go": "package a\n\nfunc known(n int) int { return n }\n",
    "web/b.ts": "export function known(n: number) { return n; }\n",
    "rust/b.rs": "pub fn known(n: i32) -> i32 { n }\n",
    "py/other/socket.py": "def known(n):\n    return n\n",
    "py/b.py": "def known(n):\n    return n\n",
}
RIGHT = {
    "go/c.go": (
        'package a\n\nimport "fmt"\n\nfunc f(cb func()) { cb(); fmt.Println(known(len("a"))) }\n'
    ),
    "web/c.ts": (
        'import { known } from "./b";\nexport const f = ({ a }: any) => a(known(fetch(1)));\n'
    ),
    "rust/c.rs": (
        "use crate::b::known;\nfn f(g: fn()) { g(); let h = |a| a; h(known(1)); drop(2); }\n"
    ),
    "py/d.py": "import socket\nfrom socket import AF_INET\n\nKIND = socket.SOCK_STREAM, AF_INET\n",
    "py/c.py": "from py.b import known\n\ndef f():\n    return known(len('a'))\n",
}
WRONG = {
    "go/c.go": ("package a\n\nfunc f() int { return knowm(1) }\n", "knowm"),
    "web/c.ts": ('import { knowm } from "./b";\nexport const f = () => knowm(1);\n', "knowm"),
    "web/d.ts": (
        'import { known } from "./b";\nexport const f = () => knowing(known);\n',
        "knowing",
    ),
    "rust/c.rs": ("fn f() -> i32 { knowm(1) }\n", "knowm"),
    "py/c.py": ("def f():\n    return knowm(1)\n", "knowm"),
}


def evidence(tmp_path: Path, is_ready: bool = True) -> NameEvidence:
    root = tmp_path / "root"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    index = LocalIndex(root, tmp_path / "index.db", is_ready)
    return NameEvidence(LanguageNames(), KnownModules(root), index)


@pytest.mark.parametrize("path", RIGHT)
async def test_names_that_exist_pass(tmp_path: Path, path: str) -> None:
    (check,) = await evidence(tmp_path)(path, "", RIGHT[path])
    assert check.passed, check.detail


@pytest.mark.parametrize("path", WRONG)
async def test_a_name_that_nothing_defines_is_told(tmp_path: Path, path: str) -> None:
    text, name = WRONG[path]
    (check,) = await evidence(tmp_path)(path, "", text)
    assert not check.passed
    assert name in check.detail


async def test_what_the_text_before_used_is_not_judged(tmp_path: Path) -> None:
    text = WRONG["go/c.go"][0]
    (check,) = await evidence(tmp_path)("go/c.go", text, text + "\nvar x = 1\n")
    assert check.passed


@pytest.mark.parametrize(
    ("path", "before", "passes"),
    [
        ("py/c.py", "x = 1\n", False),
        ("py/c.py", "from os.path import *\nx = 1\n", True),
        ("py/c.py", "", True),
        ("py/__init__.py", "x = 1\n", True),
        ("py/d.py", "x = 1\n", True),
    ],
)
async def test_an_import_of_all_names_hides_what_is_missing(
    tmp_path: Path, path: str, before: str, passes: bool
) -> None:
    module = ".b" if path == "py/d.py" else "typing"
    (check,) = await evidence(tmp_path)(path, before, f"from {module} import *\nx = 1\n")
    assert check.passed == passes
    assert passes or "typing" in check.detail


async def test_without_an_index_only_python_is_sure_of_a_free_name(tmp_path: Path) -> None:
    names = evidence(tmp_path, is_ready=False)
    assert [check.passed for check in await names("py/c.py", "", WRONG["py/c.py"][0])] == [False]
    assert [check.passed for check in await names("go/c.go", "", WRONG["go/c.go"][0])] == [True]


async def test_another_language_has_no_evidence(tmp_path: Path) -> None:
    assert await evidence(tmp_path)("a.txt", "", "known") == ()
    assert await evidence(tmp_path)("a.go", "", "package {{") == ()


SHOP = (
    "from py.items import Item\n\n\nclass Cart:\n    def __init__(self) -> None:\n"
    "        self.items = []\n\n\ndef total(cart: Cart, item: Item, other: 'Cart | None') -> int:\n"
)
ITEM = "from dataclasses import dataclass\n\n\n@dataclass\nclass Item:\n    price: int\n"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("return len(cart.items) + item.price", ""),
        ("return cart.entries", "Cart has no entries"),
        ("return item.cost", "Item has no cost"),
        ("item = open(item)\n    return item.cost", ""),
        ("if hasattr(item, 'cost'):\n        return item.cost\n    return 0", ""),
        ("return [item.cost for item in cart.items]", ""),
        ("return (lambda item: item.cost)(1)", ""),
    ],
)
async def test_a_parameter_has_what_its_class_has(tmp_path: Path, body: str, fault: str) -> None:
    root = tmp_path / "root"
    (root / "py").mkdir(parents=True)
    (root / "py/items.py").write_text(ITEM)
    names = NameEvidence(
        LanguageNames(), KnownModules(root), LocalIndex(root, tmp_path / "index.db", True)
    )
    (check,) = await names("py/cart.py", f"{SHOP}    return 0\n", f"{SHOP}    {body}\n")
    assert check.passed is not bool(fault)
    assert fault in check.detail


@pytest.mark.parametrize(
    ("heir", "passes"),
    [
        ("class Log(Named):\n    name = 'log'\n", True),
        ("class Log(Thread, Named):\n    pass\n", True),
        ("class Log:\n    name = 'log'\n", False),
        ("class Log(Named):\n    nick = 'log'\n", False),
    ],
)
async def test_what_an_heir_of_the_file_has_may_be_read_of_self(
    tmp_path: Path, heir: str, passes: bool
) -> None:
    mixin = "class Named:\n    def told(self):\n        return self.name\n\n\n"
    mixin = f"from threading import Thread\n\n\n{mixin}"
    (check,) = await evidence(tmp_path)("py/c.py", "", f"{mixin}{heir}")
    assert check.passed == passes


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ("return self.__slots__", True),
        ("object.__setattr__(self, name, 1)\n        return self.x", True),
        ("object.__setattr__(self, 'y', 1)\n        return self.x", False),
    ],
)
async def test_attributes_that_nobody_sees_made_may_be_read(
    tmp_path: Path, body: str, passes: bool
) -> None:
    text = f"class A:\n    def f(self, name):\n        {body}\n"
    (check,) = await evidence(tmp_path)("py/c.py", "", text)
    assert check.passed == passes
