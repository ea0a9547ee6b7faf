import json
import shutil
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from inference_core.machine import build_plan
from inference_core.machine.active_engine import active_engine
from inference_core.machine.build_plan import BuildPlan
from inference_core.machine.compilation import complaint
from inference_core.machine.errors import (
    BuildError,
    BuildFolderError,
    BuildStepError,
    SelfCheckError,
    SourceArchiveError,
)
from inference_core.machine.hardware import Hardware
from inference_core.machine.native_build import Listener, NativeBuild
from inference_core.machine.self_check import Checked
from inference_core.machine.toolchain import Toolchain
from tests.core.machine.conftest import VERSION

HERE = Hardware("CPU", ("AVX2",), 2, 2, 2, 1 << 34)
CHECKED = Checked(1.5, 1.25, 1.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "engines"


@pytest.fixture
def plan(tmp_path, folder, archive, make_cmake) -> BuildPlan:
    return BuildPlan(
        version=VERSION,
        folder=folder,
        toolchain=Toolchain(make_cmake(), "c++"),
        jobs=2,
        features=("AVX512",),
        model=tmp_path / "small.gguf",
        source=archive,
    )


def build(plan, check=lambda library, model: CHECKED, listener=None, **more):
    return NativeBuild(plan, HERE, check, listener or Listener(), **more).run()


def nothing_is_left(folder: Path) -> bool:
    """Whether no engine is active and nothing but the log and the lock are there."""
    active = active_engine(folder, VERSION, HERE.cpu_fingerprint)
    return active is None and not any(path.is_dir() for path in folder.iterdir())


def test_what_was_built_and_checked_is_in_use(plan, folder):
    asked = []

    def check(library, model):
        asked.append((library.name, library.read_bytes(), model))
        return CHECKED

    built, library = build(plan, check)
    active = active_engine(folder, VERSION, HERE.cpu_fingerprint)
    assert active is not None
    assert (active.built, active.library) == (built, library)
    assert asked == [(library.name, b"library", plan.model)]
    assert (built.prefill_gain, built.decode_gain) == (1.5, 1.25)
    assert (library.parent / "LICENSE").read_bytes() == b"MIT"
    assert not (folder / "building").exists()


def test_steps_and_percents_are_told(plan):
    steps, percents = [], []
    build(plan, listener=Listener(steps.append, percents.append))
    assert percents == [50, 100]
    assert steps[0] == "Reading the source"
    assert steps[-1].startswith("Checking")


def test_without_an_archive_the_source_is_fetched(plan, archive):
    def fetch(version, scratch):
        scratch.mkdir()
        return Path(shutil.copy(archive, scratch))

    asked = []
    build(
        replace(plan, source=None, version=f"{VERSION}+cu1"),
        fetch=lambda version, scratch: (asked.append(version), fetch(version, scratch))[1],
    )
    assert asked == [VERSION]


def test_a_source_that_cannot_be_fetched_leaves_nothing(plan, folder):
    def fetch(version, scratch):
        raise SourceArchiveError("hashes differ")

    with pytest.raises(SourceArchiveError, match="hashes differ"):
        build(replace(plan, source=None), fetch=fetch)
    assert nothing_is_left(folder)


@pytest.mark.parametrize(
    ("configure", "compile", "step", "reason"),
    [
        ("print('CMake Error: no CXX compiler'); sys.exit(1)", "pass", "configured", "no CXX"),
        ("pass", "print('a.cpp:1: error: bad'); sys.exit(2)", "compiled", "a.cpp:1: error: bad"),
        ("pass", "sys.exit(2)", "compiled", "exit code 2"),
    ],
)
def test_a_step_that_fails_is_named_with_its_complaint_and_log(
    plan, folder, make_cmake, configure, compile, step, reason
):
    broken = replace(plan, toolchain=Toolchain(make_cmake(configure, compile), "c++"))
    with pytest.raises(BuildStepError, match=reason) as caught:
        build(broken)
    assert step in caught.value.message
    assert "Configuring" in caught.value.log.read_text()
    assert nothing_is_left(folder)


def test_a_cmake_that_does_not_start_is_a_failed_step(plan, folder, tmp_path):
    with pytest.raises(BuildStepError, match="configured"):
        build(replace(plan, toolchain=Toolchain(tmp_path / "none", "c++")))
    assert nothing_is_left(folder)


def test_a_disk_that_fills_while_compiling_is_said(plan, folder, make_cmake):
    full = make_cmake(compile="print('fatal: No space left on device'); sys.exit(1)")
    with pytest.raises(BuildFolderError, match="the disk is full") as caught:
        build(replace(plan, toolchain=Toolchain(full, "c++")))
    assert "SPARK_DATA_DIR" in caught.value.next_step
    assert nothing_is_left(folder)


def test_a_disk_with_too_little_room_is_refused_before_anything_is_fetched(
    plan, folder, monkeypatch
):
    monkeypatch.setattr(build_plan, "WORKING_BYTES", 1 << 60)
    with pytest.raises(BuildFolderError, match="are free"):
        build(plan)
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_named(plan, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    with pytest.raises(BuildFolderError, match="cannot be used"):
        build(replace(plan, folder=blocked))


def test_a_build_without_a_library_is_an_error(plan, folder, make_cmake):
    empty = make_cmake(compile="sys.exit(0)")
    with pytest.raises(BuildError, match="made no"):
        build(replace(plan, toolchain=Toolchain(empty, "c++")))
    assert nothing_is_left(folder)


def test_an_engine_that_fails_its_check_is_removed(plan, folder):
    def check(library, model):
        raise SelfCheckError("it agrees on 3%")

    with pytest.raises(SelfCheckError, match="agrees on 3%"):
        build(plan, check)
    assert nothing_is_left(folder)


def test_a_failed_build_leaves_the_one_before_in_use(plan, folder, make_cmake):
    _, library = build(plan)
    with pytest.raises(BuildStepError):
        build(replace(plan, toolchain=Toolchain(make_cmake(compile="sys.exit(1)"), "c++")))
    active = active_engine(folder, VERSION, HERE.cpu_fingerprint)
    assert active is not None
    assert active.library == library


def test_an_interrupted_build_ends_its_programs_and_leaves_nothing(plan, folder, make_cmake):
    waits = replace(
        plan,
        toolchain=Toolchain(
            make_cmake(compile="import threading; threading.Event().wait()"), "c++"
        ),
    )

    def interrupt(percent):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(waits, listener=Listener(percent=interrupt))
    assert nothing_is_left(folder)
    assert not psutil.Process().children(recursive=True)


def test_what_a_killed_build_left_is_removed_by_the_next(plan, folder):
    left = folder / "building" / "objects"
    left.mkdir(parents=True)
    build(plan)
    assert not left.exists()


def test_two_builds_at_once_are_refused(plan, folder):
    folder.mkdir(parents=True)
    with FileLock(folder / "build.lock"), pytest.raises(BuildError, match="Another process"):
        build(plan)


def test_the_description_of_the_build_is_kept_beside_it(plan):
    built, library = build(plan)
    kept = json.loads((library.parent / "build.json").read_text())
    assert kept["source_sha256"] == built.source_sha256
    assert len(built.source_sha256) == 64


def test_the_plan_says_what_it_needs(plan):
    text = "\n".join(plan.lines())
    for word in (VERSION, "AVX512", "MB", "minutes", "small.gguf", str(plan.folder)):
        assert word in text
    assert "fetched by pip" in "\n".join(replace(plan, source=None).lines())


@pytest.mark.parametrize(
    ("lines", "text"),
    [(["ok", "x: error: y", "make: Error 2"], "x: error: y"), (["terror"], "exit code 4")],
)
def test_the_first_error_is_the_complaint(lines, text):
    assert complaint(lines, 4) == text
