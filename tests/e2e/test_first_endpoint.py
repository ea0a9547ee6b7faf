"""A new user's first endpoint: pasted, asked, gone; then the local core answers, and says why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.events import AnswerRerouted
from spark_desktop.services.settings import SettingsService
from spark_desktop.viewmodels.endpoint_draft import KeyPlace, Part
from tests.hostile.server import GOOD, HostileServer, head, sends
from tests.interface_fakes import until

_ANSWER = head(content_type="text/event-stream", content_length=str(len(GOOD))) + GOOD
_KEY = "a-key-of-this-session"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return an empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def _holding(folder: Path, text: str) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if text.encode() in file.read_bytes()]


async def test_a_pasted_endpoint_answers_and_the_core_steps_in_when_it_is_gone(
    qapp: object,
    tmp_path: Path,
    project: Path,
    replay_script: Callable[[list[dict[str, object]]], str],
) -> None:
    model = replay_script([{"match": "", "text": "From the core."}])
    settings = SettingsService(TomlSettings(tmp_path / "settings.toml"))
    desktop = DesktopApp(tmp_path / "data", model, theme="dark", settings=settings)
    told: list[AnswerRerouted] = []
    async with HostileServer(sends(_ANSWER)).running() as vendor:
        await desktop.open_folder(project)
        opened = desktop.project
        assert opened is not None
        opened.bus.subscribe(AnswerRerouted, told.append)
        editor = desktop._endpoint_desk.view_models().endpoints.editor()
        await until(lambda: editor.key_look is not None)
        editor.set_url(f"{vendor.url}/v1/chat/completions")
        editor.change(Part.KEY, key=_KEY, key_place=KeyPlace.SESSION)
        editor.change(Part.MODEL, model="big-model")
        editor.change(Part.TITLE, title="Vendor")
        editor.save()
        await until(lambda: not editor.is_saving and not editor.is_new)
        there = await opened.chat.ask("Why?")
    here = await opened.chat.ask("And now?")
    assert (there.answer, there.endpoint, there.model) == ("héllo héllo ", "Vendor", "big-model")
    assert (here.answer.strip(), here.endpoint) == ("From the core.", "")
    assert [(one.source, one.target) for one in told] == [("Vendor", "")]
    assert "connection was refused" in told[0].reason
    await desktop.close()
    assert _holding(tmp_path, _KEY) == []
