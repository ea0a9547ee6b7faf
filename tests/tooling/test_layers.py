"""Each import contract is trusted only because a planted violation of it is seen to fail."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("spark_desktop", "inference_core", "spark_resources")
Contract = dict[str, object]
CONTRACTS: list[Contract] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["importlinter"]["contracts"]


def forbidden_imports(contract: Contract) -> list[tuple[str, str]]:
    """Importers and what they must not import, at least one pair for each line of a contract."""
    match contract:
        case {"type": "layers", "layers": [*layers]}:
            split = [str(layer).split(" | ") for layer in layers]
            upward = [
                (low, high) for highs, lows in pairwise(split) for low in lows for high in highs
            ]
            sideways = [(a, b) for layer in split for a in layer for b in layer if a != b]
            return upward + sideways
        case {"type": "independence", "modules": [*modules]}:
            return [(str(a), str(b)) for a in modules for b in modules if a != b]
        case {"type": "forbidden", "source_modules": [*sources], "forbidden_modules": [*targets]}:
            return [(str(source), str(target)) for source in sources for target in targets]
    raise AssertionError(f"a kind of contract that this test does not know: {contract}")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


@pytest.fixture
def plant(copy: Path) -> Iterator["Plant"]:
    planted = Plant(copy)
    yield planted
    planted.uproot()


class Plant:
    """Modules that are put into a copy of the packages and taken out again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []

    def module_importing(self, target: str, importer: str) -> str:
        """Add a module that imports the target to the importer's package; returns its name."""
        package = self._folder.joinpath(*importer.split("."))
        if not package.is_dir():  # the layer is one module: its last line does the import
            module = package.with_suffix(".py")
            self._files.append(module)
            with module.open("a", encoding="utf-8") as file:
                file.write(f"\nimport {target}\n")
            return importer
        name = f"planted_{len(self._files)}"
        path = package / f"{name}.py"
        path.write_text(f"import {target}\n", encoding="utf-8")
        self._files.append(path)
        return f"{importer}.{name}"

    def uproot(self) -> None:
        for path in self._files:
            original = ROOT / path.relative_to(self._folder)
            if original.exists():
                shutil.copy(original, path)
            else:
                path.unlink()


def lint(folder: Path) -> tuple[int, str]:
    """The exit code and the report of lint-imports, run in this folder."""
    program = Path(sys.executable).parent / "lint-imports"
    # The report is cut at the width of the terminal.
    environment = os.environ | {"COLUMNS": "400", "NO_COLOR": "1"}
    done = subprocess.run([program], cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_packages_keep_every_contract(copy: Path) -> None:
    code, report = lint(copy)
    assert code == 0, report
    assert f"{len(CONTRACTS)} kept, 0 broken" in report


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract["name"]))
def test_a_planted_violation_breaks_its_contract(
    contract: Contract, copy: Path, plant: Plant
) -> None:
    imports = forbidden_imports(contract)
    assert imports
    planted = [(plant.module_importing(target, importer), target) for importer, target in imports]

    code, report = lint(copy)

    assert code != 0
    assert f"{contract['name']} BROKEN" in report
    unseen = [
        f"{module} -> {target}"
        for module, target in planted
        if f"{module} -> {target} (" not in report
    ]
    assert unseen == [], report


def qt_modules(source: str) -> set[str]:
    """The modules of PySide6 that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("PySide6")}
        elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
            found |= {f"PySide6.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6."):
            found.add(str(node.module))
    return found


def test_view_models_know_no_qt_but_the_core() -> None:
    modules = list((ROOT / "spark_desktop" / "viewmodels").rglob("*.py"))
    assert len(modules) > 5
    imported = {path.name: qt_modules(path.read_text(encoding="utf-8")) for path in modules}
    allowed = {"PySide6.QtCore"}
    assert {name: qt for name, qt in imported.items() if not qt <= allowed} == {}


@pytest.mark.parametrize(
    "line",
    ["import PySide6.QtGui", "from PySide6 import QtGui", "from PySide6.QtGui import QColor"],
)
def test_every_way_to_import_a_qt_module_is_seen(line: str) -> None:
    assert qt_modules(f"def later():\n    {line}\n") == {"PySide6.QtGui"}


def packages(source: str) -> set[str]:
    """The top packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_domain_is_the_standard_library_and_one_diff() -> None:
    modules = list((ROOT / "spark_desktop" / "domain").rglob("*.py"))
    assert len(modules) > 50
    foreign = {
        path.name: packages(path.read_text(encoding="utf-8"))
        - sys.stdlib_module_names
        - {"spark_desktop"}
        for path in modules
    }
    assert {name: found for name, found in foreign.items() if found} == {
        "line_changes.py": {"pygit2"}
    }
