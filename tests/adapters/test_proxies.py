"""Which proxy is asked, by the variables' rules and the user's choice."""

import pytest

from spark_desktop.adapters.proxies import is_left_out, proxy_for, shown
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback

P, Q, R = "http://p:1", "http://q:2", "http://r:3"


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("https://a.test/v1", {}, ""),
        ("https://a.test/v1", {"HTTPS_PROXY": P}, P),
        ("https://a.test/v1", {"https_proxy": P, "HTTPS_PROXY": Q}, P),
        ("https://a.test/v1", {"HTTP_PROXY": P}, ""),
        ("https://a.test/v1", {"ALL_PROXY": P}, P),
        ("https://a.test/v1", {"all_proxy": P, "HTTPS_PROXY": Q}, Q),
        ("http://a.test/v1", {"http_proxy": P, "https_proxy": Q}, P),
        ("http://a.test/v1", {"HTTP_PROXY": P}, P),
        ("http://a.test/v1", {"HTTP_PROXY": P, "REQUEST_METHOD": "GET"}, ""),
        ("wss://a.test/v1", {"HTTPS_PROXY": P, "HTTP_PROXY": Q}, P),
        ("ws://a.test/v1", {"HTTPS_PROXY": P, "HTTP_PROXY": Q}, Q),
        ("https://a.test/v1", {"HTTPS_PROXY": "p:1"}, P),
        ("https://a.test/v1", {"HTTPS_PROXY": " "}, ""),
        ("https://a.test/v1", {"HTTPS_PROXY": P, "NO_PROXY": "b.test, a.test"}, ""),
        ("https://a.test/v1", {"HTTPS_PROXY": P, "no_proxy": "b.test", "NO_PROXY": "*"}, P),
        ("http://localhost:8080", {"HTTP_PROXY": P, "ALL_PROXY": P}, ""),
        ("http://127.9.9.9:8080", {"ALL_PROXY": P}, ""),
        ("http://[::1]:8080", {"ALL_PROXY": P}, ""),
    ],
)
def test_the_variables_name_the_proxy(url: str, environment: dict[str, str], proxy: str) -> None:
    assert proxy_for(url, "", environment) == proxy


def test_the_users_choice_goes_before_the_variables() -> None:
    environment = {"HTTPS_PROXY": P, "NO_PROXY": "*"}
    assert proxy_for("https://a.test", Q, environment) == Q
    assert proxy_for("https://a.test", "none", {"HTTPS_PROXY": P}) == ""
    assert proxy_for("https://localhost", Q, environment) == ""


@pytest.mark.parametrize(
    ("left_out", "host", "port", "expected"),
    [
        ("*", "a.test", 443, True),
        ("", "a.test", 443, False),
        ("a.test", "a.test", 443, True),
        ("A.TEST", "a.test.", 443, True),
        ("a.test", "www.a.test", 443, True),
        ("a.test", "aa.test", 443, False),
        (".a.test", "www.a.test", 443, True),
        (".a.test", "a.test", 443, True),
        ("*.a.test", "www.a.test", 443, True),
        ("a.test:8443", "a.test", 8443, True),
        ("a.test:8443", "a.test", 443, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "11.1.2.3", 80, False),
        ("10.0.0.0/8", "ten.test", 80, False),
        ("10.0.0.0/99", "10.1.2.3", 80, False),
        ("10.1.2.3:81", "10.1.2.3", 80, False),
        ("::1", "::1", 80, True),
        ("[fd00::1]:8080", "[fd00::1]", 8080, True),
        ("[fd00::1]:8080", "fd00::1", 80, False),
        ("fd00::/8", "fd12::9", 80, True),
        ("b.test a.test", "a.test", 80, True),
        (" b.test ,, a.test ", "a.test", 80, True),
        (".", "a.test", 80, False),
    ],
)
def test_a_host_is_left_out(left_out: str, host: str, port: int, expected: bool) -> None:
    assert is_left_out(host, port, left_out) is expected


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("socks5://me:pw@p:1080", "p:1080 speaks SOCKS"),
        ("socks5h://p", "speaks SOCKS"),
        ("ftp://p", "speaks ftp"),
        ("http://", "no address"),
        ("http://p:99999", "no address"),
        ("http://me:pw@:80", "no address"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused(proxy: str, words: str) -> None:
    with pytest.raises(RouteError, match=words) as raised:
        proxy_for("https://a.test", proxy, {})
    assert "pw" not in str(raised.value)
    assert raised.value.next_step


def test_a_proxy_is_shown_without_its_password() -> None:
    assert shown("http://me:pw@p.test:3128") == "p.test:3128"
    assert shown("https://[fd00::1]") == "[fd00::1]:443"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("core.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.evil.test", False),
        ("127.evil.test", False),
        ("0.0.0.0", False),
        ("192.168.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
