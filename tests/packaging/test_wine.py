"""What the installer's smoke test reads of Wine."""

from pathlib import Path

import pytest
from spark_dist import made_up_tree
from spark_dist.wine import Wine, parse_registry

REGISTRY = r"""WINE REGISTRY Version 2
;; All keys relative to \\User\\S-1-5-21-0-0-0-1000

[Environment] 1764000000
#time=1dc5f6f6b6f0000
"Path"=str(2):"%USERPROFILE%\\bin;C:\\\x041f\x0430\x043f\x043a\x0430"
"TEMP"="C:\\tmp"

[Software\\Classes\\spark\\shell\\open\\command] 1764000000
@="\"C:\\Spark Desktop\\spark-desktop.exe\" \"%1\""

[Software\\Spark] 1764000000
"Size"=dword:00000be7
"Bytes"=hex:00,01,\
  02,03
"Empty"=""
"""


def test_texts_are_read_without_escapes_and_other_kinds_as_they_are() -> None:
    found = parse_registry(REGISTRY)
    assert found["Environment"]["Path"] == r"str(2):%USERPROFILE%\bin;C:\Папка"
    command = found[r"Software\Classes\spark\shell\open\command"]
    assert command == {"": r'"C:\Spark Desktop\spark-desktop.exe" "%1"'}
    assert found[r"Software\Spark"] == {
        "Size": "dword:00000be7",
        "Bytes": "hex:00,01,  02,03",
        "Empty": "",
    }


def test_files_are_named_as_windows_names_them(tmp_path: Path) -> None:
    wine = Wine(tmp_path)
    assert wine.windows_path(wine.drive / "Папка" / "a.py") == r"C:\Папка\a.py"
    assert wine.windows_path(Path("/tmp/a.exe")) == r"Z:\tmp\a.exe"


def test_a_made_up_tree_has_the_programs_where_no_compiler_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    tree = made_up_tree.make(tmp_path / "tree", {"python/a.py": b"a"})
    assert (tree / "spark-core.exe").read_bytes() == b"MZ"
    assert (tree / "python" / "a.py").read_bytes() == b"a"
