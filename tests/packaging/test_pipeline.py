"""The driver: every kind that can be built is built, and what cannot be is told."""

import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from spark_dist import build_system, command, compliance, pipeline, tree
from spark_dist.facts import Build, DistError, Facts, Size, checked_out, facts_here

FACTS = Facts("1.2.3", "a" * 40, 1_700_000_000, "x86_64")
BOTH = tuple(Size)


@pytest.fixture(autouse=True)
def small_trees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is frozen, installed or fetched: a tree is one program, a model a few bytes."""

    def freeze(_facts: Facts, work: Path) -> Path:
        (work / "frozen").mkdir(parents=True)
        (work / "frozen" / "spark").write_text("program")
        return work / "frozen"

    model = tmp_path / "model.gguf"
    model.write_text("weights")
    monkeypatch.setattr(tree, "freeze", freeze)
    monkeypatch.setattr(pipeline, "first_model", lambda: model)

    def add(folder: Path, _facts: Facts) -> None:
        (folder / "sbom.cdx.json").write_text("{}")

    monkeypatch.setattr(build_system, "prepare", lambda kinds: {})
    monkeypatch.setattr(compliance, "add", add)


def kind(name: str, build: Callable[[Build], tuple[Path, ...]], to: pytest.MonkeyPatch) -> None:
    module = ModuleType(f"made_up_{name}")
    module.__dict__["build"] = build
    to.setitem(sys.modules, module.__name__, module)
    to.setitem(pipeline.LINUX, name, module.__name__)


def packed(build: Build) -> tuple[Path, ...]:
    names = sorted(path.name for path in build.tree.rglob("*") if path.is_file())
    file = build.dist / f"{build.size.value}.pack"
    file.write_text(" ".join(names))
    return (file,)


def test_each_size_is_made_of_a_tree_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind("run", packed, monkeypatch)
    made = pipeline.make(FACTS, ["run"], BOTH, tmp_path / "dist", tmp_path / "work")
    packs = [file for file in made.files if file.suffix == ".pack"]
    assert {file.name: file.read_text() for file in packs} == {
        "full.pack": "installed-as.toml model.gguf sbom.cdx.json spark",
        "slim.pack": "installed-as.toml sbom.cdx.json spark",
    }
    assert [
        line.split("  ")[1] for line in (tmp_path / "dist/SHA256SUMS").read_text().splitlines()
    ] == [
        "full.pack",
        "slim.pack",
        "spark-desktop-1.2.3-linux-x86_64-full.cdx.json",
        "spark-desktop-1.2.3-linux-x86_64-slim.cdx.json",
    ]


def test_a_kind_that_fails_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_build: Build) -> tuple[Path, ...]:
        raise DistError("There is no icon; draw one.")

    kind("run", refuse, monkeypatch)
    kind("deb", packed, monkeypatch)
    made = pipeline.make(FACTS, ["run", "deb"], BOTH, tmp_path / "dist", tmp_path / "work")
    assert [file.stem for file in made.files if file.suffix == ".pack"] == ["full", "slim"]
    assert made.failures == {"run": "There is no icon; draw one."}


def test_without_a_tree_none_of_its_kinds_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_facts: Facts, _work: Path) -> Path:
        raise DistError("PyInstaller ended with 1")

    monkeypatch.setattr(tree, "freeze", broken)
    made = pipeline.make(FACTS, ["tar", "deb"], BOTH, tmp_path / "dist", tmp_path / "work")
    assert made.failures == dict.fromkeys(("tar", "deb"), "PyInstaller ended with 1")
    assert made.files == []


def test_a_tree_that_may_not_be_passed_on_is_made_into_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path, _facts: Facts) -> None:
        raise DistError("Nobody knows the licence of libodd.so.1")

    monkeypatch.setattr(compliance, "add", refuse)
    made = pipeline.make(FACTS, ["tar", "run"], BOTH, tmp_path / "dist", tmp_path / "work")
    assert made.files == []
    assert set(made.failures.values()) == {"Nobody knows the licence of libodd.so.1"}


def test_what_was_not_built_is_told_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "Packages are missing; type: sudo apt-get install nsis"
    monkeypatch.setattr(build_system, "prepare", lambda kinds: {"windows": missing})
    monkeypatch.setattr(command, "facts_here", lambda: FACTS)
    assert command.main(["windows", "--size", "slim", "--output", str(tmp_path)]) == 1
    assert f"windows was not built: {missing}" in capsys.readouterr().err


def test_each_package_tells_how_it_was_installed(tmp_path: Path) -> None:
    ready = tree.freeze(FACTS, tmp_path)
    built = pipeline.built("tar", "spark_dist.archive", Build(FACTS, ready, Size.SLIM, tmp_path))
    assert [path.name for path in built] == ["spark-desktop-1.2.3-linux-x86_64-slim.tar.gz"]
    assert not (ready / tree.MARKER).exists()
    with tarfile.open(built[0]) as opened:
        marker = opened.extractfile(f"spark-desktop-1.2.3/{tree.MARKER}")
        assert marker is not None
        assert b'format = "tar"\nsize = "slim"\n' in marker.read()


def committed(folder: Path, text: str) -> None:
    """Commit a project with this text beside it."""
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (folder / "note").write_text(text)
    author = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for words in (("init", "-q"), ("add", "."), (*author, "commit", "-qm", text)):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def test_two_builds_in_two_places_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(tmp_path, "first")
    monkeypatch.setattr(command, "facts_here", lambda: facts_here(tmp_path))
    assert command.main(["reproducible", "tar"]) == 0
    assert "5 of 5 files have the same bytes in both" in capsys.readouterr().out


def test_what_differs_between_two_places_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(tmp_path, "first")
    monkeypatch.setattr(command, "facts_here", lambda: facts_here(tmp_path))

    def placed(build: Build) -> tuple[Path, ...]:
        file = build.dist / "place"
        file.write_text(str(build.tree))
        (build.tree / "place").write_text(str(build.tree))
        return (file,)

    kind("run", placed, monkeypatch)
    assert command.main(["reproducible", "run", "--size", "slim"]) == 1
    told = capsys.readouterr().out
    assert "differs: place\n" in told
    assert "differs inside of the tree linux-slim: place\n" in told


def test_the_same_commit_is_built_although_there_is_a_newer_one(tmp_path: Path) -> None:
    committed(tmp_path, "first")
    facts = facts_here(tmp_path)
    committed(tmp_path, "second")
    there = checked_out(facts, tmp_path / "source")
    assert there.commit == facts.commit
    assert (tmp_path / "source" / "note").read_text() == "first"


def test_without_a_repository_nothing_is_checked_out(tmp_path: Path) -> None:
    with pytest.raises(DistError, match="cannot be checked out"):
        checked_out(Facts("1.2.3", "", 0, "x86_64", tmp_path / "nothing"), tmp_path / "source")


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["floppy"])
    assert "floppy" in capsys.readouterr().err


def test_other_systems_are_sent_to_their_description(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert command.main(["tar"]) == 1
    assert "packaging/README.md" in capsys.readouterr().err


def test_without_a_history_nothing_is_built(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert command.main(["tar"]) == 1
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


def test_a_model_that_cannot_be_had_is_an_error_with_its_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> Path:
        raise DistError("No internet; type: spark-core models pull")

    monkeypatch.setattr(pipeline, "first_model", none)
    with pytest.raises(DistError, match="models pull"):
        pipeline.make(FACTS, ["tar"], BOTH, tmp_path / "dist", tmp_path / "work")
