"""The window's project and the quick prompt ask the user's endpoints; one set for the program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.core_state import CoreStopped
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind
from spark_desktop.domain.events import BudgetTold, EndpointsChanged
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.endpoint_wiring import endpoint_services
from spark_desktop.services.bus import Bus
from spark_desktop.services.settings import SettingsService
from spark_desktop.viewmodels.notice import Intent
from tests.hostile.server import GOOD, HostileServer, head, sends
from tests.interface_fakes import until

_ANSWER = head(content_type="text/event-stream", content_length=str(len(GOOD))) + GOOD


@pytest.fixture
async def vendor() -> AsyncIterator[HostileServer]:
    async with HostileServer(sends(_ANSWER)).running() as server:
        yield server


def written(folder: Path, url: str) -> SettingsService:
    """Settings beside which an endpoint is written down that is to answer everything."""
    orders = "\n".join(f'{kind.value} = ["fast"]' for kind in WorkKind)
    (folder / "endpoints.toml").write_text(
        f"""
        [order]
        {orders}
        [[endpoints]]
        id = "fast"
        title = "Fast"
        url = "{url}"
        auth = "none"
        model = "big-model"
        """,
        encoding="utf-8",
    )
    return SettingsService(TomlSettings(folder / "settings.toml"))


async def test_a_project_and_the_quick_prompt_ask_the_endpoint_and_start_no_core(
    qapp: object, tmp_path: Path, vendor: HostileServer
) -> None:
    (tmp_path / "project").mkdir()
    settings = written(tmp_path, vendor.url)
    desktop = DesktopApp(tmp_path / "data", theme="dark", settings=settings)
    await desktop.open_folder(tmp_path / "project")
    project = desktop.project
    assert project is not None
    turn = await project.chat.ask("Why?")
    assert (turn.answer, turn.endpoint, turn.model) == ("héllo héllo ", "Fast", "big-model")
    assert isinstance(project.core.state, CoreStopped)
    quick = await desktop._quick.made()._service.ask("And here?")
    assert (quick.answer, quick.endpoint) == ("héllo héllo ", "Fast")
    services = desktop.endpoints.made()
    assert await desktop.endpoints.ready() is services
    records = await services.log.records(turn.created)
    assert [(one.endpoint, one.error) for one in records] == [("fast", ""), ("fast", "")]
    await desktop.close()


async def test_without_kept_settings_no_endpoints_are_read(qapp: object, tmp_path: Path) -> None:
    desktop = DesktopApp(tmp_path / "data", theme="dark")
    assert desktop.endpoints.made().endpoints.book.specs == ()
    assert not (tmp_path / "data" / "endpoints.toml").exists()
    await desktop.close()


async def test_a_budget_that_is_nearly_spent_is_told_over_the_window(
    qapp: object, tmp_path: Path
) -> None:
    desktop = DesktopApp(tmp_path / "data", theme="dark")
    services = desktop.endpoints.made()
    services.bus.publish(BudgetTold(8.5, 10.0, is_spent=False))
    assert "$8.50 of this month's budget of $10.00" in desktop.window.told.text
    notice = desktop.told.notice
    assert notice is not None
    assert notice.action is not None
    assert notice.action.intent is Intent.ENDPOINTS
    desktop.window.told.intent.emit(notice.action.intent)
    assert desktop.window.machine.open["endpoints"].isVisible()
    await desktop.close()


async def test_a_broken_file_of_endpoints_is_told_at_the_start_and_where_its_copy_is(
    qapp: object, tmp_path: Path
) -> None:
    settings = written(tmp_path, "http://127.0.0.1:9")
    assert settings.file is not None
    settings.file.with_name("endpoints.toml").write_text("[[endpoints\n", encoding="utf-8")
    desktop = DesktopApp(tmp_path / "data", theme="dark", settings=settings)
    await desktop.open_folder(tmp_path / "project")
    assert "is no list of endpoints" in desktop.window.told.text
    assert "It is kept as" in desktop.window.told.text
    await desktop.close()


async def test_what_this_month_has_cost_is_read_once_there_are_endpoints(
    qapp: object, tmp_path: Path
) -> None:
    # A log on the disk of an earlier run.
    record = AnswerRecord(SystemClock().now(), "fast", "m", WorkKind.CHAT, cost=1.25)
    first = endpoint_services(tmp_path, None)
    first.log.note(record)
    await first.close()
    again = endpoint_services(tmp_path, None)
    told: list[object] = []
    bus = Bus()
    bus.subscribe(EndpointsChanged, told.append)
    end = again.tell(bus)
    assert again.purse.month == 0
    await again.endpoints.change(EndpointBook((EndpointSpec("fast", "Fast", "https://x/v1"),)))
    await until(lambda: again.purse.month == 1.25)
    assert len(told) == 1
    end()
    await again.endpoints.change(EndpointBook())
    assert len(told) == 1
    await again.close()


async def test_a_month_that_cannot_be_read_is_no_reason_not_to_begin(
    qapp: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spark.db").mkdir()
    services = endpoint_services(tmp_path, None)
    await services.endpoints.change(EndpointBook((EndpointSpec("fast", "Fast", "https://x/v1"),)))
    await until(lambda: "what this month has cost was not read" in caplog.text)
    await services.close()
