"""Which certificates vouch for servers: the system's, and those that the user adds."""

import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import truststore

from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.words import say

# Where Linux distributions keep their bundle. An OpenSSL that came with a packed program looks
# where it was built, which is nowhere on the user's machine.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Paths of PEM files: authorities beside the system's, and who we are to the server.

    ``store_file`` and ``store_folder`` stand in for the system's store, as SSL_CERT_FILE and
    SSL_CERT_DIR do for every program; "" and () for none.
    """

    ca_files: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    store_file: str = ""
    store_folder: str = ""

    def check(self) -> None:
        """Read what the user named. Raises RouteError, which names the file; takes about 1 ms."""
        self._add_to(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def context(self) -> ssl.SSLContext:
        """Return a new context for a client. Reads the system's store: about 50 ms on Linux.

        Raises RouteError.
        """
        context = self._store()
        self._add_to(context)
        return context

    @staticmethod
    def nobody() -> ssl.SSLContext:
        """Return a context that trusts no server, for what is spoken without TLS."""
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _store(self) -> ssl.SSLContext:
        if self.store_file or self.store_folder:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            _load(context, self.store_file, self.store_folder)
            return context
        if sys.platform in ("win32", "darwin"):
            return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # There truststore would read the bundle anew at each connection, 50 ms in the window's
        # thread; what it looks for is looked for here, once.
        return _linux_store()

    def _add_to(self, context: ssl.SSLContext) -> None:
        for file in self.ca_files:
            _load(context, file, "")
        if not self.certificate:
            return
        try:
            # Without a function OpenSSL asks for a password on the terminal, and waits.
            context.load_cert_chain(self.certificate, self.key or None, password=lambda: "")
        except (OSError, ValueError) as error:
            raise RouteError(
                say(
                    "The client certificate {file} cannot be used: {reason}.",
                    file=self.certificate,
                    reason=_reason(error),
                ),
                say("Name a PEM file with the certificate, and its key without a password."),
            ) from error


def trust_of(
    environment: Mapping[str, str], ca_files: tuple[str, ...], certificate: str, key: str
) -> Trust:
    """Return what to trust, with the variables that all programs read."""
    named = environment.get("SPARK_CA_FILE", "")
    return Trust(
        tuple(dict.fromkeys(file for file in (named, *ca_files) if file)),
        certificate,
        key,
        environment.get("SSL_CERT_FILE", ""),
        environment.get("SSL_CERT_DIR", ""),
    )


def _linux_store() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.openssl_capath)
    hashed = folder.is_dir() and any(folder.glob("*.[0-9]"))
    bundles = (paths.openssl_cafile, *_BUNDLES)
    bundle = next((name for name in bundles if Path(name).is_file()), "")
    if bundle:
        _load(context, bundle, "")
    elif hashed:
        _load(context, "", str(folder))
    return context


def _load(context: ssl.SSLContext, file: str, folder: str) -> None:
    try:
        context.load_verify_locations(file or None, folder or None)
    except (OSError, ValueError) as error:
        raise RouteError(
            say(
                "The certificates of authorities in {file} cannot be read: {reason}.",
                file=file or folder,
                reason=_reason(error),
            ),
            say("Name a PEM file, in the endpoint's settings or in the variable that named it."),
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return str(error.reason or error.strerror or error)
    return getattr(error, "strerror", None) or str(error)
