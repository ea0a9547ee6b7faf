import io
import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from inference_core import cli
from inference_core.domain.errors import EngineError, ModelError
from inference_core.machine import business, command, info
from inference_core.machine.business import refuse_if_busy
from inference_core.machine.command import model_file
from inference_core.machine.errors import CalibrationError
from inference_core.machine.hardware import Hardware
from inference_core.machine.info import collect_info
from inference_core.machine.installed import Device, engine_version
from inference_core.machine.probe import Probe
from inference_core.machine.self_check import Checked
from inference_core.machine.toolchain import find_toolchain
from inference_core.machine.trial_process import TrialFailedError
from inference_core.machine.tuned import tuned_for
from tests.core.machine.conftest import SOURCE, pack

CPU = Device("CPU", "AMD EPYC", "cpu", 1, 2)
GPU = Device("CUDA0", "NVIDIA T4", "gpu", 1, 2)
WHEEL = Probe(frozenset({"AVX2"}), (CPU,))
HERE = Hardware("CPU 3000", ("AVX2", "AVX512"), 2, 2, 4, 1 << 34)


class FakeTrial:
    def __init__(self, settings):
        self.settings = settings

    def prefill(self, tokens):
        return tokens * (4.0 if self.settings.threads_batch == 4 else 5.0)

    def decode(self, steps):
        return 20.0

    def step(self, rows):
        return 20.0 + rows

    def greedy(self, tokens):
        return [1]

    def agreement(self, written):
        return 1.0


@contextmanager
def open_fake(spec):
    yield FakeTrial(spec.settings)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF")
    return path


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    """A machine with two idle cores, and no files yet."""
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr(Hardware, "here", classmethod(lambda cls: HERE))
    monkeypatch.setattr(command, "probe", lambda library=None: WHEEL)
    monkeypatch.setattr(command, "trial_process", open_fake)
    monkeypatch.setattr(command, "busy_share", lambda: 0.0)
    return tmp_path


def test_info_tells_what_a_native_build_would_use(capsys):
    found = collect_info(lambda library: WHEEL)
    text = "\n".join(found.lines())
    assert found.unused == ("AVX512",)
    for words in ("CPU 3000", "'spark-core build-engine' would", "2 used of 2 (4 logical)"):
        assert words in text
    assert json.loads(json.dumps(found.to_json()))["engine"]["version"] == engine_version()


def test_info_goes_on_where_the_engine_does_not_answer():
    def broken(library):
        raise EngineError("it does not load")

    found = collect_info(broken)
    assert "unknown: it does not load" in "\n".join(found.lines())
    assert found.unused == ()


def test_info_asks_the_engine_in_a_process_of_its_own(capsys):
    assert cli.main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["engine"]["features"]


def test_info_shows_tuned_settings_for_models_that_are_here(machine, monkeypatch, model):
    monkeypatch.setattr(info, "entry_for", lambda path, engine, hardware: None)
    found = collect_info(lambda library: WHEEL)
    assert found.tuned == {}
    catalogue = info.Catalogue.load()
    folder = machine / "models"
    folder.mkdir()
    (folder / catalogue.default.file).write_bytes(b"GGUF")
    assert collect_info(lambda library: WHEEL).tuned == {catalogue.default.id: None}


def test_tune_keeps_what_it_found_for_serve(model, capsys):
    assert cli.main(["tune", "--model", str(model), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    kept = tuned_for(model, engine_version(), HERE)
    assert kept is not None
    assert kept.threads_batch == told["tuned"]["threads_batch"] == 4
    assert kept.threads == 2


def test_tune_prints_a_table_and_info_shows_it(model, capsys, monkeypatch):
    assert cli.main(["tune", "--model", str(model), "--quick"]) == 0
    printed = capsys.readouterr()
    assert "1.25x" in printed.out
    assert "4 for prompts" in printed.out
    assert "4 threads" in printed.err


def test_a_busy_machine_is_not_measured(model, capsys, monkeypatch):
    monkeypatch.setattr(command, "busy_share", lambda: 0.8)
    assert cli.main(["tune", "--model", str(model)]) == 1
    assert "80%" in capsys.readouterr().err
    assert tuned_for(model, engine_version(), HERE) is None


def test_a_machine_that_became_busy_meanwhile_keeps_nothing(model, capsys, monkeypatch):
    shares = iter([0.0, 0.9])
    monkeypatch.setattr(command, "busy_share", lambda: next(shares))
    assert cli.main(["tune", "--model", str(model)]) == 1
    assert tuned_for(model, engine_version(), HERE) is None


def test_a_busy_machine_is_measured_where_that_is_wanted(model, monkeypatch):
    monkeypatch.setattr(command, "busy_share", lambda: 0.8)
    assert cli.main(["tune", "--model", str(model), "--busy"]) == 0
    assert tuned_for(model, engine_version(), HERE) is not None


def test_the_share_of_busy_cores_is_a_share():
    assert 0.0 <= business.busy_share() <= 1.0
    refuse_if_busy(0.1)
    with pytest.raises(CalibrationError) as caught:
        refuse_if_busy(0.5)
    assert "--busy" in caught.value.next_step


def test_a_model_that_the_engine_cannot_load_is_an_error(model, capsys, monkeypatch):
    @contextmanager
    def broken(spec):
        raise TrialFailedError("its process ended with code -9")
        yield

    monkeypatch.setattr(command, "trial_process", broken)
    assert cli.main(["tune", "--model", str(model)]) == 1
    assert "small.gguf cannot be measured" in capsys.readouterr().err


def test_what_cannot_be_kept_is_said(model, machine, capsys):
    (machine / "data").write_text("a file where the folder should be")
    assert cli.main(["tune", "--model", str(model)]) == 1
    assert "cannot be kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "reason", "code"),
    [
        ("none.gguf", "There is no model file", 1),
        ("qwen2.5-coder-0.5b", "is not here", 1),
        ("unheard-of", "no model 'unheard-of'", 2),
    ],
)
def test_a_model_that_is_not_here_is_named(asked, reason, code, capsys):
    assert cli.main(["tune", "--model", asked]) == code
    assert reason in capsys.readouterr().err


def test_the_default_model_must_be_here_too():
    with pytest.raises(ModelError, match="is not here"):
        model_file(None)


@pytest.fixture
def builds(monkeypatch, make_cmake, machine, model):
    """What a build needs, in a machine with everything; returns the words of the command."""
    version = engine_version()
    source = {
        name.replace(name.split("/")[0], f"xllamacpp-{version}"): content
        for name, content in SOURCE.items()
    }
    archive = pack(machine / "source.tar.gz", source)
    tools = {"cmake": str(make_cmake()), "c++": "/bin/c++", "make": "/bin/make"}
    monkeypatch.setattr(command, "find_toolchain", lambda: find_toolchain(tools.get, "linux"))
    monkeypatch.setattr(command, "check", lambda *about: Checked(1.5, 1.25, 1.0))
    return ["build-engine", "--model", str(model), "--source", str(archive)]


def test_an_engine_is_built_used_and_removed_again(builds, machine, capsys):
    assert cli.main([*builds, "--yes"]) == 0
    assert "1.50" in capsys.readouterr().out
    library = command.engine_in_use().library
    assert library is not None
    assert library.is_file()
    assert "built on this machine" in "\n".join(collect_info(lambda asked: WHEEL).lines())
    assert cli.main(["build-engine", "--remove"]) == 0
    assert command.engine_in_use().library is None


def test_a_dry_run_says_what_it_would_do_and_does_nothing(builds, machine, capsys):
    assert cli.main([*builds, "--dry-run"]) == 0
    assert "minutes" in capsys.readouterr().out
    assert not (machine / "data").exists()


def test_nobody_to_ask_is_not_a_yes(builds, machine, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cli.main(builds) == 2
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 1), ("no", 1)])
def test_the_user_is_asked_before_it_begins(builds, answer, code, monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert cli.main(builds) == code


@pytest.mark.parametrize(
    ("words", "reason", "code"),
    [
        (["--jobs", "0"], "--jobs must be", 2),
        (["--source", "none.tar.gz"], "no source archive", 2),
    ],
)
def test_wrong_words_are_refused(builds, words, reason, code, capsys):
    assert cli.main([*builds, *words]) == code
    assert reason in capsys.readouterr().err


def test_missing_tools_are_said_before_anything_is_done(builds, machine, capsys, monkeypatch):
    monkeypatch.setattr(
        command, "find_toolchain", lambda: find_toolchain(lambda name: None, "linux")
    )
    assert cli.main([*builds, "--yes"]) == 1
    assert "CMake" in capsys.readouterr().err
    assert not (machine / "data").exists()


def test_an_engine_with_a_gpu_is_not_replaced_by_one_without(builds, capsys, monkeypatch):
    monkeypatch.setattr(command, "probe", lambda library=None: Probe(frozenset(), (CPU, GPU)))
    assert cli.main([*builds, "--yes"]) == 1
    assert "GPU" in capsys.readouterr().err
