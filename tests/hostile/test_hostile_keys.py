"""The canary key is in the one header of the wire, and in nothing that is written."""

import logging
import traceback

import pytest

from spark_desktop.adapters.network import NetworkPolicy, client_for, key_headers, socket_options
from spark_desktop.domain.endpoints import AuthKind, Route
from spark_desktop.domain.errors import AccessRefusedError, PlainHttpError
from spark_desktop.domain.secret import Secret
from tests.hostile.asking import CANARY, Noted, asked, endpoint_at, spec_of
from tests.hostile.server import GOOD, UNTIL_CLOSED, HostileServer, head, sends

KEY = CANARY.reveal()


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (AuthKind.BEARER, "authorization", f"Bearer {KEY}"),
        (AuthKind.HEADER, "x-api-key", KEY),
        (AuthKind.NONE, "authorization", None),
    ],
)
async def test_the_key_is_told_as_the_endpoint_wants_it(
    auth: AuthKind, header: str, value: str | None
) -> None:
    script = sends(UNTIL_CLOSED + GOOD)
    async with (
        HostileServer(script).running() as server,
        endpoint_at(server.url, auth=auth) as endpoint,
    ):
        await asked(endpoint)
    headers = server.requests[0].headers
    assert headers.get(header) == value
    assert str(headers).count(KEY) == (0 if value is None else 1)
    assert headers["accept-encoding"] == "identity"
    assert headers["user-agent"].startswith("spark-desktop")


@pytest.mark.parametrize(
    "answer",
    [
        UNTIL_CLOSED + GOOD,
        head("401 Unauthorized", content_length="2") + b"{}",
        head("302 Found", location="http://127.0.0.1:1/"),
        b"rubbish\r\n\r\n",
        b"",
    ],
)
async def test_neither_debug_logs_nor_tracebacks_hold_the_key(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    # Without the program's own redaction: the libraries never see the key in what they print.
    for name in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with (
        HostileServer(sends(answer)).running() as server,
        endpoint_at(server.url, auth=AuthKind.HEADER) as endpoint,
    ):
        outcome = await asked(endpoint)
    assert KEY in str(server.requests[0].headers)
    assert caplog.records
    assert KEY not in caplog.text
    if outcome.error is not None:
        assert KEY not in "".join(traceback.format_exception(outcome.error))


async def test_a_client_shows_no_key() -> None:
    client = client_for(spec_of("https://a.test/v1"), CANARY, NetworkPolicy(), Noted())
    request = client.build_request("POST", "/chat/completions", json={})
    assert str(request.url) == "https://a.test/v1/chat/completions"
    assert KEY not in repr((client.headers, request, request.headers, vars(client)))
    await client.aclose()


@pytest.mark.parametrize("text", ["line\nbreak", "клю́ч-ключ", "nul\0nul"])
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(AccessRefusedError) as raised:
        key_headers(spec_of("https://a.test"), Secret(text))
    assert text not in str(raised.value)


def test_spaces_around_a_pasted_key_are_dropped() -> None:
    headers = key_headers(spec_of("https://a.test"), Secret(f" {KEY}\n"))
    assert headers == (("Authorization", f"Bearer {KEY}"),)


def test_a_websocket_is_opened_by_the_same_policy() -> None:
    policy = NetworkPolicy({"HTTPS_PROXY": "http://p.test:3128"})
    options = socket_options(spec_of("https://a.test/v1/"), CANARY, policy)
    assert options.url == "wss://a.test/v1/"
    assert options.proxy == "http://p.test:3128"
    assert options.tls is not None
    assert options.tls.check_hostname
    assert options.headers == (("Authorization", f"Bearer {KEY}"),)
    assert KEY not in repr(options)
    local = socket_options(spec_of("http://127.0.0.1:8080"), None, policy)
    assert (local.url, local.proxy, local.tls) == ("ws://127.0.0.1:8080", None, None)
    with pytest.raises(PlainHttpError):
        socket_options(spec_of("http://a.test"), CANARY, policy)


def test_the_cores_downloads_are_told_the_general_route() -> None:
    general = Route(proxy="http://p.test:3128", ca_file="/certs/ours.pem")
    told = NetworkPolicy(general=general).variables()
    assert told["SPARK_CA_FILE"] == "/certs/ours.pem"
    assert told["HTTPS_PROXY"] == told["https_proxy"] == "http://p.test:3128"
    assert NetworkPolicy(general=Route(proxy="none")).variables()["NO_PROXY"] == "*"
    assert NetworkPolicy().variables() == {}
