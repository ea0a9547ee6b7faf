import json
import logging
from dataclasses import asdict, replace

import pytest

from inference_core.machine.active_engine import (
    BuiltEngine,
    activate,
    active_engine,
    active_engine_library,
    engine_in_use,
    remove_engines,
)
from inference_core.machine.errors import BuildFolderError
from inference_core.machine.installed import engine_version

BUILT = BuiltEngine("1.0", "abc", "0" * 64, "libllama.so", 7, "small", 1.5, 1.2, 1.0, 1e9)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "engines"


def install(folder, built=BUILT):
    prepared = folder / "building" / "engine"
    prepared.mkdir(parents=True)
    (prepared / built.library).write_bytes(b"library")
    return activate(folder, prepared, built)


def test_nothing_is_active_before_anything_was_built(folder, caplog):
    assert active_engine(folder, "1.0", "abc") is None
    assert not caplog.records


def test_what_was_activated_is_used(folder):
    library = install(folder)
    found = active_engine(folder, "1.0", "abc")
    assert found is not None
    assert found.library == library
    assert found.built == BUILT


def test_a_new_build_takes_the_place_of_the_old_one(folder):
    old, new = install(folder), install(folder)
    found = active_engine(folder, "1.0", "abc")
    assert found is not None
    assert found.library == new != old
    assert not old.exists()


@pytest.mark.parametrize(
    ("version", "cpu", "reason"),
    [("1.1", "abc", "installed is 1.1"), ("1.0", "xyz", "another CPU")],
)
def test_an_engine_for_another_version_or_cpu_is_not_used_and_logged(
    folder, version, cpu, reason, caplog
):
    install(folder)
    with caplog.at_level(logging.WARNING):
        assert active_engine(folder, version, cpu) is None
    assert reason in caplog.text


def test_a_library_that_was_changed_is_not_used(folder, caplog):
    install(folder).write_bytes(b"more than there was")
    assert active_engine(folder, "1.0", "abc") is None
    assert "changed" in caplog.text


@pytest.mark.parametrize("missing", ["libllama.so", "build.json"])
def test_an_engine_with_a_missing_file_is_not_used(folder, missing, caplog):
    (install(folder).parent / missing).unlink()
    assert active_engine(folder, "1.0", "abc") is None
    assert missing in caplog.text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"engine": 3}', '{"engine": "../elsewhere"}', '{"engine": ""}']
)
def test_a_damaged_note_counts_as_none(folder, text, caplog):
    install(folder)
    (folder / "active.json").write_text(text)
    assert active_engine(folder, "1.0", "abc") is None
    assert "not used" in caplog.text


def test_a_damaged_description_counts_as_none(folder, caplog):
    library = install(folder)
    (library.parent / "build.json").write_text(json.dumps(asdict(BUILT) | {"new": 1}))
    assert active_engine(folder, "1.0", "abc") is None
    assert "not used" in caplog.text


def test_a_library_outside_of_its_folder_is_not_used(folder, tmp_path):
    library = install(folder)
    outside = tmp_path / "evil.so"
    outside.write_bytes(b"library")
    (library.parent / "build.json").write_text(
        json.dumps(asdict(replace(BUILT, library=str(outside))))
    )
    assert active_engine(folder, "1.0", "abc") is None


def test_removing_leaves_nothing(folder):
    install(folder)
    assert remove_engines(folder) > 7
    assert not folder.exists()
    assert remove_engines(folder) == 0


def test_what_cannot_be_removed_is_named_and_not_in_use(folder, monkeypatch):
    install(folder)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(BuildFolderError, match="Permission denied"):
        remove_engines(folder)
    assert active_engine(folder, "1.0", "abc") is None


def test_a_machine_without_a_built_engine_uses_the_wheels(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path))
    assert active_engine_library() is None
    assert engine_in_use().name == engine_version()
