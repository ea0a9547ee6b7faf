import shutil
import subprocess
import sys

import pytest

from inference_core.domain.errors import EngineError
from inference_core.engine.llama_library import library_path
from inference_core.machine.child import child_command
from inference_core.machine.installed import (
    EngineBuild,
    engine_version,
    source_version,
)
from inference_core.machine.probe import main, probe, read_answer


def test_the_installed_engine_tells_its_features_and_devices():
    found = probe()
    assert found.features
    assert any(device.kind == "cpu" for device in found.devices)


def test_files_of_the_current_folder_are_not_run(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the user's project')")
    monkeypatch.chdir(tmp_path)
    assert probe().features


def test_the_engine_beside_the_installed_apps_programs_is_the_one_that_is_asked(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "engine").mkdir()
    shutil.copyfile(library_path(), tmp_path / "engine" / "llama.dll")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "spark-core"))
    main([])
    told = read_answer(capsys.readouterr().out)
    assert "AVX2" in told.features
    assert told.devices == ()


def test_a_library_that_does_not_load_is_an_error_and_no_crash(tmp_path):
    library = tmp_path / "libllama.so"
    library.write_bytes(b"no library")
    with pytest.raises(EngineError, match=r"libllama\.so does not load"):
        probe(library)


@pytest.mark.parametrize("text", ["", "null", "{}", '{"system_info": "", "devices": [{"a": 1}]}'])
def test_an_answer_that_is_none_is_an_error(text):
    with pytest.raises(EngineError, match="unexpected"):
        read_answer(text)


def test_the_installed_engine_has_a_version():
    assert engine_version()[0].isdigit()


@pytest.mark.parametrize(
    ("version", "source"), [("2026.10.1", "2026.10.1"), ("2026.10.1+cu128", "2026.10.1")]
)
def test_a_gpu_wheel_has_the_source_of_the_plain_version(version, source):
    assert source_version(version) == source


def test_measurements_of_a_native_build_are_filed_apart(tmp_path):
    assert EngineBuild("1.0").name == "1.0"
    assert EngineBuild("1.0", tmp_path).name == "1.0-native"


def test_a_frozen_app_starts_itself(monkeypatch):
    assert child_command("engine-probe", "a.module")[-2:] == ["-m", "a.module"]
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert child_command("engine-probe", "a.module")[1:] == ["engine-probe"]


@pytest.mark.parametrize(("words", "given"), [(["engine-probe"], ""), (["engine-trial"], "{")])
def test_the_command_line_knows_what_a_frozen_app_starts(words, given):
    program = [sys.executable, "-m", "inference_core", *words]
    ended = subprocess.run(program, input=given, capture_output=True, text=True)
    if words == ["engine-probe"]:
        assert read_answer(ended.stdout).features
    else:
        # It read the line, which is no TrialSpec.
        assert "JSONDecodeError" in ended.stderr
