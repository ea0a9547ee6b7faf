"""Commands ask the user's endpoints in their order; no core is started where none is wanted."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spark_desktop.cli.main import main
from tests.hostile.server import GOOD


class Vendor(BaseHTTPRequestHandler):
    """A vendor that answers every chat, or refuses it by ``refusal``."""

    refusal = 0
    keys: list[str | None]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Authorization"])
        self.send_response(self.refusal or 200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if not self.refusal:
            self.wfile.write(GOOD)

    def log_message(self, *_args: object) -> None:
        """Print nothing."""


@pytest.fixture
def vendor() -> Iterator[tuple[type[Vendor], str]]:
    """The vendor, which a test may change, and its URL."""
    handler = type("OneVendor", (Vendor,), {"keys": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def set_up(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the user's endpoints; everything is kept in the test's folder."""
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SPARK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("FAST_KEY", "key-of-the-environment")

    def write(url: str, order: list[str]) -> None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "endpoints.toml").write_text(
            f"""
            [order]
            chat = {json.dumps(order)}
            edit = {json.dumps(order)}
            [[endpoints]]
            id = "down"
            title = "Down"
            url = "http://127.0.0.1:9"
            auth = "none"
            model = "m"
            [[endpoints]]
            id = "fast"
            title = "Fast"
            url = "{url}"
            key_env = "FAST_KEY"
            model = "big-model"
            """,
            encoding="utf-8",
        )

    return write


@pytest.mark.parametrize("command", ["ask", "quick"])
def test_the_endpoint_answers_with_its_key_and_no_core_is_started(
    command, vendor, set_up, tmp_path, capsysbinary
):
    handler, url = vendor
    set_up(url, ["fast"])
    assert main([command, "Why?", "--json"]) == 0
    *_pieces, answer = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert (answer["answer"], answer["state"]) == ("héllo héllo ", "done")
    assert (answer["model"], answer["endpoint"]) == ("big-model", "Fast")
    assert handler.keys == ["Bearer key-of-the-environment"]
    assert not list((tmp_path / "data").glob("run/*"))


def test_the_next_one_answers_and_stderr_says_why(vendor, set_up, capsysbinary):
    _handler, url = vendor
    set_up(url, ["down", "fast"])
    assert main(["ask", "Why?"]) == 0
    out, err = capsysbinary.readouterr()
    assert out.decode() == "héllo héllo \n"
    assert "Down did not answer" in err.decode()
    assert "Fast is asked instead" in err.decode()
    assert err.decode().endswith("Fast · big-model\n")


def test_a_refused_key_fails_with_the_reason(vendor, set_up, capsysbinary):
    handler, url = vendor
    handler.refusal = 401
    set_up(url, ["fast"])
    assert main(["ask", "Why?"]) == 1
    assert "key" in capsysbinary.readouterr().err.decode()


@pytest.mark.parametrize("command", ["ask", "quick"])
def test_what_of_the_file_is_of_no_use_is_said_before_the_answer(
    command, vendor, set_up, tmp_path, capsysbinary
):
    _handler, url = vendor
    set_up(url, ["fast"])
    file = tmp_path / "config" / "endpoints.toml"
    file.write_text(file.read_text() + '[[endpoints]]\nid = "local"\nurl = "http://127.0.0.1:9"\n')
    assert main([command, "Why?"]) == 0
    err = capsysbinary.readouterr().err.decode()
    assert err.startswith("spark: ")
    assert "the id local is taken" in err
    assert err.endswith("Fast · big-model\n")


def test_a_month_that_is_spent_stops_the_next_command_too(vendor, set_up, tmp_path, capsysbinary):
    handler, url = vendor
    set_up(url, ["fast"])
    file = tmp_path / "config" / "endpoints.toml"
    price = 'price = {input = 9e9, output = 9e9, as_of = 2026-11-01, source = "made up"}\n'
    model = f'[[endpoints.models]]\nid = "big-model"\n{price}'
    budget = "[budget]\nmonth = 1\nstops = true\n"
    file.write_text(budget + file.read_text() + model)
    assert main(["ask", "Why?"]) == 0
    assert main(["ask", "Why?"]) == 1
    assert "budget of $1.00 is spent" in capsysbinary.readouterr().err.decode()
    assert len(handler.keys) == 1
