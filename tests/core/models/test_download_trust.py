"""Downloads over TLS: the user's own authority is trusted beside the system's."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import default_client_factory

from inference_core.models.errors import SourceFailedError
from inference_core.models.sources import trust
from inference_core.models.sources.hugging_face import HuggingFaceSource
from tests.core.models.conftest import CONTENT, FILE_PATH, REPO, Attempt, Site, _handler
from tests.hostile.certificates import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def safe_hub(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The tiny model behind TLS, vouched for by an authority that nobody knows."""
    site = Site()
    site.files[FILE_PATH] = CONTENT
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    tls = authority.serving(authority.issue("127.0.0.1"))
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("HF_ENDPOINT", f"https://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
    set_client_factory(default_client_factory)
    trust._trust.cache_clear()


def test_a_server_that_nobody_vouches_for_is_refused(safe_hub: Site, attempt: Attempt) -> None:
    with pytest.raises(SourceFailedError, match="certificate verify failed"):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert safe_hub.requests == []


def test_the_authority_that_the_user_names_is_trusted(
    safe_hub: Site, authority: Authority, monkeypatch: pytest.MonkeyPatch, attempt: Attempt
) -> None:
    monkeypatch.setenv("SPARK_CA_FILE", authority.file)
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT


def test_a_file_without_certificates_is_named(
    safe_hub: Site, monkeypatch: pytest.MonkeyPatch, attempt: Attempt
) -> None:
    monkeypatch.setenv("SPARK_CA_FILE", "/nowhere/ours.pem")
    with pytest.raises(SourceFailedError, match=r"SPARK_CA_FILE names /nowhere/ours\.pem"):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
