"""The socket on which the core answers."""

import asyncio
import socket

import pytest

from inference_core.domain.errors import UsageError
from inference_core.plumbing.loopback import url_of
from inference_core.server.listener import bound_listener


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", ""])
def test_an_address_that_others_can_reach_is_refused(host):
    with pytest.raises(UsageError, match="loopback addresses only"), bound_listener(host, 0):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_url_has_the_port_that_was_free(host):
    with bound_listener(host, 0) as listener:
        port = listener.getsockname()[1]
        assert port > 0
        assert url_of(listener).endswith(f":{port}")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_stands_in_brackets():
    try:
        with bound_listener("::1", 0) as listener:
            assert url_of(listener).startswith("http://[::1]:")
    except UsageError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")


def test_a_port_that_is_taken_is_refused_with_a_way_out():
    with bound_listener("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        refused = pytest.raises(UsageError, match=f"port {port}")
        with refused as raised, bound_listener("127.0.0.1", port):
            pass
    assert raised.value.next_step == "Use --port 0 for a free port."


async def test_connections_do_not_wait_for_delayed_acknowledgements():
    seen = asyncio.Queue()

    async def on_connection(reader, writer):
        peer = writer.get_extra_info("socket")
        await seen.put(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    with bound_listener("127.0.0.1", 0) as listener:
        server = await asyncio.start_server(on_connection, sock=listener)
        async with server:
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await seen.get() != 0
            writer.close()
            await writer.wait_closed()
