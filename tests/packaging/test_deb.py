"""The Debian package of a small tree, looked at with dpkg's own tools."""

import hashlib
import io
import json
import lzma
import os
import shutil
import subprocess
import tarfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from installing import EPOCH, small_build
from spark_dist import deb, needs, xz_pieces
from spark_dist.deb_papers import copyright_text
from spark_dist.facts import Build, DistError
from spark_dist.older import older
from spark_dist.versions import debian_version, rank

OVERRIDES = deb.LINUX / "debian" / "lintian-overrides"
PLACE = "./usr/lib/spark-desktop"
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg is not installed")


def with_licences(build: Build) -> Build:
    folder = build.tree / "licences" / "tiny"
    folder.mkdir(parents=True)
    (folder / "LICENSE.txt").write_text("Copyright (c) 2024 Ada\n\nDo what you like.\n")
    entry = {"name": "tiny", "version": "1.0", "licence": "MIT", "texts": ["tiny/LICENSE.txt"]}
    entry |= {"home": "https://tiny.example", "source": "", "inside": ""}
    weights = {**entry, "name": "Weights", "licence": "Apache-2.0", "inside": "tiny"}
    index = {"format": 1, "components": [entry, weights]}
    (folder.parent / "index.json").write_text(json.dumps(index))
    facts = replace(build.facts, machine="x86_64")
    return replace(build, facts=facts)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (made,) = deb.build(with_licences(small_build(tmp_path_factory.mktemp("deb"), "0.2.0rc1")))
    return made


def _told(*words: str | Path) -> bytes:
    return subprocess.run(["dpkg-deb", *words], capture_output=True, check=True).stdout


def _files(package: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(_told("--fsys-tarfile", package))) as tar:
        return {entry.name.rstrip("/"): entry for entry in tar}


@needs_dpkg
def test_the_control_file_says_what_it_is(package: Path) -> None:
    assert package.name == "spark-desktop_0.2.0rc1_amd64_slim.deb"
    told = _told("--field", package).decode()
    assert "Package: spark-desktop\nVersion: 0.2.0~rc1-1\n" in told
    assert "Depends: libc6 (>= 2.17)\n" in told
    assert "no model inside" in told
    assert "@" not in told.replace("maintainers@", "")


@needs_dpkg
def test_it_has_no_maintainer_scripts(package: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_told("--ctrl-tarfile", package))) as tar:
        assert sorted(tar.getnames()) == [".", "./control", "./md5sums"]


@needs_dpkg
def test_programs_are_links_and_all_belongs_to_root(package: Path) -> None:
    files = _files(package)
    assert files["./usr/bin/spark-core"].linkname == "../lib/spark-desktop/spark-core"
    assert files[f"{PLACE}/spark-core"].mode == 0o755
    assert files[f"{PLACE}/models/tiny.gguf"].mode == 0o644
    assert {(entry.uid, entry.gid) for entry in files.values()} == {(0, 0)}
    assert {entry.mtime for entry in files.values()} == {EPOCH}


@needs_dpkg
def test_its_papers_are_where_debian_looks(package: Path) -> None:
    files = _files(package)
    doc = "./usr/share/doc/spark-desktop"
    for name in (f"{doc}/copyright", f"{doc}/changelog.Debian.gz", f"{doc}/changelog.gz"):
        assert name in files
    assert "./usr/share/man/man1/spark.1.gz" in files
    assert "./usr/share/applications/spark-desktop.desktop" in files


@needs_dpkg
def test_the_sums_are_those_of_its_files(package: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_told("--ctrl-tarfile", package))) as tar:
        told = tar.extractfile("./md5sums")
        assert told is not None
        sums = dict(line.split("  ")[::-1] for line in told.read().decode().splitlines())
    with tarfile.open(fileobj=io.BytesIO(_told("--fsys-tarfile", package))) as tar:
        for entry in tar:
            if entry.isfile():
                data = tar.extractfile(entry)
                assert data is not None
                digest = hashlib.md5(data.read(), usedforsecurity=False).hexdigest()
                assert sums.pop(entry.name.removeprefix("./")) == digest
    assert sums == {}


@needs_dpkg
def test_packing_anew_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    plain, one, two = (tmp_path / name for name in ("plain", "one", "two"))
    root = tmp_path / "root"
    _told("--raw-extract", package, root)
    for out in (one, two):
        for path in root.rglob("*"):
            os.utime(path, follow_symlinks=False)
        deb._set_modes(root, EPOCH)
        deb._dpkg_deb(root, plain, EPOCH)
        deb.compress(plain, out, EPOCH)
    assert one.read_bytes() == two.read_bytes()


@needs_dpkg
def test_an_older_version_for_trials_has_the_same_files(package: Path, tmp_path: Path) -> None:
    trial = older(package, "0.0.1", tmp_path)
    assert _told("--field", trial, "Version").decode() == "0.0.1-1\n"
    assert _files(trial).keys() == _files(package).keys()


def test_what_is_no_plain_package_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.deb"
    other.write_bytes(b"!<arch>\n")
    with pytest.raises(DistError, match="no Debian package of three plain parts"):
        deb.compress(other, tmp_path / "out", EPOCH)


def test_a_machine_without_a_name_in_debian_is_told(tmp_path: Path) -> None:
    build = small_build(tmp_path)
    odd = replace(build, facts=replace(build.facts, machine="pdp11"))
    with pytest.raises(DistError, match="pdp11"):
        deb.build(odd)


def test_the_copyright_file_names_every_component(tmp_path: Path) -> None:
    build = with_licences(small_build(tmp_path))
    (build.tree / "_internal" / "tiny").mkdir()
    text = copyright_text(build.tree, build.facts, "https://home.example")
    assert (
        "Files: usr/lib/spark-desktop/_internal/tiny/*\n usr/lib/spark-desktop/licences/tiny/*\n"
        "Copyright: Copyright (c) 2024 Ada\nLicense: MIT\n"
        " Copyright (c) 2024 Ada\n .\n Do what you like.\nComment: tiny 1.0; https://tiny.example\n"
    ) in text
    assert "License: Apache-2.0\n On Debian systems the text of Apache-2.0 is" in text
    assert "\n\n\n" not in text


def test_a_tree_without_licences_is_no_package(tmp_path: Path) -> None:
    build = small_build(tmp_path)
    with pytest.raises(DistError, match=r"index\.json cannot be read"):
        copyright_text(build.tree, build.facts, "")


def test_every_override_says_why() -> None:
    paragraphs = OVERRIDES.read_text(encoding="utf-8").strip().split("\n\n")
    for paragraph in paragraphs:
        lines = paragraph.splitlines()
        assert lines[0].startswith("# "), paragraph
    rules = [line for line in OVERRIDES.read_text().splitlines() if line and line[0] != "#"]
    for rule in rules:
        words = rule.removeprefix("spark-desktop: ").split()
        assert len(words) > 1, f"{rule} holds for every file: name those that it is for"


@pytest.mark.skipif(shutil.which("readelf") is None, reason="binutils is not installed")
def test_a_library_without_a_package_ends_the_build(tmp_path: Path) -> None:
    shutil.copy("/bin/sh", tmp_path / "program")
    assert needs.depends(tmp_path)[0].startswith("libc6 (>= 2.")
    data = (tmp_path / "program").read_bytes()
    assert data.count(b"libc.so.6") == 1
    (tmp_path / "program").write_bytes(data.replace(b"libc.so.6", b"lib?.so.6"))
    with pytest.raises(DistError, match=r"No Debian package is known for lib\?\.so\.6"):
        needs.depends(tmp_path)


def test_the_first_of_each_alternative_is_named() -> None:
    told = needs.package_names(["libc6 (>= 2.36)", "fonts-dejavu-core | fonts-noto-core"])
    assert told == ["libc6", "fonts-dejavu-core"]


def test_pieces_of_either_kind_are_one_file_of_xz() -> None:
    dense = os.urandom(200_001)
    data = b"compresses well " * 9000 + dense + b"the end"
    begin = data.index(dense)
    pieces = [
        xz_pieces.Piece(0, begin),
        xz_pieces.Piece(begin, len(dense), is_dense=True),
        xz_pieces.Piece(begin + len(dense), 7),
    ]
    out = io.BytesIO()
    xz_pieces.write(io.BytesIO(data), pieces, out)
    assert lzma.decompress(out.getvalue()) == data
    assert len(out.getvalue()) < len(dense) + 1000


def test_a_file_that_ends_early_is_told() -> None:
    with pytest.raises(EOFError, match="5 bytes early"):
        xz_pieces.write(io.BytesIO(b"short"), [xz_pieces.Piece(0, 10, True)], io.BytesIO())


VERSIONS = ("0.1.0.dev1", "0.1.0a1", "0.1.0rc1", "0.1.0", "0.1.0.post1", "0.1.1", "0.10", "1.0")


def test_ranks_sort_as_versions_do() -> None:
    assert [rank(version) for version in VERSIONS] == sorted(map(rank, VERSIONS))


@needs_dpkg
@pytest.mark.parametrize(("older", "newer"), list(pairwise(VERSIONS)))
def test_debian_sorts_them_in_the_same_way(older: str, newer: str) -> None:
    words = ["dpkg", "--compare-versions", debian_version(older), "lt", debian_version(newer)]
    assert subprocess.run(words, check=False).returncode == 0


@pytest.mark.parametrize("version", ["", "one", "1!0.1", "0.1+local", "0.1.2.3"])
def test_a_version_that_no_release_has_is_refused(version: str) -> None:
    with pytest.raises(DistError, match=r"version|parts|numbers"):
        rank(version)
