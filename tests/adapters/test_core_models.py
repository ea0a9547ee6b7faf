"""The model files, looked after by the core's real program; a loopback server has the bytes."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spark_desktop.adapters.core_models import CoreModels
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.errors import ModelStoreError
from spark_desktop.domain.model_shelf import FetchStep, Phase, Presence, Shelf
from tests.core.models.conftest import CONTENT, FILE_PATH, Site, gate, site  # noqa: F401
from tests.core.models.gguf_writer import written

CATALOGUE = f"""
default = "tiny"
[[models]]
id = "tiny"
file = "tiny.gguf"
bytes = {len(CONTENT)}
sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
licence = "Apache-2.0"
context = 4096
memory_bytes = 1
min_cores = 1
formats = ["region"]
[[models.sources]]
kind = "huggingface"
repo = "someone/tiny"
file = "tiny.gguf"
"""
PROGRAM = """
import argparse, sys
from pathlib import Path
from inference_core.models.catalogue import Catalogue
from inference_core.models.command import add_models_parser
parser = argparse.ArgumentParser()
add_models_parser(parser.add_subparsers(), lambda: Catalogue.load(Path(sys.argv[1])))
arguments = parser.parse_args(sys.argv[2:])
sys.exit(arguments.run(arguments))
"""
# A block: what is kept of a connection that broke.
HALF = 1024 * 1024


@dataclass
class Noted:
    contacts: list[Contact] = field(default_factory=list)

    def note(self, contact: Contact) -> None:
        self.contacts.append(contact)


@dataclass
class Place:
    store: Path
    site: Site
    ledger: Noted
    models: CoreModels
    steps: list[FetchStep] = field(default_factory=list)

    async def shelf(self) -> Shelf:
        return await self.models.shelf()

    async def pull(self) -> None:
        await self.models.pull("tiny", self.steps.append)

    async def until(self, condition: Callable[[], bool]) -> None:
        async for _ in ticks():
            if condition():
                return

    @property
    def part(self) -> Path:
        return self.store / "tiny.gguf.part"


async def ticks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(0.01)


@pytest.fixture
def place(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Place:  # noqa: F811
    site.files[FILE_PATH] = CONTENT
    store = tmp_path / "store"
    monkeypatch.setenv("HF_ENDPOINT", site.url)
    monkeypatch.setenv("SPARK_MODELS_DIR", str(store))
    monkeypatch.delenv("SPARK_MODEL_SOURCE", raising=False)
    catalogue = tmp_path / "models.toml"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    ledger = Noted()
    command = (sys.executable, "-c", PROGRAM, str(catalogue))
    return Place(store, site, ledger, CoreModels(command, ledger))


@pytest.mark.e2e
async def test_a_model_is_fetched_with_progress_and_its_servers_are_noted(place: Place) -> None:
    assert (await place.shelf()).models[0].presence is Presence.ABSENT
    await place.pull()
    assert {step.phase for step in place.steps} >= {Phase.STARTING, Phase.FETCHING}
    fetched = [step for step in place.steps if step.phase is Phase.FETCHING]
    assert fetched[-1].done == fetched[-1].total == len(CONTENT)
    assert fetched[-1].source == "Hugging Face someone/tiny"
    shelf = await place.shelf()
    assert shelf.models[0].presence is Presence.HERE
    assert shelf.find("") is shelf.models[0]
    port = int(place.site.url.rpartition(":")[2])
    assert [(c.host, c.port, c.is_local) for c in place.ledger.contacts] == [
        ("127.0.0.1", port, True)
    ]


@pytest.mark.e2e
async def test_a_paused_download_keeps_its_bytes_and_goes_on_where_it_ended(
    place: Place,
    gate: "asyncio.Event",  # noqa: F811
) -> None:
    place.site.break_after.append(HALF)
    asked = []

    def silent_at_the_second(method: str, _path: str) -> None:
        asked.append(method)
        if asked.count("GET") == 2:
            gate.wait()

    place.site.on_request = silent_at_the_second
    pulling = asyncio.ensure_future(place.pull())
    await place.until(lambda: asked.count("GET") == 2)
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert place.part.stat().st_size == HALF
    paused = (await place.shelf()).models[0]
    assert (paused.presence, paused.bytes_here) == (Presence.PARTIAL, HALF)

    gate.set()
    await place.pull()
    ranges = [asked for method, _, asked in place.site.requests if method == "GET"]
    assert ranges[0] == ""
    assert ranges[-1] == f"bytes={HALF}-"
    assert (place.store / "tiny.gguf").read_bytes() == CONTENT
    resumed = [step for step in place.steps if step.phase is Phase.FETCHING and step.done == HALF]
    assert resumed, "the progress begins with what was there"


@pytest.mark.e2e
async def test_what_a_cancelled_download_left_is_removed(place: Place) -> None:
    place.store.mkdir()
    place.part.write_bytes(CONTENT[:HALF])
    assert await place.models.remove("tiny") == HALF
    assert not place.part.exists()
    assert (await place.shelf()).models[0].presence is Presence.ABSENT


@pytest.mark.e2e
async def test_a_failed_download_says_why_in_the_programs_words(place: Place) -> None:
    place.site.status = 404
    with pytest.raises(ModelStoreError, match="could not be fetched from any source") as failed:
        await place.pull()
    assert "Check the network connection" in failed.value.next_step
    assert any(step.skipped for step in place.steps)


@pytest.mark.e2e
async def test_a_file_is_brought_in_chosen_by_its_path_and_removed(
    place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(written())
    path = await place.models.bring_in(file, place.steps.append)
    (own,) = [model for model in (await place.shelf()).models if model.is_own]
    assert (own.choice, own.id, own.context) == (path, "mine", 2048)
    assert own.is_usable
    file.write_bytes(b"no model")
    with pytest.raises(ModelStoreError, match=r"mine\.gguf is no usable model file"):
        await place.models.bring_in(file, place.steps.append)
    assert await place.models.remove(path) == len(written())


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("print('{}')", "list of models cannot be read"),
        ("print('hello')", "What the core's program says cannot be read"),
        ("import sys; sys.exit('It broke.')", "It broke."),
        ("import os; os._exit(3)", "code 3"),
    ],
)
async def test_a_program_that_does_not_keep_the_contract_is_told(program: str, said: str) -> None:
    with pytest.raises(ModelStoreError, match=said):
        await CoreModels((sys.executable, "-c", program), Noted()).shelf()


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "no-core")
    with pytest.raises(ModelStoreError, match="no-core"):
        await CoreModels((missing,), Noted()).shelf()


@pytest.mark.e2e
async def test_a_program_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    program = (
        "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
        'print(\'{"event": "checking"}\', flush=True); time.sleep(60)'
    )
    told: list[FetchStep] = []
    models = CoreModels((sys.executable, "-c", program, str(file)), Noted())
    pulling = asyncio.ensure_future(models.pull("tiny", told.append))
    async for _ in ticks():
        if told:
            break
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)
