"""What was saved lately, hunk by hunk."""

import asyncio
from datetime import UTC, datetime

from fakes import MemoryFiles

from spark_desktop.domain.events import ChangeApplied, FilesChanged
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import compute
from spark_desktop.domain.trigger import Span
from spark_desktop.services.bus import Bus
from spark_desktop.services.recent_edits import RecentEdits
from spark_desktop.services.secret_guard import SecretGuard
from spark_desktop.services.tasks import TaskScope

CODE = "width = 1\nheight = 2\n\n\ndef area():\n    return width * height\n"
NOWHERE = Span(0, 0)
ALL = ("width", "height", "area", "depth", "size", "token")


class Desk:
    def __init__(self, **files: str) -> None:
        self.files, self.bus, self.scope = MemoryFiles(**files), Bus(), TaskScope("test")
        self.edits = RecentEdits(SecretGuard(self.files), self.bus, self.scope)

    async def save(self, path: str, text: str) -> None:
        self.files.write(path, text)
        self.bus.publish(FilesChanged((path,)))
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    def texts(self, path: str = "b.py", region: Span = NOWHERE) -> list[str]:
        return [edit.text for edit in self.edits.about(path, region, ALL)]


async def seen(**files: str) -> Desk:
    desk = Desk(**files)
    for path in desk.files.data:
        desk.edits.see(desk.files.snapshot(path))
    return desk


async def test_a_save_is_told_by_its_hunks():
    desk = await seen(a__py=CODE)
    await desk.save("a.py", CODE.replace("height = 2", "height = 3").replace("area", "size"))
    assert desk.texts() == ["-height = 2\n+height = 3", "-def area():\n+def size():"]


async def test_a_text_that_nobody_saw_before_has_no_hunks():
    desk = Desk(a__py=CODE)
    await desk.save("a.py", CODE)
    assert desk.texts() == []
    await desk.save("a.py", CODE.replace("2", "3"))
    assert len(desk.texts()) == 1


async def test_edits_of_the_region_itself_are_not_told():
    desk = await seen(a__py=CODE)
    await desk.save("a.py", CODE.replace("width * height", "height * width"))
    assert desk.texts("a.py", Span(4, 6)) == []
    assert len(desk.texts("b.py", Span(4, 6))) == 1


async def test_an_edit_that_shares_no_name_is_not_told():
    desk = await seen(a__py=CODE)
    await desk.save("a.py", CODE.replace("height = 2", "height = 3"))
    assert desk.edits.about("b.py", NOWHERE, ["depth"]) == ()


async def test_a_line_that_is_saved_again_is_told_once_as_it_became_last():
    desk = await seen(a__py=CODE)
    for number in (3, 4, 5):
        await desk.save("a.py", CODE.replace("height = 2", f"height = {number}"))
    assert desk.texts() == ["-height = 4\n+height = 5"]


async def test_the_newest_hunks_are_kept():
    text = "".join(f"width{n} = 0\n\n" for n in range(12))
    desk = await seen(a__py=text)
    for number in range(12):
        text = text.replace(f"width{number} = 0", f"width = {number}")
        await desk.save("a.py", text)
    assert [one.rpartition(" ")[2] for one in desk.texts()] == [str(n) for n in range(4, 12)]


async def test_a_comment_for_spark_is_no_edit():
    desk = await seen(a__py=CODE)
    await desk.save("a.py", CODE.replace("def area", "# use width AI!\ndef area"))
    assert desk.texts() == []


async def test_what_spark_wrote_is_told_once():
    desk = await seen(a__py=CODE)
    after = CODE.replace("height = 2", "height = 3")
    before, later = desk.files.snapshot("a.py"), MemoryFiles(a__py=after).snapshot("a.py")
    patch = compute("a.py", before.digest, CODE, after)
    change = AppliedChange(
        *("1", "a.py", "taller", patch.hunks, before.digest, later.digest),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    desk.bus.publish(ChangeApplied(change))
    await desk.save("a.py", after)
    assert desk.texts() == ["-height = 2\n+height = 3"]


# Put together here, so that this file is none that holds a secret.
SECRET = "kJ8mQ2vX9" + "pL4zT7wB3nR"


async def test_a_file_with_a_secret_is_forgotten():
    desk = await seen(a__py=CODE)
    await desk.save("a.py", CODE.replace("height = 2", "height = 3"))
    await desk.save("a.py", CODE + f'token = "{SECRET}"\n')
    assert desk.texts() == []
    await desk.save("a.py", CODE)
    assert desk.texts() == []


async def test_a_burst_of_files_is_not_compared():
    files = {f"a{n}__py": CODE for n in range(11)}
    desk = await seen(**files)
    for path in desk.files.data:
        desk.files.write(path, CODE.replace("2", "3"))
    desk.bus.publish(FilesChanged(tuple(desk.files.data)))
    assert desk.texts() == []


async def test_the_line_that_was_changed_last_is_known_once_the_save_is_compared():
    desk = await seen(a__py=CODE)
    desk.files.write("a.py", CODE.replace("height = 2", "height = 3"))
    desk.bus.publish(FilesChanged(("a.py",)))
    await asyncio.sleep(0)
    assert await desk.edits.latest("a.py") == 1
    assert await desk.edits.latest("b.py") is None


async def test_a_generated_file_is_not_followed():
    desk = await seen(a_pb2__py=CODE)
    await desk.save("a_pb2.py", CODE.replace("2", "3"))
    assert desk.texts() == []
