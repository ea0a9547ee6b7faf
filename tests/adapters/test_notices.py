"""Licences of what is installed, and of what a packaged Spark lists; facts about this build."""

from importlib import metadata
from pathlib import Path

import pytest

from spark_desktop.adapters import build_facts as facts
from spark_desktop.adapters.notices import (
    INDEX,
    Extra,
    bundled_components,
    installed_components,
    needed,
    version_of,
    written_index,
)
from spark_desktop.domain.errors import NoticesError
from spark_desktop.domain.notices import Component
from spark_desktop.services.about import AboutService


def installed(base: Path, name: str, *lines: str, files: tuple[str, ...] = ()) -> None:
    folder = base / f"{name.replace('-', '_')}-1.0.dist-info"
    folder.mkdir(parents=True)
    head = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]
    (folder / "METADATA").write_text("\n".join(head) + "\n", encoding="utf-8")
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(f"text of {name}", encoding="utf-8")


def found(base: Path, name: str) -> metadata.Distribution:
    return next(iter(metadata.distributions(name=name, path=[str(base)])))


def test_all_that_is_installed_here_has_a_licence_and_its_text() -> None:
    components = installed_components()
    names = {one.name for one in components}
    assert {"Qt", "llama.cpp", "libgit2", "httpx", "PySide6_Essentials"} <= names
    assert "spark-desktop" not in names
    assert [one.name for one in components if not one.licence or not one.texts] == []
    assert all(text.is_file() for one in components for text in one.texts)


def test_what_spark_needs_is_followed_through_the_needs_of_that() -> None:
    names = set(needed())
    # httpx needs httpcore, which needs h11; tools of development are needed by nothing.
    assert {"spark-desktop", "httpx", "httpcore", "h11"} <= names
    assert not names & {"pytest", "ruff", "mypy"}


def test_what_is_not_installed_is_passed_over() -> None:
    assert needed("no-such-package-anywhere") == {}


def test_texts_are_found_without_a_list_of_files(tmp_path: Path) -> None:
    installed(tmp_path, "Odd.Name", "License-Expression: MIT", files=("licenses/LICENSE",))
    (tmp_path / "Odd.Name-1.0.dist-info").rename(tmp_path / "odd_name-1.0.dist-info")
    component = Extra.load().component(found(tmp_path, "odd-name"))
    assert component.licence == "MIT"
    assert [text.read_text() for text in component.texts] == ["text of Odd.Name"]


@pytest.mark.parametrize(
    ("lines", "home"),
    [
        (("Home-page: https://a.example",), "https://a.example"),
        (
            ("Project-URL: Changelog, https://b.example", "Project-URL: Source, https://c.example"),
            "https://c.example",
        ),
        (("Project-URL: Odd, https://d.example",), "https://d.example"),
        ((), ""),
    ],
)
def test_the_home_page_is_the_best_address_told(
    tmp_path: Path, lines: tuple[str, ...], home: str
) -> None:
    installed(tmp_path, "one", *lines)
    assert Extra.load().component(found(tmp_path, "one")).home == home


def test_an_index_reads_back_what_was_written(tmp_path: Path) -> None:
    text = tmp_path / "Qt" / "LGPL.txt"
    text.parent.mkdir()
    text.write_text("use it", encoding="utf-8")
    known = (
        Component("Qt", "6", "LGPL-3.0-only", "https://qt.io", "https://src", "pyside6", (text,)),
    )
    (tmp_path / INDEX).write_text(written_index(tmp_path, known), encoding="utf-8")
    assert bundled_components(tmp_path) == known


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2, "components": []}', '{"format": 1, "components": 3}']
)
def test_a_damaged_index_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / INDEX).write_text(content, encoding="utf-8")
    with pytest.raises(NoticesError, match=r"cannot be read.*Install Spark Desktop again"):
        bundled_components(tmp_path)


def test_a_missing_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoticesError, match="cannot be read"):
        bundled_components(tmp_path)


class Beside:
    """A packaged Spark: what lies in ``folder`` lies beside its programs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *parts: str) -> Path | None:
        path = self._folder.joinpath(*parts)
        return path if path.exists() else None


def test_a_packaged_spark_reads_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "licences").mkdir()
    index = written_index(tmp_path / "licences", (Component("Qt", "6", "LGPL-3.0-only"),))
    (tmp_path / "licences" / INDEX).write_text(index, encoding="utf-8")
    (tmp_path / "sbom.cdx.json").write_text("{}", encoding="utf-8")
    (tmp_path / "installed-as.toml").write_text(f'commit = "{"ab" * 20}"\n', encoding="utf-8")
    told = facts.build_facts(Beside(tmp_path))
    assert told.commit == "ab" * 6
    assert told.bill == tmp_path / "sbom.cdx.json"
    assert told.notices == tmp_path / "licences"
    assert [one.name for one in facts.components(Beside(tmp_path))] == ["Spark Desktop", "Qt"]


def test_a_package_of_changed_files_says_so(tmp_path: Path) -> None:
    text = f'commit = "{"ab" * 20}-modified"\n'
    (tmp_path / "installed-as.toml").write_text(text, encoding="utf-8")
    assert facts.build_facts(Beside(tmp_path)).commit == "ab" * 6 + "-modified"


def test_a_packaged_spark_with_a_damaged_marker_knows_no_commit(tmp_path: Path) -> None:
    (tmp_path / "installed-as.toml").write_text("commit = [", encoding="utf-8")
    assert facts.build_facts(Beside(tmp_path)).commit == ""


def test_a_checkout_lists_itself_first_with_the_text_of_its_licence(tmp_path: Path) -> None:
    own = facts.components(Beside(tmp_path))[0]
    assert (own.name, own.version) == ("Spark Desktop", version_of("spark-desktop"))
    assert "Apache License" in own.texts[0].read_text(encoding="utf-8")
    told = facts.build_facts(Beside(tmp_path))
    assert told.version == own.version
    assert told.engine.startswith("llama.cpp b")


def test_a_commit_is_read_from_the_branch_from_packed_refs_or_as_it_is(tmp_path: Path) -> None:
    git, commit = tmp_path / ".git", "0123456789abcdef" * 2
    git.mkdir()
    assert facts._checked_out(git) == ""
    (git / "HEAD").write_text(commit, encoding="utf-8")
    assert facts._checked_out(git) == commit
    (git / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    assert facts._checked_out(git) == ""
    (git / "packed-refs").write_text(f"# pack\n{commit} refs/heads/main\n", encoding="utf-8")
    assert facts._checked_out(git) == commit
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "refs" / "heads" / "main").write_text("feed\n", encoding="utf-8")
    assert facts._checked_out(git) == "feed"


async def test_texts_are_read_one_after_the_other(tmp_path: Path) -> None:
    texts = (tmp_path / "a", tmp_path / "b")
    for text in texts:
        text.write_bytes(f"text {text.name}\r\n\xe9".encode("latin-1"))
    service = AboutService(facts.build_facts, lambda: (), lambda: "small")
    read = await service.text(Component("x", "1", "MIT", texts=texts))
    assert read.startswith("text a\n\ufffd\n\n---")
    assert "text b" in read
    assert await service.text(Component("x", "1", "MIT")) == ""
    assert service.model == "small"
    assert await service.components() == ()


async def test_a_text_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    service = AboutService(facts.build_facts, lambda: (), lambda: "")
    with pytest.raises(NoticesError, match="gone cannot be read"):
        await service.text(Component("x", "1", "MIT", texts=(tmp_path / "gone",)))
