"""No folder of the machine that builds is searched for libraries on the user's."""

import shutil
import subprocess
from pathlib import Path

import pytest
from spark_dist import search_paths
from spark_dist.facts import DistError

needs_patchelf = pytest.mark.skipif(
    shutil.which("patchelf") is None, reason="patchelf changes the libraries"
)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A program with room for search paths, which is examined like a library."""
    path = tmp_path / "library"
    shutil.copy(shutil.which("patchelf") or "", path)
    return path


def paths_of(library: Path, *given: str) -> str:
    if given:
        subprocess.run(["patchelf", "--set-rpath", ":".join(given), str(library)], check=True)
        search_paths.remove_foreign_paths([library])
    told = subprocess.run(
        ["patchelf", "--print-rpath", str(library)], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


@needs_patchelf
@pytest.mark.parametrize(
    ("given", "left"),
    [
        (("/home/builder/python/lib",), ""),
        (("$ORIGIN/../lib", "/home/builder/python/lib"), "$ORIGIN/../lib"),
        (("$ORIGIN", "$ORIGIN/Qt/lib"), "$ORIGIN:$ORIGIN/Qt/lib"),
    ],
)
def test_only_paths_from_the_file_itself_stay(
    library: Path, given: tuple[str, ...], left: str
) -> None:
    assert paths_of(library, *given) == left
    assert b"/home/builder" not in library.read_bytes()


@needs_patchelf
def test_a_file_without_search_paths_keeps_its_bytes(library: Path) -> None:
    before = library.read_bytes()
    assert search_paths.remove_foreign_paths([library]) == ()
    assert library.read_bytes() == before


@needs_patchelf
def test_what_is_no_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(DistError, match="notes"):
        search_paths.remove_foreign_paths([tmp_path / "notes.txt"])


def test_a_missing_patchelf_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DistError, match="install the package patchelf"):
        search_paths.remove_foreign_paths([tmp_path])
