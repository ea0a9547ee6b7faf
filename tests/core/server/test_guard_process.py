"""Cores that let others in: what the command line takes, prints and keeps to itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.e2e

KEY = "a-key-of-the-users-own-0123"
HELLO = [{"match": "", "text": "hello there"}]


def run(*flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "inference_core", "serve", "--model", "replay:x", *flags]
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--host", "0.0.0.0"), "loopback addresses only, not on '0.0.0.0'"),
        (("--host", "0.0.0.0", "--allow-remote"), "needs a key of yours"),
        (("--allow-host", "box.lan"), "lets others in"),
        (("--allow-origin", "*"), "the origin of one site, not '*'"),
        (("--api-key-file", "no-such-key"), "no-such-key cannot be read"),
    ],
)
def test_half_a_permission_is_none(flags, says):
    result = run(*flags)
    assert result.returncode == 2
    assert says in result.stderr


def test_a_core_for_others_answers_at_its_addresses_with_the_users_key(
    start_core, replay_script, tmp_path: Path
):
    key_file, ready = tmp_path / "key", tmp_path / "core.json"
    key_file.write_text(KEY)
    key_file.chmod(0o600)
    core = start_core(
        *("--model", replay_script(HELLO), "--host", "0.0.0.0", "--allow-remote"),
        *("--api-key-file", str(key_file), "--allow-host", "box.lan"),
        *("--ready-file", str(ready), "--parallel", "2", "--queue", "3"),
    )
    assert core.url.startswith("http://127.0.0.1:")
    assert core.token == json.loads(ready.read_text())["token"] == KEY
    named = httpx.get(f"{core.url}/slots", headers={"Host": "box.lan", **core.headers})
    foreign = httpx.get(f"{core.url}/slots", headers={"Host": "evil.example", **core.headers})
    assert (named.status_code, foreign.status_code) == (200, 403)


def test_people_do_not_find_their_key_in_the_log(replay_script, tmp_path: Path):
    command = [sys.executable, "-m", "inference_core", "serve", "--model", replay_script(HELLO)]
    with subprocess.Popen(
        [*command, "--linger", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"SPARK_CORE_API_KEY": KEY},
    ) as process:
        told, _ = process.communicate(timeout=60)
    assert json.loads(told.splitlines()[-1])["token"] == ""
    assert KEY not in told


HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": "Bearer wrong"}, 401, "invalid_api_key"),
        ({"Origin": "https://evil.example"}, 403, "origin_not_allowed"),
        ({"Host": "evil.example"}, 403, "host_not_allowed"),
    ],
)
def test_a_websocket_is_refused_with_an_answer_that_says_why(
    start_core, replay_script, headers, status, code
):
    core = start_core("--model", replay_script(HELLO))
    sent = HANDSHAKE | core.headers | headers
    response = httpx.get(f"{core.url}/v1/responses", headers=sent)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
