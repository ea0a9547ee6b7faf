"""The bench as a whole, on small real projects: programs, tools, caches, the user's commands."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.project_commands import LocalCommands
from spark_desktop.adapters.project_facts import ProjectFacts
from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.adapters.shadow_commands import ShadowCommands
from spark_desktop.adapters.tool_folders import ToolFolders, python_homes
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.project_checks import NotRun, Ran, command_of
from spark_desktop.domain.sandboxing import Job, Limits
from spark_desktop.services.shadow_checks import Budget, Consent, ShadowChecks, run_command

STATE = Bubblewrap().state()
shut_in = pytest.mark.skipif(not STATE.works, reason=f"there is no sandbox here: {STATE.reason}")
posix = pytest.mark.skipif(sys.platform == "win32", reason="programs are found otherwise there")
SHOP = '''def add(a, b):
    """Add.

    >>> add(1, 2)
    3
    """
    raise NotImplementedError
'''
TESTS = """import unittest
from shop import add

class T(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(2, 2), 4)
"""


def bench_of(root: Path, **more) -> LocalWorkbench:
    """Return a bench for a project, whose home is beside it."""
    home = root.parent / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    environment = {"HOME": str(home), "PATH": path, **more}
    return LocalWorkbench(root, root.parent / "cache", Bubblewrap(), environment)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP)
    (folder / "test_shop.py").write_text(TESTS)
    return folder


def program(place: Path, text: str = "#!/bin/sh\n") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)
    return place


@shut_in
async def test_a_shadow_that_was_made_ready_follows_what_was_saved_since(root):
    bench = bench_of(root)
    await bench.prepare("shop.py")
    (shadow,) = (root.parent / "cache").glob("checks/*-*/shadow")
    assert (shadow / "shop.py").read_text() == SHOP
    (root / "shop.py").write_text("A = 1\n")
    outcome = await bench.run(Job(("cat", "shop.py"), {}, Limits(seconds=30)))
    assert outcome == Ran(0, "A = 1\n")
    await bench.close()


@shut_in
async def test_a_stub_is_proven_by_its_examples_and_tests_and_a_wrong_answer_is_reported(root):
    bench = bench_of(root)
    facts = ProjectFacts(root, IgnoreRules(root), bench)

    async def paired(path: str):
        return await asyncio.to_thread(facts.tests_of, path)

    checks = ShadowChecks(bench, facts, paired, Consent(lambda: True), lambda: Budget(30, 90))
    good = SHOP.replace("raise NotImplementedError", "return a + b")
    found = await checks.evidence("shop.py", SHOP, good)
    assert [(one.name, one.passed, one.proves) for one in found] == [
        ("python", True, False),
        ("doctest", True, True),
        ("unittest", True, True),
    ]
    wrong = SHOP.replace("raise NotImplementedError", "return a - b")
    found = await checks.evidence("shop.py", SHOP, wrong)
    assert [(one.name, one.passed) for one in found] == [("python", True), ("doctest", False)]
    assert 'File "shop.py", line 4' in found[-1].report
    assert str(root) not in found[-1].report
    assert (root / "shop.py").read_text() == SHOP
    await bench.close()
    assert [one.name for one in (root.parent / "cache" / "checks").iterdir()] == ["kept"]


@pytest.mark.skipif(sys.platform == "win32", reason="runs sleep")
async def test_the_wait_for_another_program_is_none_of_its_seconds(root):
    bench = bench_of(root)
    job = Job(("sleep", "0.3"), {}, Limits(seconds=30))
    begin = time.monotonic()
    found = await asyncio.gather(*(bench.run(job, open_allowed=True) for _ in range(2)))
    whole = time.monotonic() - begin
    assert all(one.seconds >= 0.3 for one in found)
    assert sum(one.seconds for one in found) <= whole
    await bench.close()


@shut_in
async def test_a_command_that_the_user_typed_sees_the_texts_and_runs_in_the_project(root):
    bench = bench_of(root)
    words = [sys.executable, "-c", "import os; print(os.listdir('.')); import shop; print(shop.x)"]
    outcome = await run_command(bench, words, {"shop.py": "x = 5\n", "test_shop.py": None}, 20.0)
    assert outcome == Ran(0, "['shop.py']\n5\n")


@shut_in
async def test_a_large_file_can_be_read_and_not_written(root):
    (root / "data").mkdir()
    (root / "data" / "big.bin").write_bytes(b"x" * 6_000_000)
    bench = bench_of(root)
    read = "import os; print(os.path.getsize('data/big.bin')); open('data/big.bin', 'ab')"
    for _ in range(2):
        outcome = await bench.run(Job((sys.executable, "-c", read), {}, Limits(seconds=30)))
        assert isinstance(outcome, Ran)
        assert "6000000\n" in outcome.output
        assert "Read-only file system" in outcome.output
    assert (root / "data" / "big.bin").stat().st_size == 6_000_000
    await bench.close()


@posix
async def test_what_a_failed_command_missed_is_told(root):
    (root / ".gitignore").write_text("made.txt\n")
    (root / "made.txt").write_text("m\n")
    bench = bench_of(root)
    open_it = f"open({str(root)!r} + '/made.txt')" if STATE.works else "open('made.txt')"
    for code, lacks in ((open_it, ("made.txt",)), ("open('none.txt')", ())):
        job = Job((sys.executable, "-c", code), {}, Limits(seconds=30))
        outcome = await bench.run(job, open_allowed=True)
        assert isinstance(outcome, Ran)
        assert (outcome.code, outcome.lacks) == (1, lacks)
    await bench.close()


@shut_in
async def test_commands_of_the_settings_run_on_the_file_itself_with_consent_and_as_ever_without(
    root,
):
    code = "import os, sys; print(sys.argv[1:], open(sys.argv[1]).read(), os.path.exists('/etc'))"
    command = command_of(f'"{sys.executable}" -c "{code}" {{file}} {{path}}')
    allowed = [True, False]
    commands = ShadowCommands(bench_of(root), LocalCommands(root), Consent(lambda: allowed.pop(0)))
    outcomes = [await commands.run(command, "shop.py", "new\n", 20.0) for _ in range(2)]
    assert outcomes[0] == Ran(0, "['shop.py', 'shop.py'] new\n True\n")
    assert isinstance(outcomes[1], Ran)
    assert "new\n" in outcomes[1].output
    reader = command_of(f'"{sys.executable}" -c "import sys; print(sys.stdin.read())"')
    allowed += [True]
    assert await commands.run(reader, "shop.py", "new", 20.0) == Ran(0, "new\n")


@posix
def test_the_projects_own_tools_come_before_those_of_the_system(root, tmp_path):
    bench = bench_of(root)
    assert bench.program("sh") in ("/bin/sh", "/usr/bin/sh")
    assert bench.program("there-is-none") is None
    inner = program(root / "web" / "node_modules" / ".bin" / "tsc")
    outer = program(root / "node_modules" / ".bin" / "tsc")
    own = program(root / ".venv" / "bin" / "sh")
    assert bench.program("tsc", "web/src") == str(inner)
    assert bench.program("tsc", "lib") == str(outer)
    assert bench.program("sh") == str(own)


@posix
def test_a_shim_of_pyenv_is_passed_by(root, tmp_path):
    pyenv = tmp_path / "home" / ".pyenv"
    shim = program(pyenv / "shims" / "tool")
    bench = bench_of(root, PATH=str(shim.parent), PYENV_ROOT=str(pyenv))
    assert bench.program("tool") is None
    real = program(pyenv / "versions" / "3.12.1" / "bin" / "tool")
    (pyenv / "version").write_text("3.12.1\n")
    assert bench.program("tool") == str(real)
    (root / ".python-version").write_text("3.9.9\n")
    assert bench.program("tool") is None


@posix
def test_tools_in_the_home_may_be_read_and_keys_and_the_home_itself_may_not(root, tmp_path):
    home = tmp_path / "home"
    for name in (".cargo/bin", ".cargo/registry", ".local/bin", ".ssh", "tools", ".aws/bin"):
        (home / name).mkdir(parents=True)
    (home / ".cargo" / "credentials.toml").write_text("token")
    path = os.pathsep.join(
        str(one) for one in (home / "tools", home, root, root / "bin", tmp_path, home / ".aws/bin")
    )
    found = ToolFolders(root, home, {"PATH": path}).readable()
    names = sorted(one.relative_to(home).as_posix() for one in found)
    assert names == [".cargo/bin", ".cargo/registry", ".local/bin", "tools"]


@posix
def test_an_environment_brings_the_installation_that_it_was_made_of(root, tmp_path):
    python = program(tmp_path / "opt" / "py" / "bin" / "python")
    venv = root / ".venv"
    venv.mkdir()
    (venv / "pyvenv.cfg").write_text(f"home = {python.parent}\nversion = 3.12\n")
    assert python_homes(venv) == (python.parent.parent, python.parent.parent)
    assert python_homes(root) == ()


async def test_what_dead_programs_left_is_removed_and_what_living_ones_use_is_not(root, tmp_path):
    from spark_desktop.adapters.process_identity import own_identity

    place = tmp_path / "cache" / "checks"
    for name, owner in (("1-ab", "999999999 0"), ("2-cd", own_identity())):
        (place / name / "shadow").mkdir(parents=True)
        (place / name / "owner").write_text(owner)
    # The removal of the first was ended in the middle; the other is being made.
    for name in ("3-ef", "4-ab"):
        (place / name / "shadow").mkdir(parents=True)
    os.utime(place / "3-ef", (1, 1))
    (place / "kept" / "old").mkdir(parents=True)
    os.utime(place / "kept" / "old", (1, 1))
    bench = bench_of(root)
    await bench.run(Job((sys.executable, "-c", "1"), {}, Limits()), open_allowed=True)
    names = {one.name for one in place.iterdir()}
    assert {"2-cd", "4-ab", "kept"} < names
    assert names.isdisjoint(("1-ab", "3-ef"))
    assert len(list((place / "kept").iterdir())) == 1
    await bench.close()


@posix
def test_facts_are_told_of_watched_files_only(root, tmp_path):
    (tmp_path / "outside.toml").write_text("x")
    (root / "out.toml").symlink_to(tmp_path / "outside.toml")
    (root / ".env").write_text("K=1")
    (root / "big.txt").write_bytes(b"x" * 300_000)
    facts = ProjectFacts(root, IgnoreRules(root), bench_of(root))
    assert facts.text("shop.py") == SHOP
    assert len(facts.text("big.txt") or "") == 200_000
    assert [facts.text(one) for one in (".env", "out.toml", "none", "../outside.toml")] == [
        None
    ] * 4
    assert (facts.is_file(".env"), facts.is_file("out.toml"), facts.is_file("a\0")) == (
        True,
        False,
        False,
    )
    assert facts.tests_of("shop.py") == ("test_shop.py",)


async def test_a_program_that_cannot_be_started_is_a_note(root):
    outcome = await bench_of(root).run(Job(("a\0b",), {}, Limits()), open_allowed=True)
    assert isinstance(outcome, NotRun)


@posix
async def test_deep_folders_of_one_command_do_not_stop_the_next(root):
    bench = bench_of(root)
    deep = "import os\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')\nprint(1)"
    outcomes = [
        await bench.run(
            Job((sys.executable, "-c", code), {}, Limits(seconds=60)), open_allowed=True
        )
        for code in (deep, "print(2)")
    ]
    assert [one.output.strip() for one in outcomes if isinstance(one, Ran)] == ["1", "2"]
    await bench.close()
    assert [one.name for one in (root.parent / "cache" / "checks").iterdir()] == ["kept"]
