"""The real file, database and network behind ``spark endpoints``."""

import json
import socket

import pytest

from spark_desktop.cli.main import main


@pytest.fixture
def spark(tmp_path, monkeypatch, capsysbinary):
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SPARK_CONFIG_DIR", str(tmp_path / "config"))

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["endpoints", *words])
        written = capsysbinary.readouterr()
        return code, written.out.decode(), written.err.decode()

    return run


def test_what_one_command_adds_the_next_one_knows(spark, tmp_path) -> None:
    assert spark("add", "--preset", "bedrock", "--set", "region=eu-west-1")[:2] == (0, "bedrock\n")
    assert spark("order", "chat", "bedrock", "local")[0] == 0
    code, out, _ = spark("list", "--json")
    assert (code, json.loads(out)["orders"]["chat"]) == (0, ["bedrock", "local"])
    file = (tmp_path / "config" / "endpoints.toml").read_text(encoding="utf-8")
    assert 'preset = "bedrock"' in file
    assert "Keys are not here" in file


def test_an_address_where_nobody_listens_is_not_added(spark) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    code, out, err = spark("add", f"http://127.0.0.1:{port}", "--json")
    assert (code, err) == (1, "")
    assert f"Nothing listens at 127.0.0.1:{port}" in json.loads(out)["message"]
    assert json.loads(spark("list", "--json")[1])["endpoints"] == []


def test_the_database_is_asked_for_figures(spark) -> None:
    assert spark("leaderboard")[0] == 0
    code, out, _ = spark("costs", "--json")
    assert (code, json.loads(out)["dollars"]) == (0, 0)


def test_an_unknown_endpoint_is_a_wrong_argument(spark) -> None:
    code, _, err = spark("test", "nobody")
    assert code == 2
    assert "There is no endpoint nobody." in err
