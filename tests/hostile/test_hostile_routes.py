"""Redirects, certificates and proxies: the key goes to its host only, and each failure is named."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.adapters.network_errors import Place, translated
from spark_desktop.domain.endpoints import AuthKind, Route
from spark_desktop.domain.errors import (
    EndpointRejectedError,
    EndpointUnreachableError,
    PlainHttpError,
    ProxyFailedError,
    RouteError,
    UntrustedServerError,
)
from tests.hostile.asking import CANARY, SILENCE_S, Noted, asked, endpoint_at, spec_of
from tests.hostile.certificates import Authority
from tests.hostile.proxy import HostileProxy
from tests.hostile.server import (
    DELTA,
    GOOD,
    STREAM,
    UNTIL_CLOSED,
    HostileServer,
    close,
    endless,
    event,
    head,
    redirects,
    sends,
    stalls,
)

TEXT = "héllo héllo "
WELL = sends(UNTIL_CLOSED + GOOD)
KEY = CANARY.reveal()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


# Redirects.


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_at_the_same_server_is_followed_with_question_and_key(status: str) -> None:
    script = redirects(status, "/elsewhere/chat", WELL)
    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        outcome = await asked(endpoint)
    assert (outcome.text, outcome.finished) == (TEXT, True)
    first, second = server.requests
    assert second.target == "/elsewhere/chat"
    assert (second.method, second.body) == ("POST", first.body)
    assert second.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("auth", [AuthKind.BEARER, AuthKind.HEADER])
async def test_a_redirect_to_another_server_is_refused_and_nothing_is_sent_there(
    auth: AuthKind,
) -> None:
    async with HostileServer(WELL).running() as thief:
        for url in (thief.url, thief.url.replace("127.0.0.1", "localhost")):
            script = redirects("307 Temporary", f"{url}/take?token=secret")
            async with (
                HostileServer(script).running() as server,
                endpoint_at(server.url, auth=auth) as endpoint,
            ):
                outcome = await asked(endpoint)
            assert isinstance(outcome.error, EndpointRejectedError)
            assert f"{url}/take" in outcome.error.message
            assert "token" not in outcome.error.message
        assert thief.requests == []


async def test_a_redirect_in_a_circle_ends() -> None:
    script = redirects("308 Permanent", "/again")
    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointRejectedError)
    assert "circle" in outcome.error.message
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "location"),
    [
        ("303 See Other", "/page"),
        ("302 Found", ""),
        ("302 Found", "file:///etc/passwd"),
        ("302 Found", "http://[bad"),
        ("302 Found", "javascript:alert(1)"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_refused(status: str, location: str) -> None:
    script = redirects(status, location)
    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointRejectedError)
    assert len(server.requests) == 1


async def test_a_redirect_to_tls_at_the_same_host_is_followed_and_noted(
    authority: Authority,
) -> None:
    tls = authority.serving(authority.issue("127.0.0.1"))
    ledger = Noted()
    async with HostileServer(WELL, tls).running() as safe:
        script = redirects("301 Moved", f"{safe.url}/chat")
        async with (
            HostileServer(script).running() as plain,
            endpoint_at(plain.url, route=Route(ca_file=authority.file), ledger=ledger) as endpoint,
        ):
            outcome = await asked(endpoint)
    assert (outcome.text, outcome.finished) == (TEXT, True)
    assert safe.requests[0].headers["host"] == f"127.0.0.1:{safe.port}"
    assert [contact.port for contact in ledger.contacts] == [plain.port, safe.port]


async def test_a_redirect_from_tls_to_plain_http_is_refused(authority: Authority) -> None:
    tls = authority.serving(authority.issue("127.0.0.1"))
    async with HostileServer(WELL).running() as plain:
        script = redirects("301 Moved", plain.url)
        async with (
            HostileServer(script, tls).running() as safe,
            endpoint_at(safe.url, route=Route(ca_file=authority.file)) as endpoint,
        ):
            outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointRejectedError)
    assert plain.requests == []


async def test_a_client_asks_nobody_but_its_own_server() -> None:
    async with HostileServer(WELL).running() as other:
        client = client_for(spec_of("http://127.0.0.1:1"), CANARY, NetworkPolicy(), Noted())
        async with client:
            with pytest.raises(EndpointRejectedError):
                await client.get(other.url)
        assert other.requests == []


# Certificates.


async def outcome_over_tls(tls: ssl.SSLContext, route: Route, **environment: str) -> object:
    async with (
        HostileServer(WELL, tls).running() as server,
        endpoint_at(server.url, route=route, environment=environment) as endpoint,
    ):
        outcome = await asked(endpoint)
        if outcome.error is None:
            return outcome.text
        assert server.requests == [], "nothing is sent to a server that is not trusted"
        assert f"127.0.0.1:{server.port}" in outcome.error.message
        assert outcome.error.next_step
        return outcome.error


async def test_the_users_ca_file_vouches_for_a_server(authority: Authority) -> None:
    tls = authority.serving(authority.issue("127.0.0.1"))
    assert await outcome_over_tls(tls, Route(ca_file=authority.file)) == TEXT
    assert await outcome_over_tls(tls, Route(), SPARK_CA_FILE=authority.file) == TEXT
    assert await outcome_over_tls(tls, Route(), SSL_CERT_FILE=authority.file) == TEXT


@pytest.mark.parametrize(
    ("host", "options", "trusted", "words"),
    [
        ("127.0.0.1", {"days": (-3, -1)}, True, "has expired"),
        ("127.0.0.1", {"days": (1, 3)}, True, "not valid yet"),
        ("10.1.2.3", {}, True, "for another host"),
        ("vendor.test", {}, True, "for another host"),
        ("127.0.0.1", {}, False, "Nobody whom this machine trusts"),
        ("127.0.0.1", {"self_signed": True}, False, "nobody but itself"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said(
    authority: Authority, host: str, options: dict[str, object], trusted: bool, words: str
) -> None:
    tls = authority.serving(authority.issue(host, **options))  # type: ignore[arg-type]
    route = Route(ca_file=authority.file if trusted else "")
    error = await outcome_over_tls(tls, route)
    assert isinstance(error, UntrustedServerError)
    assert words in error.message


async def test_a_self_signed_certificate_works_once_the_user_names_it(authority: Authority) -> None:
    pem = authority.issue("127.0.0.1", self_signed=True)
    assert await outcome_over_tls(authority.serving(pem), Route(ca_file=str(pem))) == TEXT


async def test_a_store_that_a_variable_names_and_that_is_not_there_is_named() -> None:
    async with endpoint_at(
        "https://127.0.0.1:1", environment={"SSL_CERT_FILE": "/nowhere/store.pem"}
    ) as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, RouteError)
    assert "/nowhere/store.pem" in outcome.error.message


async def test_a_server_that_speaks_no_tls_is_said_to_speak_none() -> None:
    async with HostileServer(sends(b"HTTP/1.1 400 Bad\r\n\r\n")).running() as server:

        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.test ESMTP\r\n")
            await reader.read(10)
            await close(writer)

        listener = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        async with endpoint_at(f"https://127.0.0.1:{port}") as endpoint:
            outcome = await asked(endpoint)
        listener.close()
        await listener.wait_closed()
    assert server.requests == []
    assert isinstance(outcome.error, UntrustedServerError)
    assert "does not speak TLS" in outcome.error.message


async def test_a_server_that_leaves_during_the_handshake_is_said_to_break_off() -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        await close(writer)

    listener = await asyncio.start_server(leave, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with endpoint_at(f"https://127.0.0.1:{port}") as endpoint:
        outcome = await asked(endpoint)
    listener.close()
    await listener.wait_closed()
    assert type(outcome.error) is EndpointUnreachableError
    assert "broke off" in outcome.error.message


async def test_a_client_certificate_is_shown_to_a_server_that_wants_one(
    authority: Authority,
) -> None:
    tls = authority.serving(authority.issue("127.0.0.1"), wants_client=True)
    mine = str(authority.issue("me.test"))
    route = Route(ca_file=authority.file, client_certificate=mine)
    assert await outcome_over_tls(tls, route) == TEXT
    # Since TLS 1.3 a server refuses after the handshake; whether its alert or its reset comes first
    # is chance, and so are the words.
    error = await outcome_over_tls(tls, Route(ca_file=authority.file))
    assert isinstance(error, EndpointUnreachableError)


def test_an_alert_for_a_certificate_that_is_missing_is_understood() -> None:
    alert = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] (_ssl.c:2580)")
    error = translated(alert, Place("vendor.test"))
    assert isinstance(error, UntrustedServerError)
    assert "vendor.test wants a client certificate" in error.message


@pytest.mark.parametrize(
    "route",
    [
        Route(ca_file="/nowhere/ca.pem"),
        Route(ca_file=__file__),
        Route(client_certificate="/nowhere/me.pem"),
        Route(client_certificate=__file__),
    ],
)
def test_a_file_that_is_no_certificate_is_named(route: Route) -> None:
    with pytest.raises(RouteError) as raised:
        client_for(spec_of("https://vendor.test/v1", route), CANARY, NetworkPolicy(), Noted())
    assert (route.ca_file or route.client_certificate) in raised.value.message
    assert raised.value.next_step


# Connecting.


async def test_a_name_that_is_not_known_is_named() -> None:
    async with endpoint_at("https://nowhere.invalid/v1") as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert "nowhere.invalid cannot be looked up" in outcome.error.message


async def test_a_port_where_nothing_listens_is_named() -> None:
    port = free_port()
    async with endpoint_at(f"http://127.0.0.1:{port}") as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert f"Nothing listens at 127.0.0.1:{port}" in outcome.error.message


def test_plain_http_to_another_machine_needs_consent() -> None:
    with pytest.raises(PlainHttpError, match=r"vendor\.test:8000"):
        client_for(spec_of("http://vendor.test:8000"), CANARY, NetworkPolicy(), Noted())
    consent = Route(plain_http=True)
    assert client_for(spec_of("http://vendor.test:8000", consent), None, NetworkPolicy(), Noted())
    general = NetworkPolicy(general=consent)
    with pytest.raises(PlainHttpError):
        client_for(spec_of("http://vendor.test:8000"), CANARY, general, Noted())


@pytest.mark.parametrize("url", ["", "vendor.test", "ftp://x", "https://", "https://me:pw@x.test/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(RouteError) as raised:
        client_for(spec_of(url), CANARY, NetworkPolicy(), Noted())
    assert "me:pw" not in str(raised.value)


# Proxies. The name is asked of the proxy, so any will do.


@pytest.fixture
def vendor(authority: Authority) -> ssl.SSLContext:
    return authority.serving(authority.issue("vendor.test"))


async def test_an_answer_comes_through_the_proxy_with_both_in_the_ledger(
    authority: Authority, vendor: ssl.SSLContext
) -> None:
    ledger = Noted()
    async with (
        HostileServer(WELL, vendor).running() as server,
        HostileProxy(server.port).running() as proxy,
        endpoint_at(
            "https://vendor.test/v1",
            route=Route(ca_file=authority.file),
            environment={"HTTPS_PROXY": proxy.url},
            ledger=ledger,
        ) as endpoint,
    ):
        outcome = await asked(endpoint)
    assert (outcome.text, outcome.error) == (TEXT, None)
    assert proxy.asked[0].target == "vendor.test:443"
    assert "authorization" not in proxy.asked[0].headers
    assert [(c.host, c.port) for c in ledger.contacts] == [
        ("vendor.test", 443),
        ("127.0.0.1", proxy.port),
    ]


async def test_a_proxy_is_told_the_name_and_password_of_its_address(
    authority: Authority, vendor: ssl.SSLContext
) -> None:
    async with (
        HostileServer(WELL, vendor).running() as server,
        HostileProxy(server.port, wanted="Basic bWU6cHc=").running() as proxy,
    ):
        for url, works in ((proxy.url.replace("//", "//me:pw@"), True), (proxy.url, False)):
            route = Route(ca_file=authority.file, proxy=url)
            async with endpoint_at("https://vendor.test/v1", route=route) as endpoint:
                outcome = await asked(endpoint)
            assert (outcome.text == TEXT) is works
    assert isinstance(outcome.error, ProxyFailedError)
    assert "wants a user's name and password" in outcome.error.message


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "refused to connect: 403"),
        (b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", "wants a user's name"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "refused to connect: 502"),
        (b"SSH-2.0-x\r\n\r\n", "is not HTTP"),
        (b"", "broke off"),
    ],
)
async def test_a_proxy_that_refuses_is_named(refusal: bytes, words: str) -> None:
    async with (
        HostileProxy(0, refusal).running() as proxy,
        endpoint_at(
            "https://vendor.test/v1", route=Route(proxy=f"http://me:hidden@127.0.0.1:{proxy.port}")
        ) as endpoint,
    ):
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert words in outcome.error.message
    assert "hidden" not in str(outcome.error)


async def test_a_proxy_without_a_word_is_given_up() -> None:
    async with HostileServer(stalls()).running() as proxy:
        route = Route(proxy=proxy.url)
        async with endpoint_at("https://vendor.test", route=route, silence=SILENCE_S) as endpoint:
            outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert "said nothing" in outcome.error.message


async def test_a_proxy_that_is_not_there_is_named() -> None:
    port = free_port()
    for proxy, words in (
        (f"http://127.0.0.1:{port}", f"Nothing listens at the proxy 127.0.0.1:{port}"),
        ("http://proxy.invalid:3128", "proxy.invalid:3128 cannot be looked up"),
    ):
        async with endpoint_at("https://vendor.test", route=Route(proxy=proxy)) as endpoint:
            outcome = await asked(endpoint)
        assert isinstance(outcome.error, ProxyFailedError)
        assert words in outcome.error.message


@pytest.mark.parametrize("after", [0, 5, 700, 3000])
async def test_a_proxy_that_dies_is_an_error_at_any_moment(
    authority: Authority, vendor: ssl.SSLContext, after: int
) -> None:
    piece = event(DELTA)
    script = endless(STREAM, b"%x\r\n%s\r\n" % (len(piece), piece))
    async with (
        HostileServer(script, vendor).running() as server,
        HostileProxy(server.port, dies_after=after).running() as proxy,
        endpoint_at(
            "https://vendor.test/v1", route=Route(proxy=proxy.url, ca_file=authority.file)
        ) as endpoint,
    ):
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError), outcome.error
    assert "broke off" in outcome.error.message
    assert outcome.text.startswith("héllo") or after < 3000


async def test_this_machine_is_never_asked_through_a_proxy() -> None:
    port = free_port()
    proxies = {"HTTP_PROXY": f"http://127.0.0.1:{port}", "all_proxy": f"http://127.0.0.1:{port}"}
    async with HostileServer(WELL).running() as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            async with endpoint_at(
                url, environment=proxies, route=Route(proxy=f"http://127.0.0.1:{port}")
            ) as endpoint:
                assert (await asked(endpoint)).text == TEXT


async def test_plain_http_through_a_proxy_that_wants_a_name_says_so() -> None:
    async with (
        HostileProxy(0, head("407 Who", content_length="0")).running() as proxy,
        endpoint_at(
            "http://vendor.test/v1", route=Route(proxy=proxy.url, plain_http=True)
        ) as endpoint,
    ):
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, ProxyFailedError)
    assert proxy.asked[0].target.startswith("http://vendor.test/v1")
