"""Who may use the core besides this machine's own programs, as its user said it."""

import os
import stat
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from inference_core.domain.errors import UsageError

KEY_VARIABLE = "SPARK_CORE_API_KEY"

# 16 characters of a random key cannot be guessed; more than 1024 are no key but a wrong file.
_SHORTEST = 16
_LONGEST = 1024

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Access:
    """Names and pages that are let in; by default none but the loopback's.

    With ``remote`` the core answers at the address it is bound to, and under the names ``hosts``.
    ``origins`` are those of web pages, as browsers write them.
    """

    remote: bool = False
    hosts: frozenset[str] = field(default_factory=frozenset)
    origins: frozenset[str] = field(default_factory=frozenset)


LOCAL_ONLY = Access()


def read_access(remote: bool, hosts: Iterable[str], origins: Iterable[str]) -> Access:
    """Return what the flags say. Raises UsageError for a name or an origin that is none."""
    names = frozenset(_host(name) for name in hosts)
    if names and not remote:
        raise UsageError(
            "A name for the core lets others in.", "Use --allow-host together with --allow-remote."
        )
    return Access(remote, names, frozenset(_origin(each) for each in origins))


def user_key(path: Path | None, environment: MutableMapping[str, str]) -> str | None:
    """Return the key that the user chose, by a file or the environment; None without one.

    It is taken out of the environment: the engine's process need not have it. Raises UsageError.
    """
    given = environment.pop(KEY_VARIABLE, None)
    if path is not None:
        return _checked(_read_private(path), f"in {path}")
    return None if given is None else _checked(given, f"in {KEY_VARIABLE}")


def require_key(access: Access, key: str | None) -> None:
    """Raise UsageError if others are let in without a key that they could have."""
    if access.remote and key is None:
        raise UsageError(
            "To answer other machines the core needs a key of yours.",
            f"Put one into a file of mode 0600 and use --api-key-file, or set {KEY_VARIABLE}.",
        )


def _read_private(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_LONGEST + 3)  # a line's end, and one byte too many
    except OSError as error:
        raise UsageError(
            f"The key file {path} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(
            f"Others may read or change the key file {path}: its mode is {stat.S_IMODE(mode):04o}.",
            "Make it yours alone: chmod 600, and a new key.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"The key file {path} is no text.", "Write the key as UTF-8.") from error


def _checked(text: str, where: str) -> str:
    """Return the key; no message has any part of it."""
    key = text.strip()
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise UsageError(
            f"The key {where} must have {_SHORTEST} to {_LONGEST} characters, not {len(key)}.",
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    if not key.isprintable() or any(sign.isspace() for sign in key):
        raise UsageError(
            f"The key {where} has a blank, a line break or a control character.",
            "Write one key, and nothing else.",
        )
    return key


def _host(name: str) -> str:
    bare = name.strip("[]").lower().rstrip(".")
    if not bare or "/" in bare or "*" in bare or (":" in bare and not name.startswith("[")):
        raise UsageError(
            f"--allow-host takes a host name or an address without port, not {name!r}.",
            "Such as --allow-host workstation.lan",
        )
    return bare


def _origin(text: str) -> str:
    """Return an origin as browsers send it: scheme, host, and the port unless it is the usual."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.scheme or not parts.hostname or "*" in text or "@" in parts.netloc:
        raise _bad_origin(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _bad_origin(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = port is None or port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def _bad_origin(text: str) -> UsageError:
    return UsageError(
        f"--allow-origin takes the origin of one site, not {text!r}.",
        "Such as --allow-origin http://localhost:3000",
    )
