"""WebSockets by the same policy: the key goes to its host only, and each failure is named."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from spark_desktop.adapters.network import NetworkPolicy, socket_options
from spark_desktop.adapters.network_socket import open_socket
from spark_desktop.domain.endpoints import Route
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    ProxyFailedError,
    UntrustedServerError,
)
from tests.hostile.asking import CANARY, Noted, spec_of
from tests.hostile.certificates import Authority
from tests.hostile.proxy import HostileProxy
from tests.hostile.server import HostileServer, Script, head, redirects, sends

KEY = CANARY.reveal()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def echo(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that says the path, the key and then what it is told; its port."""

    async def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        await connection.send(connection.request.path)
        await connection.send(connection.request.headers.get("Authorization", ""))
        async for message in connection:
            await connection.send(message)

    async with serve(answer, "127.0.0.1", 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def opened(
    url: str, route: Route | None = None, ledger: Noted | None = None, **environment: str
) -> list[str]:
    options = socket_options(spec_of(url, route), CANARY, NetworkPolicy(environment))
    connection = await open_socket(options, ledger or Noted(), "/responses")
    async with connection:
        return [str(await connection.recv()), str(await connection.recv())]


async def error_of(url: str, route: Route | None = None) -> EndpointError:
    with pytest.raises(EndpointError) as raised:
        await opened(url, route)
    assert raised.value.next_step
    assert KEY not in str(raised.value)
    return raised.value


async def test_a_socket_tells_the_key_at_the_path(caplog: pytest.LogCaptureFixture) -> None:
    async with echo() as port:
        # The client's side only; a test's server may print what it likes.
        caplog.set_level(logging.DEBUG)
        logging.getLogger("websockets.server").setLevel(logging.WARNING)
        told = await opened(f"http://127.0.0.1:{port}/v1")
    assert told == ["/v1/responses", f"Bearer {KEY}"]
    assert KEY not in caplog.text


async def test_a_socket_goes_through_proxy_and_tls(authority: Authority) -> None:
    tls = authority.serving(authority.issue("vendor.test"))
    route, ledger = Route(ca_file=authority.file), Noted()
    async with echo(tls) as port, HostileProxy(port).running() as proxy:
        told = await opened("https://vendor.test/v1", route, ledger, https_proxy=proxy.url)
    assert [(c.host, c.port) for c in ledger.contacts] == [
        ("vendor.test", 443),
        ("127.0.0.1", proxy.port),
    ]
    assert told[1] == f"Bearer {KEY}"
    assert proxy.asked[0].target == "vendor.test:443"
    assert KEY not in str(proxy.asked[0])


async def test_a_server_that_nobody_vouches_for_is_not_told_the_key(authority: Authority) -> None:
    tls = authority.serving(authority.issue("127.0.0.1"))
    async with HostileServer(sends(b""), tls).running() as server:
        error = await error_of(server.url)
    assert isinstance(error, UntrustedServerError)
    assert server.requests == []


async def test_a_socket_follows_no_redirect() -> None:
    async with HostileServer(sends(b"")).running() as thief:
        location = thief.url.replace("http", "ws")
        async with HostileServer(redirects("302 Found", location)).running() as server:
            error = await error_of(server.url)
        assert thief.requests == []
    assert isinstance(error, EndpointRejectedError)
    assert "302" in error.message


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (sends(head("401 Unauthorized", content_length="0")), AccessRefusedError),
        (sends(head("404 Not Found", content_length="0")), EndpointRejectedError),
        (sends(head(content_length="0")), EndpointRejectedError),
        (sends(b"rubbish\r\n\r\n"), EndpointError),
        (sends(b""), EndpointError),
    ],
)
async def test_a_server_without_websockets_is_told_apart(
    script: Script, kind: type[Exception]
) -> None:
    async with HostileServer(script).running() as server:
        assert isinstance(await error_of(server.url), kind)


@pytest.mark.parametrize("status", ["407 Who", "403 Forbidden"])
async def test_a_proxy_that_refuses_a_socket_is_named(status: str) -> None:
    async with HostileProxy(0, head(status, content_length="0")).running() as proxy:
        error = await error_of("https://vendor.test", Route(proxy=proxy.url))
    assert isinstance(error, ProxyFailedError)
    assert f"127.0.0.1:{proxy.port}" in error.message


async def test_a_host_that_is_not_there_is_named() -> None:
    for url in ("https://nowhere.invalid", "http://127.0.0.1:1"):
        assert isinstance(await error_of(url), EndpointUnreachableError)


async def test_a_message_without_an_end_closes_the_socket() -> None:
    async def flood(connection: ServerConnection) -> None:
        with suppress(ConnectionClosedError):
            await connection.send("x" * 17_000_000)

    async with serve(flood, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        options = socket_options(spec_of(f"http://127.0.0.1:{port}"), None, NetworkPolicy())
        connection = await open_socket(options, Noted())
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(connection.recv(), 20)
        await connection.close()
