"""What a certificate says is read whatever it leaves out, and in any locale."""

from datetime import UTC, datetime

import pytest

from spark_desktop.adapters.handshakes import HandshakeListener
from spark_desktop.domain.connection_check import Handshake

ISSUER = ((("organizationName", "An authority"),),)


class Stream:
    """A TLS stream as httpcore gives it."""

    def __init__(self, certificate: dict[str, object] | None) -> None:
        self.certificate = certificate

    def get_extra_info(self, name: str) -> object:
        return self if name == "ssl_object" else None

    def version(self) -> str:
        return "TLSv1.2"

    def getpeercert(self) -> dict[str, object] | None:
        return self.certificate


async def heard(certificate: dict[str, object] | None) -> Handshake | None:
    listener = HandshakeListener()
    await listener.hear("connection.connect_tcp.complete", {})
    await listener.hear("connection.start_tls.complete", {"return_value": Stream(certificate)})
    return listener.shaken


async def test_a_certificate_without_a_subject_is_named_by_its_first_host() -> None:
    certificate = {
        "subject": (),
        "subjectAltName": (("DNS", "box.example"), ("DNS", "other.example")),
        "issuer": ISSUER,
        "notAfter": "Feb 28 10:11:12 2027 GMT",
    }
    assert await heard(certificate) == Handshake(
        "TLS 1.2", "box.example", "An authority", datetime(2027, 2, 28, 10, 11, 12, tzinfo=UTC)
    )


@pytest.mark.parametrize("certificate", [None, {}, {"notAfter": "some day"}, {"notAfter": 7}])
async def test_what_the_system_does_not_tell_is_left_out(certificate) -> None:
    assert await heard(certificate) == Handshake("TLS 1.2")
