import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference_core.cli import main
from inference_core.pacing.library import Profiles
from inference_core.pacing.profile_file import read_profile
from spark_resources import resource


@pytest.fixture(autouse=True)
def data(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def mine(data) -> Path:
    """A profile of the user's, called ``mine``."""
    (data / "profiles").mkdir()
    path = data / "profiles" / "mine.toml"
    shipped = resource("profiles", "llama-8b-inf2.toml").read_text(encoding="utf-8")
    path.write_text(shipped.replace('id = "llama-8b-inf2"', 'id = "mine"'), encoding="utf-8")
    return path


def run(*words: str) -> int:
    return main(["profile", *words])


def test_list_json_has_the_agreed_keys(capsys, mine):
    assert run("list", "--json") == 0
    profiles = {row["id"]: row for row in json.loads(capsys.readouterr().out)["profiles"]}
    assert profiles["opus-fast"] == {
        "id": "opus-fast",
        "title": "Claude Opus 4.6, fast mode",
        "hardware": "not told",
        "model": "Claude Opus 4.6",
        "decode_tps": 170.0,
        "first_token_s": 0.1,
        "per_prompt_token_s": 0.0,
        "context": 1_000_000,
        "price_in": 30.0,
        "price_cached": 3.0,
        "price_out": 150.0,
        "kind": "derived",
        "source": Profiles.load().find("opus-fast").decode_tps.source,
        "date": "2026-02",
        "own": False,
    }
    assert profiles["codex-spark"]["price_in"] is None
    assert profiles["mine"]["own"] is True


def test_list_is_a_line_for_each(capsys, mine):
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[-1].endswith("(yours)")


def test_list_tells_a_file_that_cannot_be_used_and_shows_the_others(capsys, mine):
    mine.write_text("id = 1", encoding="utf-8")
    assert run("list") == 0
    told = capsys.readouterr()
    assert str(mine) in told.err
    assert "codex-spark" in told.out


def test_explain_prints_the_derivation(capsys):
    assert run("explain", "glm-4.7-wse3") == 0
    assert "Latency per layer" in capsys.readouterr().out


def test_an_unknown_profile_is_wrong_usage(capsys):
    assert run("explain", "nope") == 2
    assert "'nope'" in capsys.readouterr().err


def test_check_looks_at_all_profiles(capsys, mine):
    assert run("check") == 0
    assert capsys.readouterr().out.count(" is right: ") == 13


def test_check_fails_for_a_file_with_a_shipped_id(capsys, mine):
    mine.write_text(mine.read_text(encoding="utf-8").replace('"mine"', '"codex"'), encoding="utf-8")
    assert run("check") == 1
    assert "ships with Spark" in capsys.readouterr().err


def test_check_of_one_file_says_what_is_wrong_with_it(capsys, tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('id = "x"', encoding="utf-8")
    assert run("check", str(path)) == 1
    assert "title: the key is missing" in capsys.readouterr().err


def test_schedule_json_has_the_agreed_keys(capsys):
    words = ("schedule", "codex", "--prompt", "50", "--cached", "20", "--tokens", "3")
    assert run(*words, "--seed", "4", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    releases = found.pop("releases")
    assert found == {
        "profile": "codex",
        "seed": 4,
        "prompt_tokens": 50,
        "cached_tokens": 20,
        "first_token_s": 0.1,
    }
    assert [tokens for _, tokens in releases] == [1, 1, 1]
    assert releases[0][0] == 0.1
    assert releases[2][0] == pytest.approx(0.1 + 2 / 67, rel=0.01)


def test_schedule_says_when_the_answer_is_done(capsys):
    assert run("schedule", "codex", "--prompt", "0", "--tokens", "68") == 0
    assert "the first token after 0.1 s, all 68 after 1.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("schedule", "codex", "--prompt", "1", "--cached", "2", "--tokens", "3"),
        ("schedule", "codex", "--prompt", "1", "--tokens", "0"),
        ("schedule", "codex", "--prompt", "-1", "--tokens", "1"),
        ("schedule", "codex", "--prompt", "9" * 400, "--tokens", "1"),
        ("measure", "--endpoint", "http://127.0.0.1:1", "--model", "m", "--requests", "1"),
        ("measure", "--endpoint", "http://127.0.0.1:1", "--model", "m", "--key-env", "NOT_SET_1"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(words, capsys):
    assert run(*words) == 2
    assert capsys.readouterr().err.startswith("spark-core: ")


class FakeServer(BaseHTTPRequestHandler):
    """Answers every request with twenty chunks and their usage."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        usage = {"prompt_tokens": 30, "completion_tokens": 20}
        chunks = [{"choices": [{"delta": {"content": "x"}}]}] * 20
        for chunk in [*chunks, {"choices": [], "usage": usage}]:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeServer) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield f"http://name:secret@127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        serving.join()


def test_measure_writes_a_profile_that_can_be_used_at_once(url, data, capsys):
    assert run("measure", "--endpoint", url, "--model", "My/Model", "--requests", "3") == 0
    path = data / "profiles" / "measured-my-model.toml"
    assert capsys.readouterr().out.strip() == str(path)
    found = read_profile(path, own=True)
    assert found.decode_tps.kind == "measured"
    assert "secret" not in path.read_text(encoding="utf-8")
    assert Profiles.load(data / "profiles").find("measured-my-model").own


def test_measure_overwrites_nothing(data, capsys):
    path = data / "kept.toml"
    path.write_text("kept", encoding="utf-8")
    words = ("measure", "--endpoint", "http://127.0.0.1:1", "--model", "m")
    assert run(*words, "--output", str(path)) == 2
    assert path.read_text(encoding="utf-8") == "kept"
    assert "--output" in capsys.readouterr().err


def test_help_names_the_command_without_loading_it(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "profile" in capsys.readouterr().out


def test_check_says_that_an_id_is_taken_as_the_folder_would(data, capsys):
    path = data / "copy.toml"
    path.write_bytes(resource("profiles", "codex.toml").read_bytes())
    assert run("check", str(path)) == 1
    assert "has the id 'codex', which one that ships" in capsys.readouterr().err
    assert run("check", str(resource("profiles", "codex.toml"))) == 0
