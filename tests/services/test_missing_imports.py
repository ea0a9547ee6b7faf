"""Imports that an answer forgot."""

import pytest

from spark_desktop.adapters.names_reader import LanguageNames
from spark_desktop.services.missing_imports import MissingImports


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (
            "a.py",
            "def f(x):\n    pass\n",
            "def f(x):\n    return Counter(math.floor(x))\n",
            "import math\nfrom collections import Counter\n\ndef f(x):\n"
            "    return Counter(math.floor(x))\n",
        ),
        ("a.py", "x = 1\n", "x = unheard_of\n", "x = unheard_of\n"),
        (
            "a.py",
            "import crews\nx = crews.needed(1)\n",
            "import crews\nx = needed(1).many + math.pi\n",
            "import crews\nimport math\nx = crews.needed(1).many + math.pi\n",
        ),
        ("a.py", "x = math.pi\n", "x = math.pi\ny = 1\n", "x = math.pi\ny = 1\n"),
        ("a.py", "x = 1\n", "x = (\n", "x = (\n"),
        ("a.py", "x = 1\n", "from m import *\nx = math\n", "from m import *\nx = math\n"),
        (
            "a.go",
            "package a\n",
            "package a\n\nvar x = strings.ToUpper(y)\n",
            'package a\n\nimport "strings"\n\nvar x = strings.ToUpper(y)\n',
        ),
        (
            "a.rs",
            "",
            "fn f() { HashMap::new(); }\n",
            "use std::collections::HashMap;\n\nfn f() { HashMap::new(); }\n",
        ),
        (
            "a.hpp",
            "#include <string>\n",
            '#include <string>\nint f() { throw std::out_of_range("no"); }\n',
            '#include <string>\n#include <stdexcept>\nint f() { throw std::out_of_range("no"); }\n',
        ),
        ("a.c", "", "std::sort;\n", "std::sort;\n"),
    ],
)
def test_well_known_names_are_imported_and_nothing_else(path, before, after, expected):
    found = MissingImports(LanguageNames())(path, before, after)
    assert sorted(found.splitlines()) == sorted(expected.splitlines())
