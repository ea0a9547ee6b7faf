"""What is typed as an endpoint's address."""

import pytest

from spark_desktop.domain.endpoint_address import read_address, url_for
from spark_desktop.domain.endpoints import WireProtocol
from spark_desktop.domain.errors import RouteError


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" https://host/v1/ ", "https://host/v1"),
        ("https://host/v1/chat/completions", "https://host/v1"),
        ("host", "https://host/v1"),
        ("localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:11434", "http://localhost:11434"),
        ("https://[::1]:8443/v1", "https://[::1]:8443/v1"),
    ],
)
def test_an_address_is_cut_and_completed(typed: str, url: str) -> None:
    assert read_address(typed).likely.url == url
    # What was saved means the same when it is edited.
    assert read_address(url).likely.url == url


@pytest.mark.parametrize(
    ("typed", "protocol", "url"),
    [
        ("http://gpu:9000", WireProtocol.OLLAMA, "http://gpu:9000"),
        ("http://gpu:9000", WireProtocol.RESPONSES, "http://gpu:9000/v1"),
        ("http://gpu:9000", WireProtocol.ANTHROPIC, "http://gpu:9000/v1"),
        ("http://gpu:11434", WireProtocol.CHAT, "http://gpu:11434/v1"),
    ],
)
def test_an_address_ends_where_the_protocols_paths_begin(
    typed: str, protocol: WireProtocol, url: str
) -> None:
    assert url_for(typed, protocol) == url


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", "There is no address."),
        ("   ", "There is no address."),
        ("https://ai.{region}.example/v1", "{region} is not filled in."),
        ("https://sk-123@host/v1", "There is a name or a key in the address."),
        ("https://host name/v1", "This is no address"),
        ("ftp://host/v1", "This is no address"),
        ("https://", "This is no address"),
        ("http://host:99999/v1", "This is no address"),
        ("http://[::1/v1", "This is no address"),
    ],
)
def test_what_is_no_address_is_said(typed: str, wrong: str) -> None:
    with pytest.raises(RouteError) as raised:
        read_address(typed)
    assert wrong in raised.value.message
    assert raised.value.next_step
    assert "sk-123" not in raised.value.message


@pytest.mark.parametrize(
    ("typed", "is_open"),
    [
        ("http://gpu-box:8000", True),
        ("https://gpu-box:8000", False),
        ("http://127.0.0.1:8000", False),
        ("http://127.example.com", True),
    ],
)
def test_only_another_machine_without_encryption_is_open(typed: str, is_open: bool) -> None:
    assert read_address(typed).is_open is is_open
