"""The window's project and the quick prompt ask the user's endpoints; one set for the program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.core_state import CoreStopped
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.services.settings import SettingsService
from tests.hostile.server import GOOD, HostileServer, head, sends

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
