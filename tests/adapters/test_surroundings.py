from pathlib import Path
from typing import Never

import pytest

from spark_desktop.adapters import surroundings_examinations as around
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.findings import Verdict
from spark_desktop.domain.sandboxing import Sandboxing

GB = 1_000_000_000


class Good:
    """A keyring; its module's name is not one of those that keep nothing."""

    name = "SecretService Keyring"


def test_a_keyring_is_named() -> None:
    finding = around.keyring_backend(Good)
    assert finding.verdict is Verdict.OK
    assert "SecretService Keyring" in finding.detail


def test_without_a_keyring_it_is_said_which_were_looked_for_and_what_to_do() -> None:
    def nothing() -> Never:
        raise SecretStoreError("No keyring can be used. Looked for: SecretService: no bus.", "Do.")

    finding = around.keyring_backend(nothing)
    assert finding.verdict is Verdict.NOTE
    assert "SecretService: no bus" in finding.detail
    assert finding.next_step == "Do. The local model needs none."


def test_this_machines_keyring_can_be_asked() -> None:
    assert around.keyring_backend().name == "keyring"


def test_a_sandbox_is_named_or_its_lack_with_the_reason() -> None:
    found = around.sandbox(lambda: Sandboxing(True, "", "0.9.0"))
    assert (found.verdict, "bubblewrap 0.9.0" in found.detail) == (Verdict.OK, True)
    found = around.sandbox(lambda: Sandboxing(False, "bubblewrap (bwrap) is not installed"))
    assert found.verdict is Verdict.NOTE
    assert "not installed" in found.detail
    assert "bubblewrap" in found.next_step


def test_certificates_are_counted_or_their_lack_is_told(tmp_path: Path) -> None:
    assert around.trust_store({}).name == "TLS certificates"
    missing = around.trust_store({"SSL_CERT_FILE": str(tmp_path / "none.pem")})
    assert missing.verdict is Verdict.MISSING
    assert "none.pem" in missing.detail


def test_proxies_are_named_without_their_users() -> None:
    finding = around.proxies(
        {"https_proxy": "http://me:pw@proxy:1", "NO_PROXY": "localhost", "PATH": "x"}
    )
    assert finding.verdict is Verdict.OK
    assert "https_proxy=http://***@proxy:1" in finding.detail
    assert "NO_PROXY=localhost" in finding.detail
    assert around.proxies({"http_proxy": ""}).detail == "none: servers are asked directly"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("me:pw@proxy:1", "***@proxy:1"),
        ("proxy:1", "proxy:1"),
        ("socks5://a:b@c@d", "socks5://***@d"),
    ],
)
def test_addresses_lose_their_users(address: str, shown: str) -> None:
    assert around.without_user(address) == shown


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(50 * GB, Verdict.OK), (GB, Verdict.NOTE), (GB // 10, Verdict.MISSING)],
)
def test_disk_space_is_judged(tmp_path: Path, free: int, verdict: Verdict) -> None:
    finding = around.disk(tmp_path / "not" / "there", free)
    assert finding.verdict is verdict
    assert str(tmp_path) in finding.detail


def test_the_disk_of_a_folder_is_asked(tmp_path: Path) -> None:
    assert "GB free" in around.disk(tmp_path).detail
