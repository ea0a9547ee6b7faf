"""Licences and bill of materials of a tree: what is in it, what may be, the same bytes twice."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from spark_dist import compliance, debian_packages, notices, sbom
from spark_dist.allowed import check, is_allowed
from spark_dist.contents import Part, Target, contents, target_of, told_version
from spark_dist.facts import ROOT, Build, DistError, Facts, Size

from spark_desktop.adapters.notices import INDEX, Extra, bundled_components, needed
from spark_desktop.domain.notices import Component

FACTS = Facts("1.2.3", "c0ffee" * 6 + "beef", 1_700_000_000, "x86_64")
QT_WHEEL = "pyside6-essentials"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree for Windows, with packages of its own; its layout is the one of contract and docs."""
    made = tmp_path / "tree"
    packages = made / "python" / "site-packages"
    for file in ("spark-desktop.exe", "python/python313.dll", "engine/llama.dll"):
        (made / file).parent.mkdir(parents=True, exist_ok=True)
        (made / file).write_bytes(b"MZ" + versioned("3.13.2"))
    (made / "python" / "LICENSE.txt").write_text("Python's licence", encoding="utf-8")
    package(packages, "httpx", "0.28.1", "BSD-3-Clause", text="Copyright of httpx")
    package(packages, QT_WHEEL, "6.11.3", "")
    return made


def versioned(version: str) -> bytes:
    return f"ProductVersion\0\0{version}\0\0OriginalFilename".encode("utf-16-le")


def package(base: Path, name: str, version: str, licence: str, text: str = "") -> None:
    folder = base / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"License-Expression: {licence}"] if licence else []
    (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if text:
        (folder / "licenses").mkdir()
        (folder / "licenses" / "LICENSE").write_text(text, encoding="utf-8")


def names_of(parts: tuple[Part, ...]) -> set[str]:
    return {part.component.name for part in parts}


def test_a_tree_tells_its_system_and_its_versions(tree: Path, tmp_path: Path) -> None:
    target = target_of(tree)
    assert target.platform == "win32"
    assert target.path == (str(tree / "python" / "site-packages"),)
    assert target.known_versions == {"python": "3.13.2"}
    assert target_of(tmp_path, "darwin") == Target(tmp_path, "darwin")


def test_a_file_without_a_version_tells_none(tmp_path: Path) -> None:
    (tmp_path / "a.dll").write_bytes(b"MZ")
    assert told_version(tmp_path / "a.dll") == ""


def test_packages_bring_along_what_lies_inside_of_them(tree: Path) -> None:
    parts = contents([QT_WHEEL, "spark-desktop"], target_of(tree))
    names = names_of(parts)
    assert {QT_WHEEL, "Qt", "HarfBuzz", "CPython", "llama.cpp (library for Windows)"} <= names
    # The system's ICU is used there; nobody asked for httpx; there is no boot loader and no model.
    assert not names & {"ICU", "httpx", "PyInstaller's boot loader", "Qwen2.5-Coder-0.5B-Instruct"}
    assert next(p for p in parts if p.component.name == "CPython").component.version == "3.13.2"


def test_a_package_that_is_not_there_is_named(tree: Path) -> None:
    with pytest.raises(DistError, match="package tqdm is not installed"):
        contents(["tqdm"], target_of(tree))


def test_another_version_of_a_package_with_libraries_inside_is_looked_at_first(tree: Path) -> None:
    package(tree / "python" / "site-packages", "xllamacpp", "1999.1", "MIT", "text")
    with pytest.raises(DistError, match=r"xllamacpp 1999\.1 was not looked at"):
        contents(["xllamacpp"], target_of(tree))


def test_a_library_that_nobody_knows_ends_the_build(tree: Path) -> None:
    (tree / "engine" / "strange.dll").write_bytes(b"MZ")
    with pytest.raises(DistError, match=r"Nobody knows the licence of strange\.dll"):
        contents(["httpx"], target_of(tree))


def test_readline_is_known_and_refused() -> None:
    system = Extra.load().table["system"]
    licence = next(one["licence"] for one in system if "libreadline.so*" in one["libraries"])
    assert not is_allowed(licence)


def test_the_list_of_wheels_with_libraries_is_that_of_the_lock() -> None:
    lock, table = sbom.locked() | sbom.pinned(), Extra.load().table
    reviewed = table["reviewed"]
    assert {name: lock[name][0] for name in reviewed} == reviewed
    assert {one["inside"] for one in table["components"] if "inside" in one} == set(reviewed)


def test_every_text_of_the_table_is_there_and_every_licence_allowed() -> None:
    extra = Extra.load()
    folder = ROOT / "resources" / "licences"
    named = {text for one in extra.table["components"] for text in one["texts"]}
    own = {text for text in named if ":" not in text and text != "python"}
    own |= {text for texts in extra.table["texts"].values() for text in texts}
    assert own == {path.name for path in folder.glob("*.txt")}
    check(extra.part(one) for one in extra.table["components"] if one["name"] != "CPython")


def test_what_spark_needs_may_be_shipped() -> None:
    extra = Extra.load()
    check(extra.component(one) for name, one in needed().items())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR AGPL-3.0-only) AND (GPL-2.0-only OR BSD-3-Clause)", True),
        ("GPL-2.0-only", False),
        ("GPL-2.0-only WITH GCC-exception-2.0", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("AGPL-3.0-or-later", False),
        ("Proprietary", False),
    ],
)
def test_of_an_or_one_licence_is_enough_and_of_an_and_all_count(
    expression: str, expected: bool
) -> None:
    assert is_allowed(expression) is expected


@pytest.mark.parametrize(
    ("licence", "has_text", "fault"),
    [
        ("", True, "tells no licence"),
        ("MIT", False, "no text of its licence MIT"),
        ("GPL-3.0-only", True, "not on the list"),
        ("MIT AND", True, "no SPDX expression"),
    ],
)
def test_what_may_not_be_shipped_is_named_with_the_reason(
    licence: str, has_text: bool, fault: str
) -> None:
    texts = (Path("text"),) if has_text else ()
    with pytest.raises(DistError, match=rf"evil 6\.6\.6: .*{fault}"):
        check(
            [
                Component("good", "1", "MIT", texts=(Path("t"),)),
                Component("evil", "6.6.6", licence, texts=texts),
            ]
        )


def test_the_folder_has_every_text_an_index_and_what_the_lgpl_asks_for(tree: Path) -> None:
    folder = tree / "licences"
    listed = notices.write(folder, [QT_WHEEL, "httpx"])
    assert bundled_components(folder) == listed
    assert (folder / "httpx" / "LICENSE.txt").read_text() == "Copyright of httpx"
    overview = (folder / notices.OVERVIEW).read_text(encoding="utf-8")
    for said in ("Qt 6.11.3", "You may replace them", r"python\site-packages\PySide6", "three"):
        assert said in overview
    # The text of the LGPL is kept once, for Qt and for PySide6.
    assert len(list(folder.rglob("LGPL-3.0.txt"))) == 1
    assert "GNU LESSER" in next(folder.rglob("LGPL-3.0.txt")).read_text(encoding="utf-8")
    assert all(text.is_file() for one in listed for text in one.texts)


def test_the_folder_is_the_same_when_it_is_written_again(tree: Path) -> None:
    folder = tree / "licences"

    def written() -> dict[str, bytes]:
        notices.write(folder, [QT_WHEEL, "httpx"])
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    first = written()
    (folder / "left-over.txt").write_text("of an older build", encoding="utf-8")
    assert written() == first
    assert not any(str(tree).encode() in content for content in first.values())


def test_a_package_without_a_licence_leaves_no_folder(tree: Path) -> None:
    package(tree / "python" / "site-packages", "tqdm", "1", "")
    with pytest.raises(DistError, match="tqdm 1: it tells no licence"):
        notices.write(tree / "licences", ["tqdm"])
    assert not (tree / "licences").exists()


def test_a_bill_is_valid_and_the_same_twice_and_lists_everything(tree: Path) -> None:
    first = sbom.write(tree / sbom.FILE, [QT_WHEEL, "httpx"], facts=FACTS)
    assert first == (tree / sbom.FILE).read_text(encoding="utf-8")
    bill = json.loads(first)
    assert (bill["specVersion"], bill["metadata"]["timestamp"]) == (
        "1.6",
        "2023-11-14T22:13:20+00:00",
    )
    parts = contents([QT_WHEEL, "httpx"], target_of(tree))
    assert set(sbom.component_names(first)) == names_of(parts)
    by_name = {one["name"]: one for one in bill["components"]}
    assert by_name["httpx"]["purl"] == "pkg:pypi/httpx@0.28.1"
    files = next(r for r in by_name["httpx"]["externalReferences"] if r["type"] == "distribution")
    assert {one["content"] for one in files["hashes"]} == set(sbom.locked()["httpx"][1])
    assert by_name["Qt"]["licenses"] == [{"expression": "LGPL-3.0-only"}]
    assert by_name["Qt"]["version"] == "6.11.3"
    inside = next(d for d in bill["dependencies"] if d["ref"] == "pyside6-essentials@6.11.3")
    assert "pyside6-essentials/qt@6.11.3" in inside["dependsOn"]
    assert str(tree) not in first


def test_serial_numbers_differ_by_commit_system_and_size(tree: Path) -> None:
    def serial(target: Target, facts: Facts = FACTS, parts: tuple[Part, ...] = ()) -> str:
        return str(json.loads(sbom.document(parts, target, facts, {}))["serialNumber"])

    windows, mac = Target(tree, "win32"), Target(tree, "darwin")
    model = Part(
        Component("Qwen", "", "Apache-2.0"),
        kind="model",
        files=(Path("qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),),
    )
    serials = {
        serial(windows),
        serial(mac),
        serial(windows, replace(FACTS, commit="0" * 40)),
        serial(windows, parts=(model,)),
    }
    assert len(serials) == 4
    assert serial(windows) in serials


def test_the_model_is_listed_with_its_sum(tree: Path) -> None:
    (tree / "models").mkdir()
    model = tree / "models" / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    model.write_bytes(b"GGUF")
    part = next(p for p in contents(["httpx"], target_of(tree)) if p.kind == "model")
    bill = json.loads(sbom.document((part,), target_of(tree), FACTS, {}))
    one = bill["components"][0]
    assert one["type"] == "machine-learning-model"
    assert one["hashes"][0]["content"].startswith("1d9614638d18024d")


def test_a_model_that_the_catalogue_does_not_know_is_named(tree: Path) -> None:
    part = Part(Component("X", "", "MIT"), kind="model", files=(Path("x.gguf"),))
    with pytest.raises(DistError, match=r"x\.gguf is in the tree"):
        sbom.document((part,), target_of(tree), FACTS, {})


def test_a_tree_of_other_versions_than_the_lock_has_no_bill(tree: Path) -> None:
    with pytest.raises(DistError, match=r"httpx 0\.28\.1 is in the tree, but .* has 9"):
        sbom.document(
            contents(["httpx"], target_of(tree)), target_of(tree), FACTS, {"httpx": ("9", ())}
        )


def test_the_lock_gives_versions_and_all_sums() -> None:
    version, sums = sbom.locked()["httpx"]
    assert version == "0.28.1"
    assert len(sums) >= 2
    assert all(len(one) == 64 for one in sums)


def test_a_library_belongs_to_the_package_whose_folder_of_libraries_holds_it() -> None:
    told = (
        "diversion by dash from: /usr/share/man/man1/sh.1.gz\n"
        "libz1:amd64: /usr/lib/x86_64-linux-gnu/libz.so.1\n"
        "zlib-a, zlib-b: /lib/x86_64-linux-gnu/libother.so.2\n"
    )
    assert debian_packages._holders(told) == {
        "sh.1.gz": "diversion by dash from",
        "libz.so.1": "libz1:amd64",
        "libother.so.2": "zlib-a",
    }


def test_a_library_of_no_package_is_named() -> None:
    with pytest.raises(DistError, match=r"libnowhere\.so\.9|dpkg-query is missing"):
        debian_packages.owners(["libnowhere.so.9"])


def test_the_index_of_a_tree_is_the_one_that_the_app_reads(tree: Path) -> None:
    notices.write(tree / "licences", ["httpx"])
    index = json.loads((tree / "licences" / INDEX).read_text(encoding="utf-8"))
    assert index["format"] == 1
    assert all(not Path(text).is_absolute() for one in index["components"] for text in one["texts"])


def test_a_tree_is_completed_with_what_it_holds_itself(tree: Path, tmp_path: Path) -> None:
    compliance.add(tree, FACTS)
    assert compliance.packages_in(tree) == ("httpx", QT_WHEEL)
    listed = {one.name for one in bundled_components(tree / compliance.FOLDER)}
    text = (tree / sbom.FILE).read_text(encoding="utf-8")
    assert set(sbom.component_names(text)) == listed
    bill = compliance.publish(Build(FACTS, tree, Size.SLIM, tmp_path), "windows")
    assert bill.name == "spark-desktop-1.2.3-windows-x86_64-slim.cdx.json"
    assert bill.read_text(encoding="utf-8") == text


def test_a_tree_without_metadata_is_no_tree(tmp_path: Path) -> None:
    with pytest.raises(DistError, match="holds no metadata"):
        compliance.packages_in(tmp_path)


def test_crates_are_those_of_the_bills_that_a_package_brings(tree: Path) -> None:
    sboms = tree / "python" / "site-packages" / "httpx-0.28.1.dist-info" / "sboms"
    sboms.mkdir()
    (sboms / "rust.cyclonedx.json").write_text(
        json.dumps(
            {
                "components": [
                    {"name": "pem", "version": "4.0.0", "purl": "pkg:cargo/pem@4.0.0"},
                    {"name": "openssl", "version": "4", "purl": "pkg:generic/openssl@4"},
                ]
            }
        ),
        encoding="utf-8",
    )
    (part,) = (one for one in contents(["httpx"], target_of(tree)) if one.package == "httpx")
    assert part.crates == ("pem 4.0.0",)
    bill = json.loads(sbom.document((part,), target_of(tree), FACTS, sbom.locked()))
    assert bill["components"][0]["components"][0]["purl"] == "pkg:cargo/pem@4.0.0"
    (sboms / "rust.cyclonedx.json").write_text("[", encoding="utf-8")
    with pytest.raises(DistError, match=r"rust\.cyclonedx\.json of httpx cannot be read"):
        contents(["httpx"], target_of(tree))


def test_a_library_without_a_text_of_its_licence_cannot_be_shipped(tree: Path) -> None:
    (tree / "_internal").mkdir()
    (tree / "_internal" / "libbz2.1.dylib").write_bytes(b"x")
    mac = Target(tree, "darwin", (str(tree / "python" / "site-packages"),))
    with pytest.raises(DistError, match=r"Nobody knows the licence of libbz2\.1\.dylib"):
        contents(["httpx"], mac)
    (tree / "_internal" / "libbz2.1.dylib").rename(tree / "_internal" / "libz.so.dylib")
    with pytest.raises(DistError, match=r"libz\.so\.dylib : there is no text of its licence Zlib"):
        notices.write(tree / "licences", ["httpx"], mac)
