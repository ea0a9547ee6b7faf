"""A file of a Hugging Face repository, with the user's mirror, token and offline settings.

``hf_hub_download`` deletes what an interrupted download left (since 2.0, so that two processes
never share a file), so the body is read here, with a Range header; the store's lock already keeps
other processes out. The library still provides the address, the headers and the connection.
"""

import os
import threading
from typing import BinaryIO

import httpx2
from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_url
from huggingface_hub.errors import FileMetadataError, HfHubHTTPError
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

from inference_core.models.catalogue import CatalogueModel, HuggingFaceFile
from inference_core.models.errors import SourceFailedError
from inference_core.models.redaction import redacted
from inference_core.models.sources.port import ANSWER_WITHIN_S, BLOCK, Fetch
from inference_core.models.sources.trust import trust_the_users_authority

# Broken connections in a row, without a single byte between them, before the source is given up.
_TRIES = 3


class HuggingFaceSource:
    """Resumes at the byte where the part file ends."""

    def __init__(self, origin: HuggingFaceFile, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._origin = origin
        self._answer_within_s = answer_within_s

    @property
    def name(self) -> str:
        """Return the repository's name."""
        return f"Hugging Face {self._origin.repo}"

    def working_bytes(self, model: CatalogueModel) -> int:
        """Return 0: the bytes are written straight to their place."""
        return 0

    def fetch(self, fetch: Fetch) -> None:
        """Download what is missing; connections that break are taken up again."""
        # The library reads the variable once, when it is imported; a running app may set it later.
        endpoint = os.environ.get("HF_ENDPOINT") or None
        url = hf_hub_url(self._origin.repo, self._origin.file, endpoint=endpoint)
        trust_the_users_authority()
        _note_contact(url, fetch)
        self._ask_size(url, fetch.model)
        failures = 0
        while fetch.part.size < fetch.model.bytes:
            before = fetch.part.size
            try:
                self._download(url, fetch)
            except (httpx2.HTTPError, OSError) as error:
                if not isinstance(error, _NETWORK_ERRORS):
                    raise
                failures = 1 if fetch.part.size > before else failures + 1
                if failures >= _TRIES or not isinstance(error, httpx2.TransportError):
                    raise SourceFailedError(_reason(error)) from error

    def _ask_size(self, url: str, model: CatalogueModel) -> None:
        """Refuse a server that is silent or has another file, before anything is written."""
        answers: list[int | Exception | None] = []

        def ask() -> None:
            try:
                answers.append(get_hf_file_metadata(url, timeout=self._answer_within_s).size)
            except (httpx2.HTTPError, OSError, ValueError) as error:
                answers.append(error)

        # The client's timeouts count each phase alone, and looking up a name has none at all; only
        # an OS thread that may be left behind keeps the promise as a whole.
        thread = threading.Thread(target=ask, name="ask Hugging Face", daemon=True)
        thread.start()
        thread.join(self._answer_within_s)
        if not answers:
            raise SourceFailedError(f"did not answer within {self._answer_within_s:.0f} s")
        size = answers[0]
        if isinstance(size, Exception):
            raise SourceFailedError(_reason(size)) from size
        if size is not None and size != model.bytes:
            raise SourceFailedError(f"has a file of {size:,} bytes instead of {model.bytes:,}")

    def _download(self, url: str, fetch: Fetch) -> None:
        start = fetch.part.size
        headers = build_hf_headers() | {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        with get_session().stream(
            "GET", url, headers=headers, timeout=ANSWER_WITHIN_S, follow_redirects=True
        ) as response:
            # The repository's server hands over to another one for the bytes.
            _note_contact(str(response.url), fetch)
            hf_raise_for_status(response)
            # 200 instead of 206: the server ignored the range and sends everything.
            offset = start if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0
            with fetch.part.append_at(offset) as target:
                self._copy(response, target, fetch)

    def _copy(self, response: httpx2.Response, target: BinaryIO, fetch: Fetch) -> None:
        fetch.step(target.tell())
        for block in response.iter_bytes(BLOCK):
            if target.tell() + len(block) > fetch.model.bytes:
                raise SourceFailedError(f"sent more than {fetch.model.bytes:,} bytes")
            target.write(block)
            fetch.step(target.tell())


# HfHubHTTPError and OfflineModeIsEnabled (a ConnectionError) are OSErrors too, as is a full disk,
# which must rise as it is.
_NETWORK_ERRORS = (httpx2.HTTPError, HfHubHTTPError, FileMetadataError, ConnectionError)


def _note_contact(url: str, fetch: Fetch) -> None:
    place = httpx2.URL(url)
    fetch.meter.contacting(place.host, place.port or (443 if place.scheme == "https" else 80))


def _reason(error: Exception) -> str:
    if isinstance(error, HfHubHTTPError):
        return f"answered with status {error.response.status_code}"
    if isinstance(error, httpx2.TimeoutException):
        return f"did not answer within {ANSWER_WITHIN_S:.0f} s"
    lines = str(error).strip().splitlines()
    return redacted(lines[0]) if lines else type(error).__name__
