"""What stays in the frozen tree, and what every package is named after."""

import shutil
import subprocess
from pathlib import Path

import pytest
from spark_dist import prune
from spark_dist.closure import foreign_modules, needed, packaged
from spark_dist.facts import DistError, Size, facts_here
from spark_dist.tree import assembled, set_modes

ROOT = Path(__file__).parents[2]


def test_a_library_stays_over_any_number_of_steps() -> None:
    program, near, far, alone = (Path(name) for name in ("app", "libnear", "libfar", "libalone"))
    needs: dict[Path, tuple[str, ...]] = {
        program: ("libnear", "libc.so.6"),
        near: ("libfar",),
        far: ("libnear",),
        alone: ("libfar",),
    }
    assert prune.reachable(needs, [program]) == {program, near, far}


def test_every_library_of_a_name_stays() -> None:
    program, first, second = Path("app"), Path("a/libx"), Path("b/libx")
    assert prune.reachable({program: ("libx",), first: (), second: ()}, [program]) == {
        program,
        first,
        second,
    }


@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf examines the libraries")
def test_only_what_nothing_needs_is_removed(tmp_path: Path) -> None:
    inner = tmp_path / "_internal"
    plugins = inner / "PySide6/Qt/plugins/platforms"
    plugins.mkdir(parents=True)
    interpreter = Path(shutil.which("readelf") or "")
    for place in ("spark", "_internal/libnobody.so.1", "_internal/libgomp.so.1"):
        shutil.copy(interpreter, tmp_path / place)
    (inner / "libnobody-link.so.1").symlink_to("libnobody.so.1")
    for name in ("libqeglfs.so", "libqxcb.so"):
        shutil.copy(interpreter, plugins / name)
    (inner / "data.txt").write_text("stays")
    assert prune.prune(tmp_path) == ("_internal/libnobody.so.1",)
    left = {path.relative_to(inner).as_posix() for path in inner.rglob("*") if not path.is_dir()}
    assert left == {"libgomp.so.1", "data.txt", "PySide6/Qt/plugins/platforms/libqxcb.so"}


def test_where_a_package_was_installed_from_is_not_told(tmp_path: Path) -> None:
    info = tmp_path / "_internal" / "spark_desktop-0.1.0.dist-info"
    info.mkdir(parents=True)
    for name in ("METADATA", "direct_url.json", "RECORD"):
        (info / name).touch()
    prune.prune(tmp_path)
    assert [path.name for path in info.iterdir()] == ["METADATA"]


def test_qts_own_texts_stay_in_the_languages_of_the_app(tmp_path: Path) -> None:
    folder = tmp_path / "_internal/PySide6/Qt/translations"
    folder.mkdir(parents=True)
    for name in ("qtbase_ru.qm", "qtbase_de.qm", "qtbase_en.qm"):
        (folder / name).touch()
    prune.prune(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["qtbase_en.qm", "qtbase_ru.qm"]


def test_a_missing_readelf_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_words: object, **_options: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(DistError, match="binutils"):
        prune.needed_by(tmp_path)


def test_the_app_needs_its_dependencies_and_theirs_but_no_tools() -> None:
    names = set(needed())
    assert {"spark-desktop", "pyside6-essentials", "httpx", "h11", "xllamacpp"} <= names
    assert not {"pytest", "ruff", "pyinstaller", "openai"} & names
    assert set(packaged()) == names - {"hf-xet"}
    modules = foreign_modules()
    assert {"pytest", "hypothesis"} <= set(modules)
    assert not {"spark_desktop", "httpx", "PySide6", "tree_sitter"} & set(modules)


def test_the_facts_are_those_of_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    facts = facts_here(ROOT)
    assert facts.epoch == 1_700_000_000
    assert facts.version.count(".") == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="git keeps the history")
def test_files_that_were_changed_since_the_commit_are_told(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nversion = "1.2.3"\n')
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    (tmp_path / "notes.txt").write_text("of no commit")
    assert len(facts_here(tmp_path).commit) == 40
    project.write_text('[project]\nversion = "1.2.4"\n')
    assert facts_here(tmp_path).commit.endswith("-modified")


def test_without_a_history_the_time_has_to_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    with pytest.raises(DistError, match="SOURCE_DATE_EPOCH"):
        facts_here(tmp_path)


def test_a_full_tree_has_the_model_beside_the_programs(tmp_path: Path) -> None:
    frozen, model = tmp_path / "frozen", tmp_path / "m.gguf"
    frozen.mkdir()
    (frozen / "spark").write_text("program")
    model.write_text("weights")
    full = assembled(frozen, tmp_path / "full", Size.FULL, model)
    slim = assembled(frozen, tmp_path / "slim", Size.SLIM, model)
    assert (full / "models" / "m.gguf").read_text() == "weights"
    assert sorted(path.name for path in slim.iterdir()) == ["spark"]
    with pytest.raises(DistError, match="models pull"):
        assembled(frozen, tmp_path / "none", Size.FULL, None)


def test_only_programs_and_libraries_can_be_executed(tmp_path: Path) -> None:
    program, text = tmp_path / "spark", tmp_path / "LICENSE"
    for path, mode in ((program, 0o700), (text, 0o777)):
        path.touch()
        path.chmod(mode)
    (tmp_path / "link").symlink_to("LICENSE")
    set_modes(tmp_path, [program])
    assert [path.stat().st_mode & 0o777 for path in (program, text)] == [0o755, 0o644]
