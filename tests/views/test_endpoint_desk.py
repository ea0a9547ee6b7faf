"""The endpoints' window over the program's own services, and a server that answers as vLLM does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.core_state import CoreState, CoreStopped
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.endpoint_desk import EndpointDesk
from spark_desktop.endpoint_entry import EndpointEntry
from spark_desktop.endpoint_wiring import EndpointServices, endpoint_services
from spark_desktop.services.settings import SettingsService
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.views.endpoints_dialog import EndpointsDialog
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.endpoint_fakes import MemorySecrets
from tests.interface_fakes import until
from tests.model_servers import vendor

_KEY = "sk-desk-test-0123456789"


class Made:
    """An entry whose services keep their keys in memory."""

    def __init__(self, services: EndpointServices) -> None:
        self._services = services

    def made(self) -> EndpointServices:
        return self._services


async def keyring() -> str:
    return "Memory"


def stopped() -> CoreState | None:
    return CoreStopped()


@pytest.fixture
async def secrets() -> MemorySecrets:
    return MemorySecrets()


@pytest.fixture
async def services(tmp_path: Path, secrets: MemorySecrets) -> AsyncIterator[EndpointServices]:
    made = endpoint_services(tmp_path / "data", tmp_path / "endpoints.toml", secrets=secrets)
    await made.database.open()
    yield made
    await made.close()


@pytest.fixture
async def dialog(
    qtbot: QtBot, tmp_path: Path, services: EndpointServices
) -> AsyncIterator[EndpointsDialog]:
    window = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(window, before_close_func=lambda window: window.finish())
    desk = EndpointDesk(cast(EndpointEntry, Made(services)), stopped, keyring)
    window.machine.connect_endpoints(desk.view_models)
    window.show()
    window.do(Intent.ENDPOINTS)
    opened = window.machine.open["endpoints"]
    assert isinstance(opened, EndpointsDialog)
    yield opened
    await desk.close()


async def test_an_endpoint_is_found_out_tested_saved_and_asked(
    dialog: EndpointsDialog, services: EndpointServices, secrets: MemorySecrets, tmp_path: Path
) -> None:
    assert dialog.list.table.text_at(0, 2) == "stopped"
    async with vendor(_KEY).server().running() as server:
        dialog.list.add.click()
        editor = dialog.editor
        assert editor is not None
        editor.form.url.textEdited.emit(f"{server.url}/v1/chat/completions")
        editor.form.url.editingFinished.emit()
        assert editor.form.url.text() == f"{server.url}/v1"
        await until(lambda: "Memory" in editor.form.key.place.itemText(0))
        editor.test.click()
        await until(lambda: editor.steps.rowCount() > 0 and editor.test.isVisible())
        assert "refused" in editor.notice.text or "key" in editor.notice.text
        editor.form.key.key.textEdited.emit(f" {_KEY}\n")
        editor.test.click()
        await until(lambda: editor._model.is_testing)
        await until(lambda: editor.test.isVisible())
        states = {
            editor.steps.text_at(row, 0): editor.steps.text_at(row, 1)
            for row in range(editor.steps.rowCount())
        }
        assert states["Key"] == states["Models"] == states["First token"] == "passed"
        assert states["Certificate"] == "left out"
        assert editor.form.model.currentText()
        editor.save.click()
        await until(lambda: not editor.isVisible())
        spec = services.endpoints.book.specs[0]
        assert services.endpoints.book.order(WorkKind.CHAT)[0] == spec.id
        endpoint = await services.endpoints.open(spec)
        assert endpoint.model.id == spec.model
    assert secrets.kept[spec.id] == Secret(_KEY)
    written = (tmp_path / "endpoints.toml").read_text(encoding="utf-8")
    assert spec.url in written
    assert _KEY not in written
    assert await services.log.records(datetime(2026, 1, 1, tzinfo=UTC)) == ()


async def test_the_program_has_the_window_and_no_file_before_something_is_kept(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_store: object, *_names: str) -> str:
        raise SecretStoreError("No keyring. Looked for: nothing.", "Start one.")

    for name in ("name", "read"):
        monkeypatch.setattr(f"spark_desktop.adapters.keyring_store.KeyringSecretStore.{name}", none)
    settings = SettingsService(TomlSettings(tmp_path / "settings.toml"))
    desktop = DesktopApp(tmp_path / "data", theme="dark", settings=settings)
    desktop.window.show()
    desktop.window.keys["endpoints"].trigger()
    opened = desktop.window.machine.open["endpoints"]
    assert isinstance(opened, EndpointsDialog)
    assert opened.list.table.text_at(0, 2) == "starts with a project"
    opened.edit("")
    editor = opened.editor
    assert editor is not None
    await until(lambda: editor.form.key.place.count() == 2)
    assert "Looked for: nothing." in editor.form.key._where.help
    assert len(editor.form._preset_ids) > 10
    await desktop.close()
    assert not (tmp_path / "endpoints.toml").exists()
