"""The copy of a frozen app that tells of its painting."""

import importlib.util
import marshal
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.frozen_start import ITSELF, telling


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A tree like a frozen one, whose module says what the app would."""
    package = tmp_path / "tree" / "_internal" / "spark_desktop"
    package.mkdir(parents=True)
    (package / "app.py").write_text("def main():\n    print('started')\n", encoding="utf-8")
    py_compile.compile(str(package / "app.py"), cfile=str(package / "app.pyc"), doraise=True)
    (package / "app.py").unlink()
    (package / "__init__.py").touch()
    (tmp_path / "tree" / "spark-desktop").write_text("program", encoding="utf-8")
    return tmp_path / "tree" / "spark-desktop"


def test_the_copy_starts_the_code_before_the_app_itself(program: Path, tmp_path: Path) -> None:
    code = (
        f"from spark_desktop import {ITSELF}\ndef main():\n    {ITSELF}.main()\n    print('told')\n"
    )
    copy = telling(program, code, tmp_path / "copy")
    assert copy.read_text(encoding="utf-8") == "program"
    found = copy.parent / "_internal"
    done = subprocess.run(
        [sys.executable, "-c", "from spark_desktop.app import main; main()"],
        env={"PYTHONPATH": str(found)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["started", "told"]


def test_the_tree_itself_is_left_as_it_was(program: Path, tmp_path: Path) -> None:
    module = program.parent / "_internal" / "spark_desktop" / "app.pyc"
    before = module.read_bytes()
    telling(program, "pass", tmp_path / "copy")
    assert module.read_bytes() == before


def test_a_program_that_is_not_frozen_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="is no frozen Spark"):
        telling(tmp_path / "spark-desktop", "pass", tmp_path / "copy")


def test_another_pythons_program_is_refused(program: Path, tmp_path: Path) -> None:
    module = program.parent / "_internal" / "spark_desktop" / "app.pyc"
    other = bytes(4) + bytes(12) + marshal.dumps(compile("", "app", "exec"))
    assert not other.startswith(importlib.util.MAGIC_NUMBER)
    module.write_bytes(other)
    with pytest.raises(RuntimeError, match="another Python"):
        telling(program, "pass", tmp_path / "copy")
