"""A key goes through whole sessions, with kind and hostile servers, and is written nowhere."""

import asyncio
import base64
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from spark_desktop.adapters.redaction import (
    REDACTION,
    keep_keys_out,
    keep_keys_out_of_crashes,
)
from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.endpoints import WireProtocol
from spark_desktop.endpoint_wiring import endpoint_services
from spark_desktop.services.threads import ExportFormat
from spark_desktop.wiring import Project, open_project
from tests import canary
from tests.endpoint_fakes import MemorySecrets
from tests.hostile.server import GOOD, UNTIL_CLOSED, Asked, HostileServer, Script, close, head

pytestmark = pytest.mark.e2e
KEY = canary.canary()
BOOK = """
[order]
chat = ["far"]
edit = ["far"]
suggestion = ["far"]
[[endpoints]]
id = "far"
title = "Far"
url = "{url}"
model = "m"
{more}
"""


def echoing(status: str, **headers: str) -> bytes:
    """A refusal that repeats the key in its message, and in the headers that are given."""
    text = f"Incorrect API key provided: {KEY.reveal()}. Authorization: Bearer {KEY.reveal()}"
    body = json.dumps({"error": {"message": text, "code": "invalid_api_key"}}).encode()
    length = str(len(body))
    return head(status, content_type="application/json", content_length=length, **headers) + body


_IN_STREAM = json.dumps({"error": {"message": f"overloaded {KEY.reveal()}", "code": "x"}})
ANSWERS = {
    "a whole answer": UNTIL_CLOSED + GOOD,
    "an echo in a refusal": echoing("401 Unauthorized"),
    "an echo in a failure": echoing("400 Bad Request", x_echo=KEY.reveal()),
    "an echo in plain text": head("500 Oops", content_length="200") + KEY.reveal().encode() * 5,
    "an echo in a redirect": head(
        "302 Found", location=f"http://127.0.0.1:1/?key={KEY.reveal()}", content_length="0"
    ),
    "an echo in a redirect's path": head(
        "302 Found", location=f"http://127.0.0.1:1/a/{quote(KEY.reveal())}", content_length="0"
    ),
    "an echo in an event": UNTIL_CLOSED + f"data: {_IN_STREAM}\n\n".encode(),
    "an echo instead of a status": f"HTTP/1.1 {KEY.reveal()} x\r\n\r\n".encode(),
    "an echo in a content type": head("200 OK", content_type=KEY.reveal(), content_length="0"),
    "an echo in a limit": echoing("429 Too Many", retry_after="0"),
}


ECHO = "an echo in a refusal"
# Who cannot be spoken to is tried again and again.
SLOW = ("an echo instead of a status", "an echo in a limit")


def answering(answer: bytes) -> Script:
    async def script(_asked: Asked, writer) -> None:
        writer.write(answer)
        await close(writer)

    return script


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[io.StringIO]:
    """What the program's log holds at its most talkative, tracebacks included."""
    root, log = logging.getLogger(), io.StringIO()
    before, level, handler = root.handlers[:], root.level, logging.StreamHandler(log)
    root.handlers[:] = [handler]
    keep_keys_out(root)
    root.setLevel(logging.DEBUG)
    yield log
    root.handlers[:] = before
    root.setLevel(level)


@asynccontextmanager
async def project_at(url: str, root: Path, tmp_path: Path, protocol: WireProtocol):
    """The whole program without its window, with the key in its keyring."""
    config = tmp_path / "config" / "endpoints.toml"
    config.parent.mkdir()
    config.write_text(BOOK.format(url=url, more=f'protocol = "{protocol.value}"'), encoding="utf-8")
    kept = MemorySecrets()
    kept.kept["far"] = KEY
    data = tmp_path / "data"
    services = endpoint_services(data, config, secrets=kept)
    project = await open_project(root, data_dir=data, endpoints=services)
    try:
        yield project, services
    finally:
        await project.close()
        await services.close()


async def session(project: Project, out: Path, is_short: bool) -> list[Turn]:
    """Ask with and without a file, and for an edit; export what came of it in every way."""
    current = await project.chat.current()
    ref = ItemRef(ItemKind.FILE, "a.py")
    turns = [
        await project.chat.ask("Why?", "a.py"),
    ]
    if not is_short:
        turns.append(await project.chat.answer(Question("q2", current.id, "And?", (ref,), None)))
        await project.inbox.saved(["a.py"])
        await project.turns.idle()
    for form in ExportFormat:
        await project.threads.export(current.id, out / f"thread.{form.value}", form)
    if any(turn.state is TurnState.DONE for turn in turns):
        await project.lab.export_recording(out / "session.jsonl", current.id)
    return turns


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        *((name, WireProtocol.CHAT) for name in ANSWERS),
        *((ECHO, each) for each in WireProtocol if each is not WireProtocol.CHAT),
    ],
)
async def test_the_key_of_an_endpoint_is_written_nowhere(
    name: str, protocol: WireProtocol, folder: Path, tmp_path: Path, logged: io.StringIO
) -> None:
    (tmp_path / "out").mkdir()
    (folder / "a.py").write_text("def one():\n    return 1\n\n# say two AI!\n", encoding="utf-8")
    server = HostileServer(answering(ANSWERS[name]))
    async with (
        server.running(),
        project_at(server.url, folder, tmp_path, protocol) as (project, services),
    ):
        turns = await session(project, tmp_path / "out", name in SLOW)
        told = [text for turn in turns for text in (turn.error, turn.answer)]
        assert canary.in_processes() == []
        # The endpoints' file is written as the settings do it.
        await services.endpoints.change(services.endpoints.book)
        for turn in turns:
            logging.getLogger("app").error("failed: %s", turn.error)
    found, looked = canary.in_files(tmp_path)
    assert found == []
    assert looked > 10_000
    assert not canary.in_bytes(logged.getvalue().encode())
    assert logged.getvalue()
    assert not any(canary.in_bytes(text.encode()) for text in told)
    _only_in_the_header(server.requests)


def _only_in_the_header(requests: list[Asked]) -> None:
    assert requests
    for asked in requests:
        assert asked.headers["authorization"] == f"Bearer {KEY.reveal()}"
        others = {name: text for name, text in asked.headers.items() if name != "authorization"}
        assert not canary.in_bytes(repr((asked.target, others)).encode())
        assert not canary.in_bytes(asked.body)


def test_a_crash_tells_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    for hook in ("sys.excepthook", "threading.excepthook"):
        monkeypatch.setattr(hook, sys.excepthook)
    keep_keys_out_of_crashes(told)
    REDACTION.learn(KEY)

    def dies() -> None:
        raise RuntimeError(f"the key was {KEY.reveal()}") from ValueError(KEY.reveal())

    try:
        dies()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=dies)
    thread.start()
    thread.join()
    assert told.getvalue().count("RuntimeError: the key was …") == 2
    assert not canary.in_bytes(told.getvalue().encode())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
async def test_no_process_of_a_command_shows_the_key(folder: Path, tmp_path: Path) -> None:
    (folder / "a.py").write_text("A = 1\n", encoding="utf-8")
    seen: list[list[str]] = []

    async def script(_asked: Asked, writer) -> None:
        seen.append(canary.in_processes())
        writer.write(echoing("401 Unauthorized"))
        await close(writer)

    async with HostileServer(script).running() as server:
        config = tmp_path / "config"
        config.mkdir()
        more = f'key_env = "{canary.VARIABLE}"'
        (config / "endpoints.toml").write_text(
            BOOK.format(url=server.url, more=more), encoding="utf-8"
        )
        told = await asyncio.to_thread(
            lambda: subprocess.run(
                [sys.executable, "-m", "spark_desktop.cli.main", "ask", "Why?", "--file", "a.py"],
                cwd=folder,
                env=os.environ
                | {"SPARK_DATA_DIR": str(tmp_path / "data"), "SPARK_CONFIG_DIR": str(config)},
                capture_output=True,
                check=False,
                timeout=60,
            )
        )
    assert seen == [[]]
    assert told.returncode == 1
    assert b"refused the access" in told.stderr
    assert server.requests[0].headers["authorization"] == f"Bearer {os.environ[canary.VARIABLE]}"
    assert not canary.in_bytes(told.stdout + told.stderr)
    assert canary.in_files(tmp_path)[0] == []


@pytest.mark.parametrize(
    "written",
    [
        KEY.reveal(),
        json.dumps({"key": KEY.reveal()}),
        repr(KEY.reveal()),
        quote(KEY.reveal(), safe=""),
        KEY.reveal().encode().hex(),
        *(base64.b64encode(b"x" * n + KEY.reveal().encode()).decode() for n in range(3)),
        base64.urlsafe_b64encode(f"Bearer {KEY.reveal()}".encode()).decode(),
    ],
)
def test_the_search_finds_each_form(written: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(f"... {written}", encoding="utf-8")
    assert canary.in_files(tmp_path)[0]
    (tmp_path / "x").write_text(f"ключ {written}", encoding="utf-16")
    is_text = os.environ[canary.VARIABLE] in written
    assert bool(canary.in_files(tmp_path)[0]) is is_text
    # The search at the end of the run finds it too.
    (tmp_path / "x").unlink()
