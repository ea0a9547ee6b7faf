"""The start at log-in follows the settings."""

from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.settings import Desktop, Settings
from spark_desktop.services.autostart import AutostartKeeper

ON, OFF = Settings(desktop=Desktop(autostart=True)), Settings()


class FakeAutostart:
    """Notes what it was told; refuses while ``error`` is set."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.error: DesktopError | None = None

    def turn_on(self) -> None:
        self._note("on")

    def turn_off(self) -> None:
        self._note("off")

    def _note(self, what: str) -> None:
        if self.error is not None:
            raise self.error
        self.told.append(what)


async def test_it_is_turned_on_and_off_with_the_setting_and_only_once() -> None:
    fake = FakeAutostart()
    keeper = AutostartKeeper(lambda: fake)
    for settings in (ON, ON, OFF, OFF, ON):
        await keeper.follow(settings)
    assert fake.told == ["on", "off", "on"]


async def test_a_start_with_the_setting_off_takes_nothing_away() -> None:
    fake = FakeAutostart()
    await AutostartKeeper(lambda: fake).follow(OFF)
    assert fake.told == []


async def test_what_was_refused_is_tried_again_with_the_next_change() -> None:
    fake = FakeAutostart()
    fake.error = DesktopError("No.")
    keeper = AutostartKeeper(lambda: fake)
    try:
        await keeper.follow(ON)
    except DesktopError:
        fake.error = None
    await keeper.follow(ON)
    assert fake.told == ["on"]
