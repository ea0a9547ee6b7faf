"""Updates as the window shows them: nobody is asked unasked, and each end has its words."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from spark_desktop.adapters.ed25519 import verify
from spark_desktop.domain.errors import EndpointUnreachableError, PackageError, StoreError
from spark_desktop.domain.release_feed import ReleaseFile
from spark_desktop.domain.settings import Settings, Updates
from spark_desktop.domain.updates import Fetching, Installed, UpdateSource
from spark_desktop.services.settings import SettingsService, UnkeptSettings
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.updates import UpdateService
from spark_desktop.viewmodels.notice import Intent, Notice, Tone
from spark_desktop.viewmodels.updates import UpdateAction, UpdatesViewModel
from tests.fakes import FakeClock
from tests.interface_fakes import until
from tests.update_fakes import (
    INSTALLED,
    NOW,
    SOURCE,
    FakeServer,
    MemoryOfFeeds,
    feed,
    package,
    release,
    written,
)

AGREED = Updates(host=SOURCE.host)
DAILY = Updates(check=True, host=SOURCE.host)


class Night(FakeClock):
    """Sleeps until it is woken."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = NOW.timestamp()
        self.woken = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.woken.wait()
        self.woken.clear()
        self.seconds += seconds


class SlowServer(FakeServer):
    """Has half of a package, and then nothing until ``rest`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = asyncio.Event()

    async def fetch(self, file: ReleaseFile, told: Callable[[Fetching], None]) -> Path:
        told(Fetching(file.bytes // 2, file.bytes))
        await self.rest.wait()
        return await super().fetch(file, told)


class Desk:
    """A view model with all that is behind it."""

    def __init__(self, source: UpdateSource = SOURCE, installed: Installed = INSTALLED) -> None:
        self.server, self.clock, self.memory = SlowServer(), Night(), MemoryOfFeeds()
        self.settings, self.scope = SettingsService(UnkeptSettings()), TaskScope("test")
        service = UpdateService(source, installed, self.server, self.memory, verify, self.clock)
        self.model = UpdatesViewModel(service, self.settings, self.scope, self.clock)
        self.told: list[Notice | None] = []
        self.model.told.connect(self.told.append)
        self.model.begin()

    def choose(self, updates: Updates) -> None:
        self.settings.use(Settings(updates=updates))

    async def checked(self, tone: Tone) -> str:
        """Check now, and return what the window says then."""
        self.choose(AGREED)
        self.model.act(UpdateAction.CHECK)
        await until(lambda: self.model.notice.tone is tone)
        return self.model.notice.text

    async def offered(self) -> None:
        assert await self.checked(Tone.GOOD) == "Spark 0.2.0 is available."


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    await made.scope.close()


async def test_at_first_nobody_is_asked_and_the_window_says_so(desk: Desk) -> None:
    await asyncio.sleep(0)
    assert desk.model.notice.text == "Spark does not look for new versions by itself."
    assert "dl.example.org for two small files" in desk.model.about
    assert "nothing but that request" in desk.model.about
    assert desk.model.version == "This is Spark 0.1.0."
    assert desk.server.asked == 0


async def test_check_now_asks_for_consent_first_and_names_the_host(desk: Desk) -> None:
    desk.model.act(UpdateAction.CHECK)
    assert desk.model.notice.text == "Spark would ask dl.example.org now."
    assert desk.model.actions == (UpdateAction.AGREE, UpdateAction.DECLINE)
    desk.model.act(UpdateAction.DECLINE)
    assert desk.model.actions == (UpdateAction.CHECK,)
    assert (desk.server.asked, desk.settings.current.updates) == (0, Updates())


async def test_consent_is_kept_for_that_host_and_turns_no_daily_check_on(desk: Desk) -> None:
    desk.model.act(UpdateAction.CHECK)
    desk.model.act(UpdateAction.AGREE)
    await until(lambda: desk.model.notice.tone is Tone.GOOD)
    assert desk.settings.current.updates == AGREED
    assert desk.server.asked == 1
    desk.model.act(UpdateAction.CHECK)
    await until(lambda: desk.server.asked == 2)


async def test_a_daily_check_that_rests_is_told_at_the_start_and_in_the_window(desk: Desk) -> None:
    desk.choose(Updates(check=True, host="old.example.org"))
    desk.model.begin()
    assert desk.told[-1] is not None
    assert desk.told[-1].text.startswith("Nobody agreed yet to ask dl.example.org")
    assert desk.model.notice.text == desk.told[-1].text
    assert desk.server.asked == 0


async def test_consent_to_another_host_is_none(desk: Desk) -> None:
    desk.choose(Updates(check=True, host="old.example.org"))
    assert desk.model.remark.startswith("Nobody agreed yet to ask dl.example.org")
    desk.model.act(UpdateAction.CHECK)
    assert desk.model.actions == (UpdateAction.AGREE, UpdateAction.DECLINE)
    desk.model.act(UpdateAction.DECLINE)
    desk.model.agree()
    await until(lambda: desk.model.remark == "")
    await until(lambda: desk.server.asked == 1)


async def test_a_newer_release_is_offered_with_notes_size_and_host(desk: Desk) -> None:
    await desk.offered()
    assert desk.model.notes == "Faster."
    assert desk.model.download_label == "&Download 10.2 kB from dl.example.org"
    assert desk.model.actions == (UpdateAction.DOWNLOAD, UpdateAction.CHECK)
    # Who looks at it needs no notice in the main window.
    assert desk.told == []


async def test_nothing_newer_is_said_as_good_news(desk: Desk) -> None:
    desk.server.data = written(feed(release("0.1.0")))
    assert await desk.checked(Tone.GOOD) == "There is no newer version."
    assert desk.model.actions == (UpdateAction.CHECK,)


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        (Installed(INSTALLED.version, "0.1.0", "linux", "x86_64"), "runs from its source"),
        (Installed(INSTALLED.version, "0.1.0", "linux", "arm64", "run", "full"), "no package for"),
    ],
)
async def test_without_a_package_there_are_only_the_notes(
    qapp: object, installed: Installed, told: str
) -> None:
    desk = Desk(installed=installed)
    await desk.offered()
    assert told in desk.model.notice.hint
    assert desk.model.actions == (UpdateAction.CHECK,)
    await desk.scope.close()


async def test_a_refused_feed_is_told_with_its_next_step_and_offers_nothing(desk: Desk) -> None:
    desk.server.signature = b""
    assert "signature" in await desk.checked(Tone.PROBLEM)
    assert desk.model.notice.hint
    assert desk.model.actions == (UpdateAction.CHECK,)


async def test_what_was_offered_stays_when_a_later_check_fails(desk: Desk) -> None:
    await desk.offered()
    desk.server.error = EndpointUnreachableError("Nobody is there.", "Go online.")
    desk.model.act(UpdateAction.CHECK)
    await until(lambda: desk.model.notice.tone is Tone.PROBLEM)
    assert desk.model.notice.text == "Nobody is there."
    assert UpdateAction.DOWNLOAD in desk.model.actions


async def test_a_download_shows_how_far_it_is_and_then_where_it_lies(desk: Desk) -> None:
    await desk.offered()
    desk.model.act(UpdateAction.DOWNLOAD)
    await until(lambda: desk.model.progress == 0.5)
    assert desk.model.notice.text == "Downloading: 5.1 kB of 10.2 kB"
    assert desk.model.actions == (UpdateAction.CANCEL,)
    desk.server.rest.set()
    await until(lambda: desk.model.progress is None)
    assert desk.model.notice.text == "spark.deb is here, and is the file that was released."
    assert desk.model.how == "To install it, type in that folder: sudo apt install ./spark.deb"
    assert desk.model.actions == (UpdateAction.SHOW, UpdateAction.CHECK)
    folders: list[str] = []
    desk.model.folder_wanted.connect(folders.append)
    desk.model.act(UpdateAction.SHOW)
    assert folders == [str(Path("/downloads"))]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("run", "sh ./spark.deb"),
        ("tar", "unpack it in the place"),
        ("exe", "then open it"),
        ("dmg", "into Applications"),
        ("flatpak", "in the same way"),
    ],
)
async def test_how_a_package_is_installed_depends_on_its_form(
    qapp: object, form: str, told: str
) -> None:
    desk = Desk(installed=Installed(INSTALLED.version, "0.1.0", "linux", "x86_64", form, "full"))
    desk.server.data = written(feed(release(files=[package(format=form)])))
    desk.server.rest.set()
    await desk.offered()
    desk.model.act(UpdateAction.DOWNLOAD)
    await until(lambda: desk.model.how != "")
    assert told in desk.model.how
    await desk.scope.close()


async def test_a_cancelled_download_is_said_and_can_be_begun_again(desk: Desk) -> None:
    await desk.offered()
    desk.model.act(UpdateAction.DOWNLOAD)
    await until(lambda: desk.model.progress == 0.5)
    desk.model.act(UpdateAction.CANCEL)
    await until(lambda: desk.model.progress is None)
    assert "nothing of it was kept" in desk.model.notice.text
    assert UpdateAction.DOWNLOAD in desk.model.actions


async def test_a_package_that_is_refused_is_told_and_never_shown(desk: Desk) -> None:
    await desk.offered()
    desk.server.error = PackageError("It is not the file.", "Install nothing.")
    desk.server.rest.set()
    desk.model.act(UpdateAction.DOWNLOAD)
    await until(lambda: desk.model.notice.tone is Tone.PROBLEM)
    assert desk.model.notice.text == "It is not the file."
    assert UpdateAction.SHOW not in desk.model.actions
    assert desk.model.how == ""


async def test_a_newer_release_still_replaces_what_was_downloaded(desk: Desk) -> None:
    desk.server.rest.set()
    await desk.offered()
    desk.model.act(UpdateAction.DOWNLOAD)
    await until(lambda: UpdateAction.SHOW in desk.model.actions)
    newest = release("0.3.0", files=[package(url="https://dl.example.org/new.deb")])
    desk.server.data = written(feed(newest, sequence=8))
    desk.model.act(UpdateAction.CHECK)
    await until(lambda: "0.3.0" in desk.model.notice.text)
    assert UpdateAction.DOWNLOAD in desk.model.actions


async def test_the_daily_check_tells_once_in_the_main_window(desk: Desk) -> None:
    desk.choose(DAILY)
    await until(lambda: desk.told != [])
    (notice,) = desk.told
    assert notice is not None
    assert notice.text == "Spark 0.2.0 is available."
    assert notice.action is not None
    assert notice.action.intent is Intent.UPDATES
    desk.clock.seconds += timedelta(days=1).total_seconds()
    desk.clock.woken.set()
    await until(lambda: desk.server.asked == 2)
    await until(lambda: desk.model.actions != ())
    assert len(desk.told) == 1
    desk.model.seen()
    assert desk.told[-1] is None


async def test_within_a_day_nobody_is_asked_again(desk: Desk) -> None:
    desk.choose(DAILY)
    await until(lambda: desk.told != [])
    desk.clock.woken.set()
    await until(lambda: not desk.clock.woken.is_set())
    desk.choose(AGREED)
    desk.choose(DAILY)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.server.asked == 1


async def test_a_daily_check_without_a_network_is_nothing_to_tell(desk: Desk) -> None:
    desk.server.error = EndpointUnreachableError("Nobody is there.", "Go online.")
    desk.choose(DAILY)
    await until(lambda: desk.model.notice.tone is Tone.PROBLEM)
    assert desk.told == []


async def test_a_daily_check_that_was_tampered_with_is_told(desk: Desk) -> None:
    desk.server.signature = b""
    desk.choose(DAILY)
    await until(lambda: desk.told != [])
    assert desk.told[0] is not None
    assert desk.told[0].tone is Tone.WARNING
    assert "signature" in desk.told[0].text


async def test_a_memory_that_cannot_be_kept_is_told(desk: Desk) -> None:
    desk.memory.error = StoreError("The disk is full.", "Free some space.")
    desk.choose(DAILY)
    await until(lambda: desk.told != [])
    assert desk.server.asked == 0


async def test_a_build_without_a_key_says_so_and_offers_nothing(qapp: object) -> None:
    desk = Desk(UpdateSource())
    desk.choose(DAILY)
    assert not desk.model.can_check
    assert desk.model.notice.text.startswith("This build has no release key")
    assert desk.model.remark == desk.model.about == desk.model.notice.text
    assert desk.model.actions == ()
    desk.model.act(UpdateAction.CHECK)
    await desk.scope.close()
    assert desk.server.asked == 0


async def test_what_cannot_be_done_now_is_passed_over(desk: Desk) -> None:
    for action in (UpdateAction.SHOW, UpdateAction.DOWNLOAD, UpdateAction.CANCEL):
        desk.model.act(action)
    assert desk.model.actions == (UpdateAction.CHECK,)
    desk.model.end()
    desk.choose(DAILY)
    await asyncio.sleep(0)
    assert desk.server.asked == 0
