"""What was agreed on in a TLS handshake, heard from httpcore while it makes a connection."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from spark_desktop.domain.connection_check import Handshake


class HandshakeListener:
    """Hears from httpcore what TLS a connection has; the last one is the server's own."""

    def __init__(self) -> None:
        self.shaken: Handshake | None = None

    async def hear(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one of httpcore's trace events."""
        if not event.endswith("start_tls.complete"):
            return
        tls = info["return_value"].get_extra_info("ssl_object")
        if tls is not None:
            certificate = tls.getpeercert() or {}
            self.shaken = Handshake(
                str(tls.version() or "TLS").replace("TLSv", "TLS "),
                _name_in(certificate.get("subject", ())) or _other_name_in(certificate),
                _name_in(certificate.get("issuer", ())),
                _expiry(certificate.get("notAfter")),
            )


def _name_in(parts: Any) -> str:
    names = {key: value for part in parts for key, value in part}
    return str(names.get("commonName") or names.get("organizationName") or "")


def _other_name_in(certificate: Mapping[str, Any]) -> str:
    """Return the first host that a certificate is for: newer ones name no subject."""
    return next((str(name) for _, name in certificate.get("subjectAltName", ())), "")


def _expiry(told: object) -> datetime | None:
    if not isinstance(told, str):
        return None
    try:
        # Not strptime: Qt sets the user's locale, in which the months have other names.
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
    except ValueError:
        return None
