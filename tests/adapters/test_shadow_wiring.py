"""A project's checks as they are put together: asked for, allowed, and run beside the user's."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.domain.events import ConsentNeeded, ContextGathered, ProposalChanged
from spark_desktop.domain.project_settings import ProjectSettings
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.settings import Checks, Settings
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.services.bus import Bus
from spark_desktop.shadow_wiring import Shadow
from spark_desktop.wiring import open_project
from tests.index_fakes import KnownCode

STATE = Bubblewrap().state()
shut_in = pytest.mark.skipif(not STATE.works, reason=f"there is no sandbox here: {STATE.reason}")
BEFORE = "def add(a, b):\n    raise NotImplementedError\n"
RIGHT = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return a - b\n"
TESTS = """import unittest
from shop import add

class Adding(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(add(2, 1), 3)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "shop.py").write_text(BEFORE)
    (folder / "test_shop.py").write_text(TESTS)
    return folder


def shadow_of(root: Path) -> tuple[Shadow, list[ConsentNeeded]]:
    bus, asked = Bus(), []
    bus.subscribe(ConsentNeeded, asked.append)
    return Shadow(root, root.parent / "cache", bus), asked


async def test_what_would_run_is_told_once_and_nothing_runs_or_is_copied(root):
    shadow, asked = shadow_of(root)
    for _ in range(2):
        assert await shadow.evidence("shop.py", BEFORE, RIGHT) == ()
    assert [one.commands for one in asked] == [("python", "unittest")]
    assert asked[0].lines[-1].endswith("-m unittest test_shop")
    assert not (root.parent / "cache").exists()


@shut_in
async def test_allowed_checks_prove_what_is_right_and_withhold_what_is_wrong(root):
    shadow, asked = shadow_of(root)
    shadow.allowed = True
    proven = await shadow.evidence("shop.py", BEFORE, RIGHT)
    assert [(one.name, one.passed, one.proves) for one in proven] == [
        ("python", True, False),
        ("unittest", True, True),
    ]
    wrong = (await shadow.evidence("shop.py", BEFORE, WRONG))[-1]
    assert (wrong.passed, wrong.is_advice) == (False, False)
    assert "AssertionError: 1 != 3" in wrong.report
    assert asked == []
    await shadow.bench.close()


@shut_in
async def test_an_index_knows_tests_better_than_names_do_and_of_a_test_only_itself(root):
    (root / "test_shop.py").rename(root / "test_sums.py")
    shadow, _ = shadow_of(root)
    shadow.allowed = True
    assert [one.name for one in await shadow.evidence("shop.py", BEFORE, RIGHT)] == ["python"]
    index = KnownCode()
    index.tests = {"shop.py": ("test_sums.py",), "test_sums.py": ("shop.py",)}
    shadow.index = lambda: index
    assert len(await shadow.evidence("shop.py", BEFORE, RIGHT)) == 2
    index.tests, index.reaching = {}, index.tests
    assert len(await shadow.evidence("shop.py", BEFORE, RIGHT)) == 2
    found = await shadow.evidence("test_sums.py", TESTS, TESTS.replace("(2, 1), 3", "(2, 1), 4"))
    assert [one.name for one in found] == ["python", "unittest"]
    await shadow.bench.close()


@shut_in
async def test_what_a_command_of_the_settings_withholds_is_not_tried_further(root):
    shadow, _ = shadow_of(root)
    shadow.allowed = True
    command = f'"{sys.executable}" -c "import sys; sys.exit(b\'a - b\' in sys.stdin.buffer.read())"'
    shadow.commands.choices = Checks(commands={"*.py": (command,)}, withhold=True)
    found = await shadow.evidence("shop.py", BEFORE, WRONG)
    assert [(one.passed, one.is_advice) for one in found] == [(False, False)]
    assert len(await shadow.evidence("shop.py", BEFORE, RIGHT)) == 3
    await shadow.bench.close()


async def test_the_word_of_the_settings_is_the_projects(root, tmp_path):
    project = await open_project(root, data_dir=tmp_path / "data")
    try:
        assert not project.shadow.allowed
        allowing = ProjectSettings(allow_commands=True)
        project.use(Settings().with_project(root, allowing))
        assert (project.shadow.allowed, project.shadow.without_sandbox) == (True, False)
        project.use(Settings().with_project(root, replace(allowing, without_sandbox=True)))
        assert (project.shadow.allowed, project.shadow.without_sandbox) == (True, True)
        project.use(Settings())
        assert (project.shadow.allowed, project.shadow.without_sandbox) == (False, False)
        assert project.suggester.project == project.shadow.evidence
    finally:
        await project.close()


@shut_in
async def test_while_a_model_writes_the_shadow_is_made_and_tests_run_on_the_text_before(
    root, tmp_path, monkeypatch
):
    monkeypatch.setenv("SPARK_CACHE_DIR", str(tmp_path / "cache"))
    project = await open_project(root, data_dir=tmp_path / "data")
    try:
        project.use(Settings().with_project(root, ProjectSettings(allow_commands=True)))
        ran, run = [], project.shadow.bench.run

        async def noted(job, *, open_allowed=False):
            ran.append((job.words[-1], job.texts["shop.py"]))
            return await run(job, open_allowed=open_allowed)

        project.shadow.bench.run = noted
        trigger = Instruction(await project.files.read("shop.py"), None, "add them")
        project.bus.publish(ProposalChanged(Proposal("1", trigger, Streaming(1))))
        looking = [one for one in asyncio.all_tasks() if one.get_name().endswith("shadow ahead")]
        await asyncio.gather(*looking)
        assert list((tmp_path / "cache").glob("checks/*-*/shadow/shop.py"))
        assert ran == [("test_shop", BEFORE)]
        found = await project.shadow.evidence("shop.py", BEFORE, RIGHT)
        assert found[-1].proves
        assert ran.count(("test_shop", BEFORE)) == 1
    finally:
        await project.close()


async def test_what_joins_a_prompt_is_told(root, tmp_path):
    project = await open_project(root, data_dir=tmp_path / "data")
    told = []
    project.bus.subscribe(ContextGathered, told.append)
    try:
        snapshot = await project.files.read("shop.py")
        trigger = Instruction(snapshot, Span(0, 2), "add")
        assert project.suggester.context is not None
        gathered = await project.suggester.context(trigger, Span(0, 2), 1000, _letters)
        (event,) = told
        assert event.trigger is trigger
        assert [one.title for one in event.gathered.parts] == [one.title for one in gathered.parts]
        assert not any(one.text for one in event.gathered.parts)
    finally:
        await project.close()


async def _letters(text: str) -> int:
    return len(text)
