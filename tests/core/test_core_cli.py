"""The command line's grammar, and what it tells on the way to readiness."""

import asyncio
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from inference_core.cli import main
from inference_core.domain.errors import EngineError, ModelError
from inference_core.models.catalogue import Catalogue
from inference_core.models.errors import UnknownModelError
from inference_core.models.progress import (
    Checking,
    DamagedRemoved,
    Downloading,
    SourceSkipped,
    Verifying,
    WaitingForOther,
)
from inference_core.server.announce import EventLines, Loading, PlainLines
from inference_core.server.engine_choice import EngineOptions
from inference_core.server.ready import Ready
from inference_core.server.startup import open_model

STEPS = [
    (Checking("m"), {"event": "checking", "model_id": "m"}, "looking for the model m"),
    (
        WaitingForOther(5, 10),
        {"event": "waiting_for_other", "done": 5, "total": 10},
        "another process downloads the model: 50 %",
    ),
    (
        DamagedRemoved(Path("a.gguf"), "too short"),
        {"event": "damaged_removed", "path": "a.gguf", "reason": "too short"},
        "removed the damaged file a.gguf: too short",
    ),
    (
        Downloading("hub", 29_000_000, 100_000_000, 5.0, None),
        {
            "event": "downloading",
            "source": "hub",
            "done": 29_000_000,
            "total": 100_000_000,
            "rate": 5.0,
            "left_s": None,
        },
        "downloading 100 MB from hub: 20 %",
    ),
    (Verifying(0, 0), {"event": "verifying", "done": 0, "total": 0}, "verifying: 0 %"),
    (
        SourceSkipped("hub", "silent"),
        {"event": "source_skipped", "source": "hub", "reason": "silent"},
        "passed over hub: silent",
    ),
    (Loading("m"), {"event": "loading", "model": "m"}, "loading m"),
]


@pytest.mark.parametrize(("step", "event", "text"), STEPS)
def test_a_step_is_a_line_of_json_for_programs(capsys, step, event, text):
    EventLines().step(step)
    assert json.loads(capsys.readouterr().out) == event


@pytest.mark.parametrize(("step", "event", "text"), STEPS)
def test_a_step_is_a_sentence_on_standard_error_for_people(capsys, step, event, text):
    PlainLines().step(step)
    assert capsys.readouterr() == ("", f"spark-core: {text}\n")


def test_people_do_not_read_the_same_sentence_twice(capsys):
    lines = PlainLines()
    for done in (0, 4, 9, 10):
        lines.step(Verifying(done, 100))
    assert capsys.readouterr().err.splitlines() == [
        "spark-core: verifying: 0 %",
        "spark-core: verifying: 10 %",
    ]


@pytest.mark.parametrize("announce", [EventLines(), PlainLines()])
def test_the_ready_line_goes_to_standard_output(capsys, announce):
    announce.ready(Ready("http://127.0.0.1:1", "t", 7, "m"))
    assert json.loads(capsys.readouterr().out)["pid"] == 7


def test_a_failure_is_told_with_its_next_step(capsys):
    PlainLines().failed(ModelError("It is gone.", "Fetch it."))
    assert capsys.readouterr() == ("", "spark-core: It is gone.\n  Fetch it.\n")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--port", "70000"], "must be from 0 to 65535, not 70000"),
        (["--context", "0"], "must be from 64"),
        (["--threads", "none"], "invalid number value: 'none'"),
        (["--linger", "-1"], "must be 0 or more seconds"),
        (["--linger", "nan"], "must be 0 or more seconds"),
        (["--owner", "0"], "must be from 1"),
        (["--what"], "unrecognized arguments: --what"),
    ],
)
def test_a_wrong_flag_is_explained_with_exit_code_2(capsys, flags, says):
    with pytest.raises(SystemExit) as ended:
        main(["serve", *flags])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_help_names_both_commands_and_loads_no_engine():
    code = (
        "import sys\nfrom inference_core.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    print('heavy:', {'xllamacpp', 'uvicorn', 'starlette'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert "serve" in result.stdout
    assert "models" in result.stdout
    assert "heavy: set()" in result.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ('[{"match": ""}]', "missing 1 required positional argument: 'text'"),
        ('[{"match": "", "text": "", "txt": 1}]', "unexpected keyword argument 'txt'"),
    ],
)
def test_a_replay_script_that_is_wrong_is_refused_with_the_reason(capsys, tmp_path, content, says):
    path = tmp_path / "script.json"
    if content is not None:
        path.write_text(content)
    assert main(["serve", "--model", f"replay:{path}"]) == 1
    error = capsys.readouterr().err
    assert str(path) in error
    assert says in error


class _BrokenPipe(io.StringIO):
    def flush(self):
        raise BrokenPipeError


@pytest.mark.parametrize("announce", [EventLines(), PlainLines()])
def test_a_reader_that_has_left_stops_nothing(monkeypatch, announce):
    out, error = _BrokenPipe(), _BrokenPipe()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", error)
    announce.step(Loading("m"))
    announce.failed(ModelError("It is gone.", "Fetch it."))
    assert "loading" in out.getvalue() + error.getvalue()
    assert "It is gone." in error.getvalue()


def test_a_ready_file_that_cannot_be_written_is_refused_before_the_model_is_opened(
    capsys, tmp_path
):
    # The model does not exist either; that it is not mentioned shows the order.
    flags = ["serve", "--model", str(tmp_path / "none.gguf"), "--ready-file"]
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "core.json"):
        assert main([*flags, str(path)]) == 2
        assert f"The ready file {path} cannot be written" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file"]


async def test_no_memory_is_taken_for_more_context_than_the_model_has(monkeypatch, tmp_path):
    from inference_core.engine.process_engine import ProcessEngine
    from inference_core.models.store import ModelStore

    async def start(spec):
        return spec

    class FullStore:
        def ensure(self, model, progress, cancelled):
            return tmp_path

    monkeypatch.setattr(ModelStore, "default", FullStore)
    monkeypatch.setattr(ProcessEngine, "start", start)
    for asked, given in ((1_048_576, Catalogue.load().default.context), (512, 512)):
        opened = await open_model(None, EngineOptions(asked), EventLines())
        assert opened.engine.decoder.context == given


async def test_an_engine_that_was_built_here_and_fails_gives_way_to_the_wheels(
    monkeypatch, tmp_path, caplog
):
    from inference_core.engine.process_engine import ProcessEngine
    from inference_core.engine.spec import EngineSpec
    from inference_core.server import startup

    started = []

    async def start(spec):
        started.append(spec.library)
        if spec.library is not None:
            raise EngineError("The engine's process was killed by signal 4.")
        return spec

    monkeypatch.setattr(ProcessEngine, "start", start)
    native = EngineSpec(tmp_path / "model.gguf", library=tmp_path / "libllama.so")
    assert (await startup._start(native)).library is None
    assert started == [native.library, None]
    assert "killed by signal 4" in caplog.text


async def test_an_unknown_id_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModelError, match="gpt-9"):
        await open_model("gpt-9", EngineOptions(), EventLines())


async def test_a_replay_script_stands_in_for_the_default_model(tmp_path):
    path = tmp_path / "script.json"
    path.write_text('[{"match": "", "text": "x"}]')
    opened = await open_model(f"replay:{path}", EngineOptions(context=99), EventLines())
    assert opened.engine.info.context == 99
    assert opened.model.id == "replay"
    assert opened.model.fim is not None


async def test_a_fetch_is_told_to_stop_when_the_start_is_cancelled(monkeypatch):
    from inference_core.models.errors import FetchCancelledError
    from inference_core.models.store import ModelStore

    loop, begun, seen = asyncio.get_running_loop(), asyncio.Event(), []

    class SlowStore:
        def ensure(self, model, progress, cancelled):
            loop.call_soon_threadsafe(begun.set)
            seen.append(cancelled.wait(10))
            raise FetchCancelledError(model.id)

    monkeypatch.setattr(ModelStore, "default", SlowStore)
    opening = asyncio.create_task(open_model(None, EngineOptions(), EventLines()))
    await begun.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert seen == [True]
