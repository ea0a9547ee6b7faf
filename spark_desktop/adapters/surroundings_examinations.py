"""What the doctor says about what surrounds Spark: keyring, certificates, proxies, disk."""

import os
import shutil
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from spark_desktop.adapters.keyring_choice import Ring, name_of, usable_keyring
from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.regex import regex
from spark_desktop.domain.sandboxing import Sandboxing
from spark_desktop.domain.words import say

_GIGABYTE = 1_000_000_000
# Room for threads and applied changes, and for a model.
_LOW_DISK = 2 * _GIGABYTE
_FULL_DISK = 200_000_000
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_USER_INFO = regex(r"(?<=//)[^/\s@]*(?:@[^/\s@]*)*@")
_BARE_USER_INFO = regex(r"^[^/\s]*@")


def keyring_backend(look: Callable[[], Ring] = usable_keyring) -> Finding:
    """Return which keyring keeps the keys of remote endpoints; ``look`` chooses it as they do."""
    name = say("keyring")
    try:
        ring = look()
    except SecretStoreError as error:
        step = say("{step} The local model needs none.", step=error.next_step)
        return Finding(name, Verdict.NOTE, error.message, step)
    return Finding(name, Verdict.OK, say("{name}, unlocked when it is needed", name=name_of(ring)))


def sandbox(look: Callable[[], Sandboxing] | None = None) -> Finding:
    """Return whether the checks of proposals can be shut in; ``look`` finds out as they do."""
    name = say("sandbox")
    state = (look or Bubblewrap().state)()
    if state.works:
        told = say("bubblewrap {version}: checks of proposals are shut in", version=state.version)
        return Finding(name, Verdict.OK, told)
    step = say(
        "Linux: install your system's package bubblewrap. Without a sandbox the checks of a project"
        " run only where you allow that, too."
    )
    return Finding(name, Verdict.NOTE, state.reason, step)


def trust_store(environment: Mapping[str, str] = os.environ) -> Finding:
    """Return which certificates vouch for servers."""
    name = say("TLS certificates")
    context = ssl.create_default_context()
    count = len(context.get_ca_certs())
    named = environment.get("SSL_CERT_FILE") or environment.get("SSL_CERT_DIR")
    paths = ssl.get_default_verify_paths()
    place = named or paths.cafile or paths.capath or say("the system")
    if named and not Path(named).exists():
        return Finding(
            name,
            Verdict.MISSING,
            say("{place}, which SSL_CERT_FILE or SSL_CERT_DIR names, is not there", place=place),
            say("Correct the variable, or take it away."),
        )
    folder = Path(place)
    if count == 0 and not (folder.is_dir() and any(folder.iterdir())):
        return Finding(
            name,
            Verdict.NOTE,
            say("no certificates of authorities in {place}", place=place),
            say("Install your system's package ca-certificates. The local model needs none."),
        )
    version = ssl.OPENSSL_VERSION
    told = say(
        "{count} authorities from {place}, {version}", count=count, place=place, version=version
    )
    return Finding(name, Verdict.OK, told)


def proxies(environment: Mapping[str, str]) -> Finding:
    """Return which proxies the environment names, without names and passwords of users."""
    found = {
        variable: value
        for variable, value in sorted(environment.items())
        if variable.lower() in _PROXIES and value
    }
    if not found:
        return Finding(say("proxy"), Verdict.OK, say("none: servers are asked directly"))
    told = ", ".join(f"{variable}={without_user(value)}" for variable, value in found.items())
    return Finding(say("proxy"), Verdict.OK, say("{told}; never for the local core", told=told))


def disk(folder: Path, free: int | None = None) -> Finding:
    """Return whether there is room for what Spark keeps, in bytes free at its data folder."""
    name = say("disk space")
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if free is None:
        free = shutil.disk_usage(existing).free
    told = say("{free:.1f} GB free at {folder}", free=free / _GIGABYTE, folder=existing)
    if free < _FULL_DISK:
        return Finding(name, Verdict.MISSING, told, say("Free some space: nothing can be kept."))
    if free < _LOW_DISK:
        return Finding(name, Verdict.NOTE, told, say("A model may not fit: free some space."))
    return Finding(name, Verdict.OK, told)


def without_user(address: str) -> str:
    """Return an address without the name and the password of a user before its host."""
    if "//" in address:
        return _USER_INFO.sub("***@", address)
    return _BARE_USER_INFO.sub("***@", address)
