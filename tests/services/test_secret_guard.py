"""Secrets in prompts: left out and named, or sent once the user has confirmed each."""

import pytest
from composer_fakes import FakeDiffs
from fakes import LineSyntax, MemoryFiles, MemorySteps

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import FileError, SparkError, UnconfirmedSecretError
from spark_desktop.domain.events import ChangeIgnored
from spark_desktop.domain.mentions import Mention
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.mention_search import MentionSearch
from spark_desktop.services.seen_items import SeenItems
from spark_desktop.services.working_diff import WorkingDiff
from tests.services.test_context_items import START

# Joined here, so that this file holds no secret itself.
KEY = "API_" + "KEY = '" + "q7Rt2mZ9xKw4Lp8VnB3cY6hJ1sDf5gQa'\n"
FILE = ItemRef(ItemKind.FILE, ".env")
CONFIG = ItemRef(ItemKind.FILE, "config.py")


def files_of(**more: str) -> MemoryFiles:
    files = MemoryFiles(config__py=f"import os\n{KEY}", a__py="A = 1\n", **more)
    files.data[".env"] = b"DB=1\n"
    return files


def items_of(files: MemoryFiles, *diffs: object) -> ContextItems:
    diff = WorkingDiff(FakeDiffs(*diffs), files, MemorySteps(), START)
    return ContextItems(files, LineSyntax(), diff.read)


@pytest.mark.parametrize("ref", [FILE, CONFIG, ItemRef(ItemKind.CLIPBOARD, text=KEY)])
async def test_a_secret_goes_only_once_it_is_confirmed_and_only_this_one(ref: ItemRef) -> None:
    items = items_of(files_of())
    with pytest.raises(UnconfirmedSecretError) as raised:
        await items.read(ref)
    assert "q7Rt2m" not in str(raised.value)
    items.guard.confirm(ref)
    assert (await items.read(ref)).text
    for other in {FILE, CONFIG} - {ref}:
        with pytest.raises(UnconfirmedSecretError):
            await items.read(other)


async def test_a_confirmed_text_is_that_text_alone() -> None:
    items = items_of(files_of())
    items.guard.confirm(ItemRef(ItemKind.TEXT, text=KEY))
    with pytest.raises(UnconfirmedSecretError, match="looks like it holds a secret"):
        await items.read(ItemRef(ItemKind.TEXT, text=f"{KEY}\n"))


async def test_a_folder_leaves_secrets_out_and_names_them_even_after_its_own_confirmation() -> None:
    items = items_of(files_of())
    ref = ItemRef(ItemKind.FOLDER, ".")
    items.guard.confirm(ref)
    item = await items.read(ref)
    assert "A = 1" in item.text
    assert "q7Rt2m" not in item.text
    assert item.notes == ("Left out, may hold secrets: .env, config.py.",)
    # What was confirmed by its own name goes with its folder too.
    items.guard.confirm(CONFIG)
    assert "q7Rt2m" in (await items.read(ref)).text


async def test_a_folder_of_nothing_but_secrets_says_so() -> None:
    files = MemoryFiles()
    files.data["src/config.py"] = KEY.encode()
    with pytest.raises(FileError, match=r"may hold secrets: src/config\.py"):
        await items_of(files).read(ItemRef(ItemKind.FOLDER, "src"))


async def test_the_file_that_is_shown_is_withheld_without_refusing_the_question() -> None:
    item = await items_of(files_of()).read(ItemRef(ItemKind.OPEN, "config.py"))
    assert "q7Rt2m" not in item.text
    assert item.withheld == "its text, which may hold secrets"
    assert "API_KEY in line 2" in item.notes[0]


async def test_the_diff_names_what_is_left_out_of_it() -> None:
    diff = f"diff --git a/config.py b/config.py\n--- a/config.py\n+++ b/config.py\n@@ @@\n+{KEY}"
    kept = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ @@\n+A = 1\n"
    item = await items_of(files_of(), diff + kept, ".env").read(ItemRef(ItemKind.DIFF))
    assert item.text == kept
    assert item.notes == ("Left out, may hold secrets: .env, config.py.",)
    with pytest.raises(SparkError, match="only of files that may hold secrets"):
        await items_of(files_of(), diff).read(ItemRef(ItemKind.DIFF))


async def test_a_save_in_a_secret_looking_file_asks_nothing_and_says_why(world_of) -> None:
    files = files_of(b__py=f"# add a line AI!\n{KEY}")
    world = world_of(files, "x = 1\n", "x = 1\n")
    await world.inbox.saved(["b.py"])
    await world.turns.idle()
    assert world.endpoint.requests == []
    (ignored,) = [one.ignored for one in world.seen.of(ChangeIgnored)]
    assert (ignored.path, ignored.reason) == ("b.py", IgnoreReason.SECRET)
    assert "API_KEY in line 2" in ignored.detail
    # Confirming it for questions changes nothing about saves.
    world.composing.items.guard.confirm(ItemRef(ItemKind.FILE, "b.py"))
    await world.inbox.saved(["b.py"])
    await world.turns.idle()
    assert world.endpoint.requests == []
    # Once the secret is gone, the next save asks.
    files.write("b.py", "# add a line AI!\n")
    await world.inbox.saved(["b.py"])
    await world.turns.idle()
    assert len(world.endpoint.requests) == 1


async def test_a_question_about_a_secret_file_fails_with_the_reason_and_is_not_sent(
    world_of,
) -> None:
    world = world_of(files_of())
    turn = await world.chat.ask("What is this?", "config.py")
    assert "may hold secrets" in turn.error
    assert world.endpoint.requests == []


async def test_a_secret_file_is_found_by_its_whole_path_only() -> None:
    files = files_of()
    world = MentionSearch(files, LineSyntax(), _Bus())

    async def rows(query: str) -> list[str]:
        told = [row async for row in world.search(Mention(0, len(query) + 6, query, ItemKind.FILE))]
        return [f"{one.ref.path} {one.detail}" for one in told[-1]]

    assert await rows(".env") == [".env may hold secrets"]
    assert not [row for row in await rows("en") if row.startswith(".env")]
    assert await rows("absent.pem") == []


async def test_what_waits_for_the_users_word_is_not_remembered() -> None:
    files = files_of()
    items = items_of(files)
    seen = SeenItems(items, _Bus(), _Clock())
    with pytest.raises(UnconfirmedSecretError):
        await seen.read(CONFIG)
    items.guard.confirm(CONFIG)
    assert "q7Rt2m" in (await seen.read(CONFIG)).text


class _Bus:
    def subscribe(self, *_what: object) -> None:
        pass


class _Clock:
    def monotonic(self) -> float:
        return 0.0
