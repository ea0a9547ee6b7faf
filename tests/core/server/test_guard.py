"""Who gets past the guard: names, pages, tokens, also with a WebSocket."""

import logging

import httpx
import pytest
from generating import TOKEN, ScriptedEngine, asking, service_of

from inference_core.server.access import Access
from inference_core.server.app import build_app

LAN = Access(remote=True, hosts=frozenset({"box.lan"}))
PAGE = "http://localhost:3000"
WITH_PAGE = Access(origins=frozenset({PAGE}))
RIGHT = {"Authorization": f"Bearer {TOKEN}"}


def client(access=None, address="127.0.0.1", token=TOKEN):
    app = build_app(service_of(ScriptedEngine(())), token, *([access] if access else []))

    async def at_address(scope, receive, send):
        await app(scope | {"server": (address, 80)}, receive, send)

    transport = httpx.ASGITransport(at_address, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


def error_of(response):
    return response.json()["error"]


# -- the token -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"BEARER  {TOKEN}", 200),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (b"Bearer \xff\xfe", 401),
        ("Bearer schlüssel".encode(), 401),
    ],
)
async def test_only_the_right_bearer_token_passes(given, status):
    async with client() as http:
        response = await http.get("/slots", headers={"Authorization": given})
    assert response.status_code == status


async def test_a_key_may_have_letters_of_any_alphabet():
    key = "schlüssel-ключ-鍵-0123456789"
    async with client(token=key) as http:
        right = await http.get("/slots", headers={"Authorization": f"Bearer {key}".encode()})
        wrong = await http.get("/slots", headers={"Authorization": b"Bearer \xd0"})
    assert (right.status_code, wrong.status_code) == (200, 401)


async def test_no_token_is_ever_logged_or_repeated(caplog):
    caplog.set_level(logging.DEBUG)
    guess = "a-guess-that-is-somebodys-key"
    async with asking(ScriptedEngine((ValueError("broken"),))) as right, client() as http:
        answers = [
            await right.get("/v1/models"),
            await right.post("/v1/completions", json={"prompt": "a"}),
            await right.get("/v1/models/nothing"),
            await http.get("/slots", headers={"Authorization": f"Bearer {guess}"}),
            await http.get("/nowhere", headers={"Authorization": f"Bearer {guess}"}),
        ]
    told = caplog.text + "".join(answer.text for answer in answers)
    assert [answer.status_code for answer in answers] == [200, 500, 404, 401, 401]
    assert TOKEN not in told
    assert guess not in told


# -- names of the core -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "address", "status"),
    [
        ("127.0.0.1:80", "192.168.1.5", 200),
        ("192.168.1.5:8080", "192.168.1.5", 200),
        ("[fe80::1]:80", "fe80::1%eth0", 200),
        ("box.lan", "192.168.1.5", 200),
        ("BOX.LAN.:80", "192.168.1.5", 200),
        ("192.168.1.6", "192.168.1.5", 403),
        ("evil.example", "192.168.1.5", 403),
        ("", "192.168.1.5", 403),
    ],
)
async def test_with_others_let_in_the_core_answers_to_its_own_names(host, address, status):
    async with client(LAN, address) as http:
        response = await http.get("/health", headers={"Host": host})
    assert response.status_code == status
    if status == 403:
        assert error_of(response)["code"] == "host_not_allowed"
        assert "--allow-host" in error_of(response)["next_step"]


async def test_without_that_its_own_address_is_a_foreign_name():
    async with client(None, "192.168.1.5") as http:
        response = await http.get("/health", headers={"Host": "192.168.1.5"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1/evil.example",
        "127.0.0.1#.evil.example",
        "127.0.0.1?evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1\\.evil.example",
        "localhost.evil.example",
        "localhost:80:80",
        "[::1",
        "[::1]evil.example",
        "[evil.example]",
        "127.1",
        "0.0.0.0",
    ],
)
async def test_a_host_that_only_has_one_of_ours_in_it_is_foreign(host):
    async with client() as http:
        response = await http.get("/health", headers={"Host": host})
    assert (response.status_code, error_of(response)["code"]) == (403, "host_not_allowed")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1:1", "localhost.", "LOCALHOST:", "[::1]:9"]
)
async def test_every_way_to_write_the_loopback_is_ours(host):
    async with client() as http:
        assert (await http.get("/health", headers={"Host": host})).status_code == 200


# -- web pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3001", ""])
@pytest.mark.parametrize("path", ["/health", "/slots"])
async def test_a_page_that_nobody_allowed_is_refused_even_with_the_token(origin, path):
    async with client(WITH_PAGE) as http:
        response = await http.get(path, headers={"Origin": origin, **RIGHT})
    assert (response.status_code, error_of(response)["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in response.headers


async def test_a_second_origin_does_not_hide_behind_the_first():
    async with client(WITH_PAGE) as http:
        headers = [("Origin", PAGE), ("Origin", "https://evil.example"), *RIGHT.items()]
        response = await http.get("/slots", headers=headers)
    assert response.status_code == 403


async def test_the_cores_own_origin_is_no_foreign_one():
    async with client() as http:
        response = await http.get("/slots", headers={"Origin": "http://127.0.0.1", **RIGHT})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


async def test_an_allowed_page_may_read_what_the_token_opens():
    async with client(WITH_PAGE) as http:
        right = await http.get("/slots", headers={"Origin": PAGE, **RIGHT})
        wrong = await http.get("/slots", headers={"Origin": PAGE})
    assert (right.status_code, wrong.status_code) == (200, 401)
    for response in (right, wrong):
        assert response.headers["access-control-allow-origin"] == PAGE
        assert response.headers["vary"] == "Origin"


async def test_a_browser_may_ask_for_an_allowed_page_without_the_token():
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    async with client(WITH_PAGE) as http:
        response = await http.options("/v1/chat/completions", headers=asked)
    assert (response.status_code, response.content) == (204, b"")
    told = response.headers
    assert told["access-control-allow-origin"] == PAGE
    assert told["access-control-allow-headers"] == "authorization, content-type"
    assert told["access-control-allow-private-network"] == "true"
    assert "POST" in told["access-control-allow-methods"]
    assert set(told["vary"].split(", ")) == {"Access-Control-Request-Headers", "Origin"}


@pytest.mark.parametrize("wanted", ["a" * 5000, "a\x0bb", ", ,", "x:y"])
async def test_headers_with_strange_names_are_not_granted(wanted):
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": wanted,
    }
    async with client(WITH_PAGE) as http:
        response = await http.options("/slots", headers=asked)
    assert "access-control-allow-headers" not in response.headers


async def test_a_browser_that_asks_for_a_foreign_page_hears_no():
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    async with client(WITH_PAGE) as http:
        assert (await http.options("/slots", headers=asked)).status_code == 403


# -- WebSockets ------------------------------------------------------------------------------


def handshake(**headers):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "websocket",
        "path": "/v1/responses",
        "scheme": "ws",
        "server": ("127.0.0.1", 80),
        "headers": raw,
        "extensions": {"websocket.http.response": {}},
    }


REFUSED = [
    ({"host": "127.0.0.1"}, 401),
    ({"host": "127.0.0.1", "authorization": "Bearer wrong"}, 401),
    ({"host": "evil.example", "authorization": f"Bearer {TOKEN}"}, 403),
    ({"host": "127.0.0.1", "origin": "https://e.example", "authorization": f"Bearer {TOKEN}"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), REFUSED)
@pytest.mark.parametrize("can_say", [True, False])
async def test_a_websocket_is_refused_before_it_is_open(headers, status, can_say):
    app = build_app(service_of(ScriptedEngine(())), TOKEN)
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    scope = handshake(**headers) | ({} if can_say else {"extensions": {}})
    await app(scope, receive, send)
    if can_say:
        assert sent[0]["type"] == "websocket.http.response.start"
        assert sent[0]["status"] == status
    else:
        assert sent == [{"type": "websocket.close", "code": 1008}]
