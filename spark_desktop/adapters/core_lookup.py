"""Where a running core is found: its files in the run folder, and what it answers."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from spark_desktop.adapters.ledger import noting
from spark_desktop.domain.completion import ModelInfo, Priority
from spark_desktop.domain.errors import CoreError
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

# A core answers from memory; one that is this slow while a model loads beside it is stuck.
_ANSWER_S = 5.0
# Seconds that a connection without a request is kept: a third of those of the core, which must not
# be the first to close it.
KEPT_S = 5.0
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=KEPT_S)


@dataclass(frozen=True, slots=True)
class CoreAddress:
    """Where a core answers, with which token, and its process."""

    url: str
    token: str
    pid: int
    model: str


@dataclass(frozen=True, slots=True)
class CoreFiles:
    """The files that programs using the same model share; the folder is the user's alone."""

    folder: Path
    model: str

    @property
    def ready(self) -> Path:
        """Return the file in which a core tells its address."""
        return self._named("json")

    @property
    def lock(self) -> Path:
        """Return the file that is locked while a core is looked up or started."""
        return self._named("lock")

    @property
    def log(self) -> Path:
        """Return the file that takes the core's standard error."""
        return self._named("log")

    def prepare(self) -> None:
        """Make the folder, mode 0700. Raises CoreError."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
        except OSError as error:
            raise CoreError(
                say(
                    "The folder {folder} cannot be used: {reason}.",
                    folder=self.folder,
                    reason=error.strerror or error,
                ),
                say("Make it writable for you alone, or name another one."),
            ) from error

    def last_log_line(self) -> str:
        """Return the last line that the core wrote to its log, or an empty string."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(0, self.log.stat().st_size - 8192))
                lines = stream.read().decode("utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _named(self, extension: str) -> Path:
        digest = hashlib.sha256(self.model.encode()).hexdigest()[:16]
        return self.folder / f"core-{digest}.{extension}"


def address_in(value: Any) -> CoreAddress | None:
    """Return the address in a ready file's or a ready line's JSON; None where it is none."""
    if not isinstance(value, dict):
        return None
    url, token, pid = value.get("url"), value.get("token"), value.get("pid")
    if isinstance(url, str) and isinstance(token, str) and isinstance(pid, int) and pid > 0:
        return CoreAddress(url, token, pid, str(value.get("model") or ""))
    return None


def address_of(files: CoreFiles) -> CoreAddress | None:
    """Return the address of a core whose process lives; None without one."""
    try:
        address = address_in(json.loads(files.ready.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return address if address is not None and psutil.pid_exists(address.pid) else None


def client_for(address: CoreAddress, ledger: Ledger | None = None) -> httpx.AsyncClient:
    """Return a client that reaches the core; a proxy of the environment is never for loopback.

    Its requests are noted in the ledger.
    """
    purpose = say("ask the local core: {model}", model=address.model)
    return httpx.AsyncClient(
        base_url=address.url,
        headers={"Authorization": f"Bearer {address.token}"},
        timeout=httpx.Timeout(_ANSWER_S),
        limits=_LIMITS,
        trust_env=False,
        event_hooks=noting(ledger, purpose) if ledger is not None else None,
    )


def served_models(run_dir: Path) -> frozenset[str]:
    """Return the ids of the models that this user's running cores serve, whoever started them."""
    served = set()
    for ready in run_dir.glob("core-*.json"):
        try:
            address = address_in(json.loads(ready.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
        if address is not None and psutil.pid_exists(address.pid):
            served.add(address.model)
    return frozenset(served)


async def listens(client: httpx.AsyncClient) -> bool:
    """Return whether something listens at the client's address; a busy core does."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            url = client.base_url
            _, writer = await asyncio.open_connection(url.host, url.port)
            writer.close()
            await writer.wait_closed()
    except TimeoutError:
        # Not refused: it is there, and slow.
        return True
    except OSError:
        return False
    return True


async def model_of(client: httpx.AsyncClient) -> ModelInfo | None:
    """Return what the core serves; None where it does not answer, or not to our token."""
    try:
        response = await client.get("/v1/models")
        if response.status_code != 200:
            return None
        return _model_in(response.json())
    except (httpx.HTTPError, ValueError):
        return None


def _model_in(answer: Any) -> ModelInfo | None:
    entries = answer.get("data") if isinstance(answer, dict) else None
    entry = entries[0] if isinstance(entries, list) and entries else None
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    spark = entry.get("spark")
    known: dict[str, Any] = spark if isinstance(spark, dict) else {}
    formats = tuple(str(name) for name in known.get("formats") or ()) or ("region",)
    context = known.get("context")
    # What later cores may add is passed over.
    priorities = {str(name) for name in known.get("priorities") or ()}
    return ModelInfo(
        id=entry["id"],
        # Without a figure the smallest context that any catalogue model is run with is assumed.
        context=context if isinstance(context, int) else 4096,
        fim=known.get("fim") is True,
        formats=formats,
        priorities=frozenset(each for each in Priority if each.value in priorities),
    )
