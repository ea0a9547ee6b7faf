"""Where there is no sandbox, Python takes the project from the shadow, however it is installed."""

import sys
import venv
from pathlib import Path

import pytest

from spark_desktop.adapters.open_imports import closed_to_us
from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.sandboxing import Job, Limits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments differ there")

FILE = "src/shop/real.py"
TEST = "from shop import real\nassert real.mean([2, 4]) == 3\nprint('passed')\n"
WRONG = "def mean(values):\n    return sum(values)\n"
RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
# As setuptools writes it for a layout that no path can give, in short.
FINDER = """import sys
from importlib.util import spec_from_file_location
MAPPING = {{"shop": {place!r}}}
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, MAPPING[name] + "/__init__.py")
sys.meta_path.append(Finder)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src" / "shop").mkdir(parents=True)
    (folder / "src" / "shop" / "__init__.py").touch()
    (folder / FILE).write_text(WRONG)
    (folder / "t.py").write_text(TEST)
    (folder / ".gitignore").write_text(".venv\n")
    return folder


def environment_in(folder: Path) -> Path:
    """Make an environment of Python; return where its packages are."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    return packages


async def ran(root: Path, text: str, *words: str, **variables: str) -> Outcome:
    """Return what a command gives with ``text`` as the file, where nothing shuts it in."""
    environment = {"HOME": str(root.parent), "PATH": "/usr/bin:/bin", **variables}
    sandbox = Bubblewrap(platform="another")
    bench = LocalWorkbench(root, root.parent / "cache", sandbox, environment)
    try:
        return await bench.run(Job(words, {FILE: text}, Limits(seconds=60)), open_allowed=True)
    finally:
        await bench.close()


async def is_told_apart(root: Path, *words: str, **variables: str) -> bool:
    """Return whether the right text passes and the wrong one fails, whichever is in the folder."""
    codes = []
    for written, proposed in ((WRONG, RIGHT), (RIGHT, WRONG)):
        (root / FILE).write_text(written)
        outcome = await ran(root, proposed, *words, **variables)
        codes.append(outcome.code if isinstance(outcome, Ran) else outcome)
    return codes == [0, 1]


@pytest.mark.parametrize("line", ["{root}/src", "../../../../src", "{link}/src"])
async def test_a_project_that_its_environment_names_as_a_path_is_taken_from_the_copy(root, line):
    (root.parent / "link").symlink_to(root)
    packages = environment_in(root / ".venv")
    (packages / "e.pth").write_text(line.format(root=root, link=root.parent / "link") + "\n")
    assert await is_told_apart(root, ".venv/bin/python", "t.py")
    assert await is_told_apart(root, str(root / ".venv/bin/python"), str(root / "t.py"))


async def test_an_environment_elsewhere_is_no_other(root):
    packages = environment_in(root.parent / "env")
    (packages / "e.pth").write_text(f"{root}/src\n")
    python = str(root.parent / "env" / "bin" / "python")
    assert await is_told_apart(root, "sh", "-c", f"exec {python} t.py")
    assert await is_told_apart(root, python, "-m", "t")


@pytest.mark.parametrize("name", ["__editable___shop_finder", "own_finder"])
async def test_a_finder_is_led_into_the_copy_or_gives_no_result(root, name):
    packages = environment_in(root / ".venv")
    (packages / f"{name}.py").write_text(FINDER.format(place=f"{root}/src/shop"))
    (packages / "e.pth").write_text(f"import {name}\n")
    if name.startswith("__editable__"):
        assert await is_told_apart(root, ".venv/bin/python", "t.py")
        return
    (root / "t.py").write_text(f"try:\n    {TEST.partition(chr(10))[0]}\nexcept ImportError: 0\n")
    outcome = await ran(root, RIGHT, ".venv/bin/python", "t.py")
    assert isinstance(outcome, NotRun)
    assert "src/shop/__init__.py was taken from your folder" in str(outcome.reason)


async def test_packages_of_the_environment_itself_and_its_own_start_are_used(root):
    packages = environment_in(root / ".venv")
    (packages / "dep.py").write_text("D = 5\n")
    (packages / "sitecustomize.py").write_text("import sys\nsys.began = 7\n")
    code = "import sys, dep; print(dep.D, sys.began)"
    assert await ran(root, RIGHT, str(root / ".venv/bin/python"), "-c", code) == Ran(0, "5 7\n")


async def test_a_python_that_reads_no_variables_is_not_run(root):
    outcome = await ran(root, RIGHT, sys.executable, "-B", "-I", "t.py")
    assert isinstance(outcome, NotRun)
    assert "with -I Python would take your files" in str(outcome.reason)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("python3.12", "-bEs", "t.py"), "-bEs"),
        (("/x/python", "t.py", "-I"), None),
        (("python", "-m", "unittest"), None),
        (("python", "-u"), None),
        (("cc", "-I", "x"), None),
    ],
)
def test_only_options_of_python_itself_close_it(words, option):
    assert closed_to_us(words) == option
