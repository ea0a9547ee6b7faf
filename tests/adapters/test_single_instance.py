"""One program for each data folder, and what a second start hands over."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from spark_desktop.adapters import single_instance
from spark_desktop.adapters.meeting_place import LoopbackPlace, MeetingPlace, UnixPlace
from spark_desktop.adapters.single_instance import SingleInstance, hand_over
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.handover import MOST_BYTES, Handover, OpenWindow, QuickText
from spark_desktop.services.tasks import TaskScope

PLACES: list[Callable[[Path], MeetingPlace]] = [LoopbackPlace]
if sys.platform != "win32":
    PLACES.append(UnixPlace)
OPEN = OpenWindow("/projects/one", "qwen", activation="token")


class Heard:
    """An instance that listens, and what it was told."""

    def __init__(self, data_dir: Path, place: MeetingPlace) -> None:
        self.messages: asyncio.Queue[Handover] = asyncio.Queue()
        self.scope = TaskScope("test")
        self.takes = True
        self.instance = SingleInstance(data_dir, place)

    async def begin(self) -> None:
        assert await self.instance.claim(OPEN)
        await self.instance.listen(self.scope, self.take)

    def take(self, message: Handover) -> bool:
        if self.takes:
            self.messages.put_nowait(message)
        return self.takes

    async def end(self) -> None:
        await self.scope.close()
        await self.instance.close()


@pytest.fixture(params=PLACES, ids=lambda kind: kind.__name__)
def place(request: pytest.FixtureRequest, data_dir: Path) -> MeetingPlace:
    made: MeetingPlace = request.param(data_dir / "run")
    return made


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def heard(data_dir: Path, place: MeetingPlace) -> AsyncIterator[Heard]:
    made = Heard(data_dir, place)
    await made.begin()
    yield made
    await made.end()


async def test_a_second_start_hands_over_and_is_not_the_one(
    heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    assert not await SingleInstance(data_dir, place).claim(OPEN)
    assert await heard.messages.get() == OPEN


async def test_the_quick_prompt_is_handed_a_text(
    heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    assert await hand_over(data_dir, QuickText("What is ŧ?"), place)
    assert await heard.messages.get() == QuickText("What is ŧ?")


async def test_nobody_takes_a_message_where_none_runs(data_dir: Path, place: MeetingPlace) -> None:
    assert not await hand_over(data_dir, OPEN, place)


async def test_the_next_start_is_the_one_when_the_first_has_ended(
    heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    await heard.end()
    again = Heard(data_dir, place)
    await again.begin()
    assert await hand_over(data_dir, OPEN, place)
    await again.end()


async def test_another_data_folder_has_its_own(heard: Heard, tmp_path: Path) -> None:
    other = SingleInstance(tmp_path / "other")
    assert await other.claim(OPEN)
    await other.close()
    assert heard.messages.empty()


async def test_one_that_is_ending_takes_nothing_and_the_next_start_waits_for_its_end(
    heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    heard.takes = False
    assert not await hand_over(data_dir, OPEN, place)
    again = SingleInstance(data_dir, place)
    claim = asyncio.ensure_future(again.claim(OPEN))
    await asyncio.sleep(0)
    await heard.end()
    assert await claim
    await again.close()


async def test_two_starts_at_once_are_one(data_dir: Path, place: MeetingPlace) -> None:
    one, two = Heard(data_dir, place), Heard(data_dir, place)

    async def start(heard: Heard) -> bool:
        is_one = await heard.instance.claim(OPEN)
        # The lock is held before anybody can be heard: the other must wait for that.
        await asyncio.sleep(0)
        if is_one:
            await heard.instance.listen(heard.scope, heard.take)
        return is_one

    assert sorted(await asyncio.gather(start(one), start(two))) == [False, True]
    assert one.messages.qsize() + two.messages.qsize() == 1
    await one.end()
    await two.end()


async def test_one_that_does_not_answer_is_named(data_dir: Path, place: MeetingPlace) -> None:
    deaf = SingleInstance(data_dir, place)
    assert await deaf.claim(OPEN)
    with pytest.raises(DesktopError, match="does not answer") as raised:
        await SingleInstance(data_dir, place).claim(OPEN, patience=0.2)
    assert raised.value.next_step == "End that program, then start Spark again."
    await deaf.close()


async def test_a_text_that_is_too_long_is_refused_with_both_numbers(data_dir: Path) -> None:
    with pytest.raises(DesktopError, match=f"; {MOST_BYTES} fit"):
        await hand_over(data_dir, QuickText("x" * MOST_BYTES))


@pytest.mark.parametrize(
    "said",
    [
        b"\n",
        b"POST / HTTP/1.1\r\n\r\n",
        b'{"spark": 1, "kind": "erase"}\n',
        b'{"spark": 2, "kind": "open"}\n',
        b'{"spark": 1, "kind": "open", "folder": 7}\n',
        b"[" * 5000 + b"\n",
        b"\xff\xfe\n",
        b'{"spark": 1',
        b"x" * (MOST_BYTES + 10) + b"\n",
    ],
    ids=lambda said: repr(said[:24]),
)
async def test_what_is_no_message_is_passed_over(
    said: bytes, heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    reader, writer = await place.connect()
    writer.write(said)
    writer.write_eof()
    assert await answer(reader) == b""
    writer.close()
    # It still listens.
    assert await hand_over(data_dir, OPEN, place)
    assert await heard.messages.get() == OPEN


async def test_who_opens_many_connections_is_turned_away_and_then_served_again(
    heard: Heard, data_dir: Path, place: MeetingPlace
) -> None:
    silent = [await place.connect() for _ in range(8)]
    reader, late = await place.connect()
    assert await answer(reader) == b""
    late.close()
    for _, writer in silent:
        writer.close()
    # The next start goes on until it is heard.
    assert not await SingleInstance(data_dir, place).claim(OPEN)
    assert heard.messages.get_nowait() == OPEN


async def test_a_wrong_token_is_not_answered(data_dir: Path) -> None:
    place = LoopbackPlace(data_dir / "run")
    heard = Heard(data_dir, place)
    await heard.begin()
    file = data_dir / "run" / "app.json"
    told = file.read_text(encoding="utf-8")
    file.write_text(told.replace('"token": "', '"token": "x'), encoding="utf-8")
    assert not await hand_over(data_dir, OPEN, LoopbackPlace(data_dir / "run"))
    assert heard.messages.empty()
    await heard.end()


@pytest.mark.parametrize("told", ["", "[]", '{"port": 70000, "token": "x"}', '{"port": 1}'])
async def test_a_damaged_address_counts_as_nobody(told: str, data_dir: Path) -> None:
    (data_dir / "run").mkdir(parents=True)
    (data_dir / "run" / "app.json").write_text(told, encoding="utf-8")
    assert not await hand_over(data_dir, OPEN, LoopbackPlace(data_dir / "run"))


async def test_a_folder_that_cannot_be_locked_starts_nevertheless(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    instance = SingleInstance(tmp_path / "data")
    assert await instance.claim(OPEN)
    await instance.listen(TaskScope("test"), lambda _message: True)
    assert "cannot be locked" in caplog.text
    assert "cannot be heard" in caplog.text
    await instance.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
async def test_the_socket_is_in_a_folder_of_the_user_alone(data_dir: Path) -> None:
    (data_dir / "run").mkdir(parents=True, mode=0o755)
    heard = Heard(data_dir, UnixPlace(data_dir / "run"))
    await heard.begin()
    assert (data_dir / "run").stat().st_mode & 0o777 == 0o700
    await heard.end()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
async def test_a_folder_that_others_may_write_is_not_spoken_to(data_dir: Path) -> None:
    place = UnixPlace(data_dir / "run")
    heard = Heard(data_dir, place)
    await heard.begin()
    (data_dir / "run").chmod(0o755)
    assert not await hand_over(data_dir, OPEN, place)
    await heard.end()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sockets of this kind")
async def test_a_path_that_is_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25) / "data"
    short = tmp_path / "s"
    place = UnixPlace(data_dir / "run", short)
    assert place.socket.parent.parent == short
    if len(os.fsencode(place.socket)) > 100:
        pytest.skip("the test's own folder is too long")
    heard = Heard(data_dir, place)
    await heard.begin()
    assert await hand_over(data_dir, OPEN, place)
    await heard.end()


_KILLED = """
import asyncio, sys
from pathlib import Path
from spark_desktop.adapters.single_instance import SingleInstance
from spark_desktop.domain.handover import OpenWindow
from spark_desktop.services.tasks import TaskScope

async def main():
    instance = SingleInstance(Path(sys.argv[1]))
    assert await instance.claim(OpenWindow())
    await instance.listen(TaskScope("x"), lambda message: not print(message, flush=True))
    print("up", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def another(data_dir: Path) -> "subprocess.Popen[str]":
    """A process of its own that is the one."""
    return subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(data_dir)], stdout=subprocess.PIPE, text=True
    )


async def test_the_place_of_a_killed_one_is_taken_over(data_dir: Path) -> None:
    with another(data_dir) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "up\n"
        assert not await SingleInstance(data_dir).claim(OPEN)
        assert "/projects/one" in killed.stdout.readline()
        killed.kill()
        assert killed.wait(60) != 0
    assert list((data_dir / "run").glob("app.sock")) or sys.platform == "win32"
    heard = Heard(data_dir, PLACES[-1](data_dir / "run"))
    await heard.begin()
    assert await hand_over(data_dir, OPEN)
    assert await heard.messages.get() == OPEN
    await heard.end()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
async def test_one_that_hangs_is_not_waited_for_without_end(data_dir: Path) -> None:
    with another(data_dir) as stuck:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "up\n"
        stuck.send_signal(signal.SIGSTOP)
        with pytest.raises(DesktopError, match="does not answer"):
            await SingleInstance(data_dir).claim(OPEN, patience=0.3)
        stuck.kill()


async def answer(reader: asyncio.StreamReader) -> bytes:
    """What came until the end; a connection that was reset said nothing."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
async def test_a_message_that_one_that_hangs_may_yet_take_counts_as_no_refusal(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_EXCHANGE_S", 0.3)
    with another(data_dir) as stuck:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "up\n"
        stuck.send_signal(signal.SIGSTOP)
        with pytest.raises(DesktopError, match="does not answer"):
            await hand_over(data_dir, QuickText("Why?"))
        stuck.kill()
