"""The user's own authority for downloads, beside those that the system trusts."""

import os
import ssl
from functools import cache

import httpx2
from huggingface_hub import get_session, set_client_factory

from inference_core.models.errors import SourceFailedError

# The same variable as the desktop's: a company's proxy that looks into TLS vouches for itself.
# SSL_CERT_FILE, which the libraries read, would stand in for the system's store instead.
CA_VARIABLE = "SPARK_CA_FILE"


def trust_the_users_authority() -> None:
    """Let Hugging Face's session trust the file that ``SPARK_CA_FILE`` names, if it names one.

    Proxies and SSL_CERT_FILE are read by the library itself. Raises SourceFailedError, which
    names the file.
    """
    file = os.environ.get(CA_VARIABLE)
    if file:
        _trust(file)


@cache
def _trust(file: str) -> None:
    context = httpx2.create_ssl_context()
    try:
        context.load_verify_locations(file)
    except (OSError, ssl.SSLError) as error:
        raise SourceFailedError(
            f"cannot be asked: {CA_VARIABLE} names {file}, which holds no certificates ({error})"
        ) from error
    # What the library does before each request (its offline mode) goes on.
    hooks = get_session().event_hooks

    def session() -> httpx2.Client:
        return httpx2.Client(verify=context, event_hooks=hooks, follow_redirects=True, timeout=None)

    set_client_factory(session)
