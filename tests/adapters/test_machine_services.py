"""What the windows about the machine stand on, put together as the program does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.domain.contact import Contact
from spark_desktop.domain.findings import Finding
from spark_desktop.domain.model_shelf import Presence
from spark_desktop.machine import MachineServices, machine_services, program_settings


@pytest.fixture
async def services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MachineServices]:
    monkeypatch.setenv("SPARK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("PLANTED_TOKEN", "a-planted-secret")
    made = machine_services(tmp_path / "data")
    yield made
    await made.close()


@pytest.mark.e2e
async def test_the_catalogue_is_listed_and_a_choice_is_kept(services: MachineServices) -> None:
    shelf = await services.models.shelf()
    assert shelf.find("") is not None
    assert all(model.presence is Presence.ABSENT for model in shelf.models)
    assert all(model.licence for model in shelf.models)
    await services.models.use("qwen2.5-coder-1.5b", lambda state: None)
    assert program_settings().model.model == "qwen2.5-coder-1.5b"
    assert await services.models.speeds() == {}


async def test_the_ledger_follows_the_users_wish(services: MachineServices, tmp_path: Path) -> None:
    services.connections.note(Contact("hub.example", 443, "fetch a model"))
    assert len(await services.connections.records()) == 1
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[privacy]\nkeep_ledger = false\n")
    private = machine_services(tmp_path / "private")
    private.connections.note(Contact("hub.example", 443, "fetch a model"))
    assert await private.connections.records() == ()
    await private.close()


@pytest.mark.e2e
async def test_the_doctor_examines_this_machine_and_its_report_holds_no_secret(
    services: MachineServices,
) -> None:
    found: dict[int, Finding] = {}
    await services.doctor.examine(found.__setitem__)
    names = {finding.name for finding in found.values()}
    assert {"engine", "model", "keyring", "file watches", "TLS certificates", "proxy"} <= names
    planted = Finding("x", found[0].verdict, "a-planted-secret")
    report = services.doctor.report((*found.values(), planted))
    assert "a-planted-secret" not in report
    assert str(Path.home()) == "/" or str(Path.home()) not in report
