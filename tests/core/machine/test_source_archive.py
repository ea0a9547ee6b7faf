import hashlib
import tarfile
from pathlib import Path

import pytest

from inference_core.machine import source_archive
from inference_core.machine.errors import SourceArchiveError
from inference_core.machine.source_archive import fetch_source, sha256_of, unpack
from tests.core.machine.conftest import ROOT, SOURCE, VERSION, pack


def test_llama_cpp_is_unpacked_without_what_the_library_does_not_need(archive, tmp_path):
    folder = unpack(archive, VERSION, tmp_path / "source")
    assert (folder / "src" / "llama.cpp").read_bytes() == b"int main;"
    assert sorted(path.name for path in folder.iterdir()) == ["CMakeLists.txt", "LICENSE", "src"]


def test_nothing_is_written_outside_of_the_folder(tmp_path):
    hostile = SOURCE | {f"{ROOT}/../../../evil": b"x", "/evil": b"x", f"{ROOT}/src/../../evil": b""}
    unpack(pack(tmp_path / "a.tar.gz", hostile), VERSION, tmp_path / "deep" / "source")
    assert not list(tmp_path.rglob("evil"))


def test_a_link_is_not_followed(tmp_path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo(f"{ROOT}/CMakeLists.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(SourceArchiveError, match="does not hold the source"):
        unpack(path, VERSION, tmp_path / "source")


def test_another_version_is_refused(archive, tmp_path):
    with pytest.raises(SourceArchiveError, match=r"does not hold the source of xllamacpp 2026\.9"):
        unpack(archive, "2026.9", tmp_path / "source")


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_damaged_archive_is_refused(archive, tmp_path, content):
    damaged = archive.read_bytes()[:200] if content is None else content
    archive.write_bytes(damaged)
    with pytest.raises(SourceArchiveError, match="it is damaged"):
        unpack(archive, VERSION, tmp_path / "source")


def test_an_archive_that_is_far_too_large_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(source_archive, "_MOST_FILES", 2)
    with pytest.raises(SourceArchiveError, match="too large"):
        unpack(archive, VERSION, tmp_path / "source")


def test_the_hash_is_that_of_the_file(archive):
    assert sha256_of(archive) == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_a_source_that_cannot_be_fetched_says_how_to_bring_it(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("sys.frozen", True, raising=False)
    with pytest.raises(SourceArchiveError, match="needs pip") as caught:
        fetch_source(VERSION, tmp_path)
    assert f"xllamacpp=={VERSION}" in caught.value.next_step
    assert "--source" in caught.value.next_step
