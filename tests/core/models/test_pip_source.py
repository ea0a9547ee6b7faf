"""Source archives through the real pip: fetched and verified, never set up."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from inference_core.models.errors import SourceFailedError
from inference_core.models.sources.pip_download import PipDownload
from tests.core.models.conftest import Site


def _archive(ran: Path) -> bytes:
    """A source distribution whose set-up tells that it ran."""
    setup = f"import pathlib; pathlib.Path({str(ran)!r}).touch()".encode()
    files = {"tiny-1.0/setup.py": setup, "tiny-1.0/PKG-INFO": b"Name: tiny\nVersion: 1.0\n"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _publish(site: Site, content: bytes, digest: str) -> None:
    path = "/files/tiny-1.0.tar.gz"
    site.files[path] = content
    page = f'<!DOCTYPE html><a href="{path}#sha256={digest}">tiny-1.0.tar.gz</a>'
    site.files["/simple/tiny/"] = page.encode()


def test_the_archive_is_fetched_and_its_set_up_is_not_run(index: Site, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    content = _archive(ran)
    _publish(index, content, hashlib.sha256(content).hexdigest())
    found = PipDownload(tmp_path / "scratch", lambda done: None).source("tiny==1.0")
    assert found.name == "tiny-1.0.tar.gz"
    assert found.read_bytes() == content
    assert not ran.exists()


def test_an_archive_with_another_hash_than_the_index_says_is_refused(
    index: Site, tmp_path: Path
) -> None:
    _publish(index, _archive(tmp_path / "ran"), hashlib.sha256(b"other").hexdigest())
    with pytest.raises(SourceFailedError, match=r"(?i)hash"):
        PipDownload(tmp_path / "scratch", lambda done: None).source("tiny==1.0")


def test_a_version_that_is_not_there_is_said_in_pips_words(index: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceFailedError, match="none==1"):
        PipDownload(tmp_path / "scratch", lambda done: None).source("none==1.0")
