"""Which of the system's keyrings keeps the keys, and why the others do not."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.words import Said, joined, say

# What would keep a key nowhere, or in a file that any program of the user can read.
_KEEPS_NOTHING = ("keyring.backends.fail", "keyring.backends.null")
_KEEPS_IN_FILES = ("keyrings.", "keyring_file")
_CHAIN = "keyring.backends.chainer"
# Of another system: nobody looks for them here.
_ELSEWHERE = {"keyring.backends.Windows": "win32", "keyring.backends.macOS": "darwin"}
# The library's own measure: from here on a backend is recommended by its makers.
_RECOMMENDED = 1.0
_LONGEST_REASON = 160


class Ring(Protocol):
    """What a backend of the library offers; every method may raise what its system raises."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept, None where nothing is."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a text instead of the one before."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is kept; raises where nothing is."""
        ...


def usable_keyring(
    configured: Callable[[], Any] | None = None, known: Callable[[], Iterable[Any]] | None = None
) -> Ring:
    """Return the keyring of the user's session, or the one that the user configured.

    It asks D-Bus, so call it in an OS thread. ``configured`` gives the backend that the library's
    own settings name, ``known`` the classes of all that are installed. Raises SecretStoreError,
    which names each that was looked for with the reason why it is of no use.
    """
    problems: list[Said] = []
    try:
        chosen = (configured or _configured)()
    except Exception as error:  # noqa: BLE001 - a backend's import raises what it likes
        chosen = None
        problems.append(_problem(say("the one in keyring's own settings"), short(error)))
    if chosen is not None:
        for ring in _links(chosen):
            refused = _refusal(type(ring))
            if not refused:
                return _as_ring(ring)
            problems.append(_problem(name_of(ring), refused))
        # Nobody is asked behind the user's back.
        raise _none(problems)
    usable = []
    for kind in sorted((known or _known)(), key=lambda kind: (kind.__module__, kind.__name__)):
        if _is_elsewhere(kind) or kind.__module__.startswith((*_KEEPS_NOTHING, _CHAIN)):
            continue
        priority, reason = _priority(kind)
        if reason:
            problems.append(_problem(name_of(kind), reason))
        else:
            usable.append((priority, kind))
    if not usable:
        raise _none(problems)
    return _as_ring(max(usable, key=lambda one: one[0])[1]())


def name_of(ring: Any) -> str:
    """Return how a backend, or its class, calls itself."""
    return str(getattr(ring, "name", "") or getattr(ring, "__module__", "?"))


def short(error: BaseException) -> str:
    """Return an error of the keyring in one line; it never holds a key."""
    text = REDACTION.redacted(" ".join(f"{type(error).__name__}: {error}".split()))
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


def _priority(kind: Any) -> tuple[float, str]:
    """Return how much a class is recommended, or why it cannot be used."""
    refused = _refusal(kind)
    if refused:
        return 0.0, refused
    try:
        priority = float(kind.priority)
    except Exception as error:  # noqa: BLE001 - backends raise what their systems raise
        return 0.0, " ".join(str(error).split())[:_LONGEST_REASON] or short(error)
    if priority < _RECOMMENDED:
        return 0.0, say("its makers do not recommend it")
    return priority, ""


def _refusal(kind: type[Any]) -> str:
    if kind.__module__.startswith(_KEEPS_NOTHING):
        return say("it keeps nothing")
    if any(base.__module__.startswith(_KEEPS_IN_FILES) for base in kind.__mro__):
        return say("it keeps keys in a file")
    return ""


def _links(ring: Any) -> list[Any]:
    # A chain asks one after the other, a plain file perhaps last: we take its first good link.
    return list(ring.backends) if type(ring).__module__.startswith(_CHAIN) else [ring]


def _is_elsewhere(kind: Any) -> bool:
    system = _ELSEWHERE.get(kind.__module__.removesuffix(".api"))
    return system is not None and system != sys.platform


def _problem(name: str, reason: str) -> Said:
    return say("{name}: {reason}", name=name, reason=reason)


def _none(problems: list[Said]) -> SecretStoreError:
    return SecretStoreError(
        say(
            "No keyring can be used. Looked for: {looked}.",
            looked=joined(problems, "; ") if problems else say("none is installed"),
        ),
        say(
            "Start or install your desktop's keyring. Until then use the key for this session "
            "only, or name an environment variable that holds it."
        ),
    )


def _as_ring(ring: Any) -> Ring:
    found: Ring = ring
    return found


def _configured() -> Any:
    from keyring import core

    return core.load_env() or core.load_config()


def _known() -> Iterable[Any]:
    from keyring import backend

    # It loads what is installed; what it returns was judged by the state of that moment.
    backend.get_all_keyring()
    return _concrete(backend.KeyringBackend)


def _concrete(kind: Any) -> list[Any]:
    found = []
    for below in kind.__subclasses__():
        if not below.__abstractmethods__:
            found.append(below)
        found += _concrete(below)
    return list(dict.fromkeys(found))
