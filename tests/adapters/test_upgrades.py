"""An upgrade over any earlier program keeps all that its user has; a downgrade touches nothing."""

import sqlite3
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop.adapters.composer_store import SqliteComposerStore
from spark_desktop.adapters.data_check import data_is_known
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.lab_proposals import SqliteProposalLog
from spark_desktop.adapters.ledger import SqliteLedger
from spark_desktop.adapters.migrations import STEPS
from spark_desktop.adapters.prompt_memory import SqlitePromptMemory
from spark_desktop.adapters.quick_history import SqliteQuickHistory
from spark_desktop.adapters.schema_version import check_schema, schema_of
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.spark_examinations import database as examined
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.cli.main import main
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.findings import Verdict
from spark_desktop.domain.self_test import Outcome
from spark_desktop.domain.settings import ThemeChoice
from spark_desktop.places import settings_file
from spark_desktop.services.tasks import TaskScope
from spark_desktop.wiring import Project, open_project
from tests.old_folders import (
    BEFORE,
    MODEL,
    NOW,
    REDONE,
    SCHEMAS,
    OldFolder,
    newer_folder,
    old_folder,
)

EACH = pytest.mark.parametrize("schema", SCHEMAS)
WITH_CHANGES = pytest.mark.parametrize("schema", SCHEMAS[1:])
NEWER = len(STEPS) + 1


@asynccontextmanager
async def opened(folder: OldFolder) -> AsyncIterator[Project]:
    """The program of today on that folder; no core is started."""
    project = await open_project(folder.project, data_dir=folder.data)
    try:
        yield project
    finally:
        await project.close()


@EACH
async def test_an_upgrade_keeps_every_thread_with_every_turn(schema: int, tmp_path: Path) -> None:
    async with opened(old_folder(schema, tmp_path)) as project:
        threads = {thread.title: thread for thread in await project.chat.threads()}
        assert set(threads) == {"Why eval?", "Median"}
        first = (await project.chat.thread(threads["Why eval?"].id)).turns
        assert [(turn.id, turn.question, turn.answer) for turn in first] == [
            ("t0", "Question 0: why?", "Because of `eval` 0."),
            ("t1", "Question 1: why?", "Because of `eval` 1."),
        ]
        assert [turn.state for turn in first] == [TurnState.DONE] * 2
        assert (first[0].model, first[0].path) == ("qwen", "a.py")
        if schema > 1:
            assert first[0].usage is not None
            assert (first[0].usage.prompt_tokens, first[0].usage.cached_tokens) == (200, 150)
            assert first[0].timing is not None
            assert (first[0].timing.first_token, first[0].timing.decode) == (0.31, 1.0)
        failed = (await project.chat.thread(threads["Median"].id)).turns[-1]
        assert (failed.state, failed.error) == (TurnState.FAILED, "The server broke off.")


@EACH
async def test_an_upgrade_finds_old_turns_by_their_words(schema: int, tmp_path: Path) -> None:
    async with opened(old_folder(schema, tmp_path)) as project:
        hits = await project.threads.search("eval 2")
        assert [hit.thread.title for hit in hits] == ["Median"]


@WITH_CHANGES
async def test_after_an_upgrade_every_old_change_is_undone_and_redone_to_the_byte(
    schema: int, tmp_path: Path
) -> None:
    folder = old_folder(schema, tmp_path)
    async with opened(folder) as project:
        steps = await project.edits.steps()
        assert [(step.id, step.undone) for step in steps] == [
            ("c1", False),
            ("c2", False),
            ("c3", False),
            ("c4", True),
        ]
        await project.edits.redo()
        assert folder.files() == REDONE
        for _ in range(4):
            await project.edits.undo()
        assert folder.files() == BEFORE
    async with opened(folder) as project:
        for _ in range(3):
            await project.edits.redo()
        assert folder.files() == NOW


@EACH
async def test_an_upgrade_keeps_what_else_was_kept_then(schema: int, tmp_path: Path) -> None:
    folder = old_folder(schema, tmp_path)
    database = Database(folder.file)
    await database.open()
    threads = await database.run(
        lambda db: dict(db.execute("SELECT title, id FROM threads").fetchall())
    )
    if schema >= 4:
        (figures,) = await SqliteProposalLog(database, folder.project).proposals()
        assert (figures.id, figures.usage.completion_tokens) == ("p1", 50)
    if schema >= 5:
        quick = SqliteQuickHistory(folder.file)
        assert await quick.recent() == ("a quick question",)
        await quick.close()
    if schema >= 7:
        composer = SqliteComposerStore(database, folder.project)
        assert (await composer.draft(threads["Why eval?"])).text == "half a question"
        (question,) = await composer.queued()
        assert (question.text, question.thread_id) == ("an unsent question", threads["Median"])
        sent = await SqlitePromptMemory(database).sent(threads["Why eval?"])
        assert sent == {"t0": "the prompt as it was sent"}
    if schema >= 8:
        ledger = SqliteLedger(database, SystemClock(), TaskScope("test"))
        (record,) = await ledger.records()
        assert (record.contact.host, record.contact.purpose) == ("hub.example", "fetch a model")
    assert await database.run(lambda db: db.execute("PRAGMA foreign_key_check").fetchall()) == []
    await database.close()


@EACH
async def test_an_upgrade_leaves_models_and_the_window_as_they_were(
    schema: int, tmp_path: Path
) -> None:
    folder = old_folder(schema, tmp_path)
    before = folder.digests()
    async with opened(folder):
        pass
    after = folder.digests()
    assert {name for name in before if after.get(name) != before[name]} == {"spark.db"}
    assert folder.file.with_name("models").joinpath("qwen.gguf").read_bytes() == MODEL


OLD_SETTINGS = """\
# Mine, do not touch.
[looks]
theme = "dark" # for the evening
font_size = 15

[of_another_time]
some = ["thing"]

[watching]
stubs = false
not_known_here = 3
"""


async def test_settings_of_an_earlier_program_keep_comments_and_what_is_not_known(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(OLD_SETTINGS)
    store = TomlSettings(file)
    loaded = store.load()
    assert loaded.problems == ()
    looks = loaded.settings.looks
    assert (looks.theme, looks.font_size, loaded.settings.watching.stubs) == (
        ThemeChoice.DARK,
        15,
        False,
    )
    # What came later has its default, and is off until it is chosen.
    assert not loaded.settings.updates.check
    changed = replace(looks, theme=ThemeChoice.LIGHT)
    await store.save(replace(loaded.settings, looks=changed))
    assert file.read_text() == OLD_SETTINGS.replace('"dark"', '"light"')


@pytest.mark.parametrize("known", SCHEMAS)
@pytest.mark.parametrize("log", [False, True], ids=["closed", "killed"])
def test_every_older_program_says_so_and_changes_no_byte(
    known: int, log: bool, tmp_path: Path
) -> None:
    folder = newer_folder(tmp_path, log=log, schema=len(STEPS))
    before = folder.digests()
    assert ("spark.db-wal" in before) is log
    with pytest.raises(StoreError, match=f"schema {len(STEPS)}, this one knows {known}") as caught:
        check_schema(folder.file, STEPS[:known])
    assert "Update Spark" in caught.value.next_step
    assert folder.digests() == before


@pytest.mark.parametrize("log", [False, True], ids=["closed", "killed"])
async def test_opening_a_project_on_newer_data_is_refused_and_changes_no_byte(
    log: bool, tmp_path: Path
) -> None:
    folder = newer_folder(tmp_path, log=log)
    before = folder.digests()
    with pytest.raises(StoreError, match="of a newer Spark"):
        await open_project(folder.project, data_dir=folder.data)
    assert folder.digests() == before
    assert folder.files() == NOW


@pytest.mark.parametrize(
    "command",
    [
        ["threads"],
        ["undo"],
        ["redo"],
        ["history"],
        ["restore", "c1"],
        ["lab"],
        ["ask", "Why?"],
        ["edit", "a.py", "Make it faster"],
        ["quick", "--print", "Why?"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_says_so_and_changes_no_byte(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    monkeypatch.setenv("SPARK_DATA_DIR", str(folder.data))
    monkeypatch.chdir(folder.project)
    assert main(command) == 1
    told = capsys.readouterr().err
    assert f"of a newer Spark (schema {NEWER}, this one knows {len(STEPS)})" in told
    assert folder.digests() == before
    assert not settings_file().exists()


def test_the_doctor_says_so_and_changes_no_byte(tmp_path: Path) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    finding = examined(folder.file)
    assert finding.verdict is Verdict.MISSING
    assert "of a newer Spark" in finding.detail
    assert folder.digests() == before


def test_what_the_log_has_not_committed_does_not_count(tmp_path: Path) -> None:
    folder = newer_folder(tmp_path, log=True)
    log = folder.file.with_name("spark.db-wal")
    data = bytearray(log.read_bytes())
    page = struct.unpack_from(">I", data, 8)[0]
    assert schema_of(folder.file) == NEWER
    for place in range(32, len(data), 24 + page):
        # No frame ends a transaction any more, as when the power went.
        data[place + 4 : place + 8] = bytes(4)
    log.write_bytes(data)
    assert schema_of(folder.file) == len(STEPS) - 1
    log.write_bytes(data[:40])
    assert schema_of(folder.file) == len(STEPS) - 1
    log.write_bytes(b"no log")
    assert schema_of(folder.file) == len(STEPS) - 1


def test_a_log_of_an_earlier_run_does_not_count(tmp_path: Path) -> None:
    folder = newer_folder(tmp_path, log=True)
    log = folder.file.with_name("spark.db-wal")
    data = bytearray(log.read_bytes())
    data[16] ^= 1
    log.write_bytes(data)
    assert schema_of(folder.file) == len(STEPS) - 1


@pytest.mark.parametrize("data", [None, b"", b"SQLite", b"no database at all" * 20])
def test_what_is_no_database_is_left_to_who_opens_it(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "spark.db"
    if data is not None:
        file.write_bytes(data)
    assert schema_of(file) == 0
    check_schema(file)
    check_schema(tmp_path)


def test_the_number_in_the_bytes_is_the_one_that_sqlite_tells(tmp_path: Path) -> None:
    for schema in SCHEMAS:
        folder = old_folder(schema, tmp_path / str(schema))
        with closing(sqlite3.connect(folder.file)) as connection:
            told = connection.execute("PRAGMA user_version").fetchone()[0]
        assert schema_of(folder.file) == told == schema


def test_the_self_test_says_so_and_changes_no_byte(tmp_path: Path) -> None:
    folder = newer_folder(tmp_path, log=True)
    before = folder.digests()
    seen = data_is_known(folder.data)
    assert (seen.outcome, "of a newer Spark" in seen.text) == (Outcome.FAILED, True)
    assert "Update Spark" in seen.next_step
    assert folder.digests() == before


def test_the_self_test_tells_data_of_this_or_an_earlier_program(tmp_path: Path) -> None:
    assert "no threads or changes yet" in data_is_known(tmp_path).text
    seen = data_is_known(old_folder(7, tmp_path).data)
    assert (seen.outcome, seen.text.endswith(f"schema 7 of {len(STEPS)}")) == (Outcome.OK, True)
    (tmp_path / "odd" / "spark.db").mkdir(parents=True)
    assert data_is_known(tmp_path / "odd").outcome is Outcome.FAILED
