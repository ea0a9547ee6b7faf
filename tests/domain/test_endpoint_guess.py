"""A pasted address is cut to where the protocol's own paths begin."""

import pytest

from spark_desktop.domain.endpoint_guess import guesses, id_of, tidied
from spark_desktop.domain.endpoints import AuthKind, WireProtocol
from spark_desktop.domain.errors import RouteError


@pytest.mark.parametrize(
    ("pasted", "url", "tail"),
    [
        ("https://host/v1", "https://host/v1", ""),
        ("https://host/v1/", "https://host/v1", ""),
        ("https://HOST/v1/chat/completions", "https://host/v1", "/chat/completions"),
        ("https://host/v1/chat/completions?x=1#y", "https://host/v1?x=1", "/chat/completions"),
        ("  'https://host/v1/models' ", "https://host/v1", "/models"),
        ("host.example/v1", "https://host.example/v1", ""),
        ("localhost:8000", "http://localhost:8000", ""),
        ("127.0.0.1:11434/api/tags", "http://127.0.0.1:11434", "/api/tags"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1", "/messages"),
        ("wss://host/v1/responses", "https://host/v1", "socket/responses"),
    ],
)
def test_the_protocols_own_path_is_cut_off(pasted: str, url: str, tail: str) -> None:
    assert tidied(pasted) == (url, tail)


@pytest.mark.parametrize(
    "pasted", ["", "ftp://host", "https://", "https://a b", "https://me:pw@host", "https://h:99x"]
)
def test_what_is_no_address_is_refused_with_an_example(pasted: str) -> None:
    with pytest.raises(RouteError) as raised:
        guesses(pasted)
    assert "https://host/v1" in raised.value.next_step


@pytest.mark.parametrize(
    ("pasted", "url", "protocol"),
    [
        ("localhost:8000", "http://localhost:8000/v1", WireProtocol.CHAT),
        ("https://host/openai/v1", "https://host/openai/v1", WireProtocol.CHAT),
        ("https://host/v1/responses", "https://host/v1", WireProtocol.RESPONSES),
        ("wss://host/v1", "https://host/v1", WireProtocol.RESPONSES_SOCKET),
        ("https://host/v1/messages", "https://host/v1", WireProtocol.ANTHROPIC),
        ("https://api.anthropic.com", "https://api.anthropic.com/v1", WireProtocol.ANTHROPIC),
        ("localhost:11434", "http://localhost:11434", WireProtocol.OLLAMA),
        ("http://box:80/api/chat", "http://box:80", WireProtocol.OLLAMA),
    ],
)
def test_the_likeliest_protocol_comes_first(pasted, url, protocol) -> None:
    first = guesses(pasted)[0]
    assert (first.url, first.protocol) == (url, protocol)


def test_every_protocol_is_tried_in_the_end_and_none_twice() -> None:
    found = guesses("localhost:11434")
    assert [spec.protocol for spec in found] == [
        WireProtocol.OLLAMA,
        WireProtocol.CHAT,
        WireProtocol.ANTHROPIC,
    ]
    assert found[-1].auth is AuthKind.HEADER


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("https://api.groq.com/openai/v1", "groq"),
        ("http://localhost:8000/v1", "localhost-8000"),
        ("http://192.168.0.5:80/v1", "192-168-0-5-80"),
        ("https://box/v1", "box"),
    ],
)
def test_a_server_gets_a_short_id(url: str, id_: str) -> None:
    assert id_of(url) == id_


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        (
            "https://r.example/openai/deployments/d/chat/completions?api-version=2024-10-21",
            "https://r.example/openai/deployments/d?api-version=2024-10-21",
        ),
        ("https://r.example/?api-version=1", "https://r.example/v1?api-version=1"),
        ("https://r.example/v1/?a=1&b=2", "https://r.example/v1?a=1&b=2"),
    ],
)
def test_a_query_stays_behind_the_address(pasted: str, url: str) -> None:
    likely = guesses(pasted)[0]
    assert (likely.url, guesses(likely.url)[0].url) == (url, url)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://r.example/v1?key=0123",
        "https://r.example/v1?a=1&api_key=0123",
        "https://r.example/v1?access_token=0123",
        "sk-" + "0123x9Qf7LmZ2vRk8TbW4nYc6HsJd1Ge",
    ],
)
def test_a_key_in_an_address_is_refused_and_not_told_back(pasted: str) -> None:
    with pytest.raises(RouteError, match="a key in the address") as raised:
        guesses(pasted)
    assert "0123" not in str(raised.value)
