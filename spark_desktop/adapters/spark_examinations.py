"""What ``spark doctor`` says about Spark itself: packages, engine, data, model, running cores."""

import http.client
import importlib
import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from spark_desktop.adapters.core_lookup import CoreAddress, address_in
from spark_desktop.adapters.languages import grammar_modules
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

_DISTRIBUTION = "spark-desktop"
_REINSTALL = say("Install Spark Desktop again, with its dependencies.")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PROCESS_S = 10.0
_HEALTH_S = 1.0


def packages() -> Finding:
    """Return Spark's version, and which of its dependencies are not installed."""
    try:
        version = metadata.version(_DISTRIBUTION)
        wanted = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return Finding(
            say("Spark"), Verdict.NOTE, say("runs from its sources, without being installed")
        )
    names = [_name_of(line) for line in wanted if "extra ==" not in line]
    missing = [name for name in names if not _installed(name)]
    if missing:
        detail = say(
            "{version}; not installed: {missing}", version=version, missing=", ".join(missing)
        )
        return Finding(say("Spark"), Verdict.MISSING, detail, _REINSTALL)
    return Finding(
        say("Spark"),
        Verdict.OK,
        say("{version}, {count} dependencies", version=version, count=len(names)),
    )


def grammars(modules: Sequence[str] | None = None) -> Finding:
    """Return whether every grammar can be loaded."""
    modules = grammar_modules() if modules is None else modules
    broken = []
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            broken.append(f"{module} ({error})")
    if broken:
        detail = say("not loaded: {broken}", broken=", ".join(broken))
        return Finding(say("grammars"), Verdict.MISSING, detail, _REINSTALL)
    return Finding(say("grammars"), Verdict.OK, say("{count} loaded", count=len(modules)))


def engine(command: tuple[str, ...]) -> Finding:
    """Return which engine the core uses and whether it loads; ``command`` starts its program."""
    try:
        # The core tries it in a process of its own: without the processor's instructions for it,
        # loading it would end ours.
        told = _told([*command, "info", "--json"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(
            say("engine"),
            Verdict.MISSING,
            say("the core does not answer: {error}", error=error),
            _REINSTALL,
        )
    try:
        used = json.loads(told.stdout)["engine"]
        version, library, trouble = used["version"], used["library"], used["trouble"]
    except (ValueError, KeyError, TypeError):
        reason = _last_line(told.stderr) or say("exit code {code}", code=told.returncode)
        return Finding(
            say("engine"),
            Verdict.MISSING,
            say("the core cannot tell: {reason}", reason=reason),
            _REINSTALL,
        )
    name = f"llama.cpp, xllamacpp {version}"
    if trouble:
        return Finding(
            say("engine"),
            Verdict.MISSING,
            say("{name} does not load: {trouble}", name=name, trouble=trouble),
            _REINSTALL,
        )
    where = (
        say("built on this machine: {library}", library=library)
        if library
        else say("as it was installed")
    )
    return Finding(say("engine"), Verdict.OK, say("{name}, {where}", name=name, where=where))


def data(folder: Path) -> Finding:
    """Return whether Spark's data folder can be written; it is not created."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if existing.is_dir() and os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        if existing == folder:
            return Finding(say("data folder"), Verdict.OK, str(folder))
        detail = say("{folder} (made at the first use)", folder=folder)
        return Finding(say("data folder"), Verdict.OK, detail)
    return Finding(
        say("data folder"),
        Verdict.MISSING,
        say("{folder}: {existing} cannot be written", folder=folder, existing=existing),
        say("Make it writable for you, or name another folder in SPARK_DATA_DIR."),
    )


def database(path: Path) -> Finding:
    """Return whether the database of threads and changes is sound; it is not changed."""
    if not path.exists():
        return Finding(say("database"), Verdict.OK, say("none yet: made at the first use"))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            told = str(opened.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    if told == "ok":
        return Finding(
            say("database"),
            Verdict.OK,
            say("{path}, {size:.1f} MB", path=path, size=path.stat().st_size / 1e6),
        )
    return Finding(
        say("database"),
        Verdict.MISSING,
        f"{path}: {told}",
        say(
            "The next start moves a damaged one aside and begins anew; keep a copy if you need it."
        ),
    )


def model(command: tuple[str, ...], choice: str = "") -> Finding:
    """Return whether a model (empty: the default) is here, and whether its hash was compared.

    ``command`` starts the core's program.
    """
    try:
        told = _told([*command, "models", "list", "--json"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(
            say("model"),
            Verdict.MISSING,
            say("the core does not answer: {error}", error=error),
            _REINSTALL,
        )
    try:
        shelf = json.loads(told.stdout)
        wanted = choice or shelf["default"]
        known = [*shelf["models"], *shelf["own"]]
        entry = next((one for one in known if wanted in (one["id"], one["path"])), None)
        return _model_file(Path(wanted)) if entry is None else _model(entry)
    except (ValueError, KeyError, TypeError):
        reason = _last_line(told.stderr) or say("exit code {code}", code=told.returncode)
        return Finding(
            say("model"),
            Verdict.MISSING,
            say("the core cannot tell: {reason}", reason=reason),
            _REINSTALL,
        )


def _model(entry: dict[str, Any]) -> Finding:
    name, state = entry["id"], entry.get("state")
    if entry.get("fault"):
        return Finding(say("model"), Verdict.MISSING, entry["fault"], say("Choose another model."))
    if state in ("absent", "partial"):
        detail = say(
            "{name}: {here:,.0f} of {whole:,.0f} MB are here",
            name=name,
            here=entry["bytes_here"] / 1e6,
            whole=entry["bytes"] / 1e6,
        )
        # No failure: the first turn that needs the model fetches it.
        return Finding(say("model"), Verdict.NOTE, detail, say("It is fetched when needed."))
    if state == "unverified":
        detail = say(
            "{name} at {place}, its hash is not compared yet: that happens at its next start",
            name=name,
            place=entry["path"],
        )
        return Finding(say("model"), Verdict.OK, detail)
    proof = say("its hash was compared") if state else say("a file of your own")
    detail = say("{name} at {place}, {proof}", name=name, place=entry["path"], proof=proof)
    return Finding(say("model"), Verdict.OK, detail)


def _model_file(path: Path) -> Finding:
    if path.is_file():
        return Finding(say("model"), Verdict.OK, say("{path}, a file of your own", path=path))
    step = say("Choose another model in the window of the models.")
    return Finding(say("model"), Verdict.MISSING, say("there is no model {path}", path=path), step)


def running_cores(folder: Path, ledger: Ledger | None = None) -> Finding:
    """Return which cores run for this user and whether they answer; asking goes into the ledger.

    The ledger is told in this OS thread, so it must bear that.
    """
    name = say("running core")
    addresses = [found for path in sorted(folder.glob("core-*.json")) if (found := _read(path))]
    if not addresses:
        return Finding(name, Verdict.OK, say("none: the next command starts one"))
    if ledger is not None:
        for address in addresses:
            place = urlsplit(address.url)
            purpose = say("ask whether the local core is well")
            ledger.note(Contact(place.hostname or "", place.port or 0, purpose))
    silent = [address for address in addresses if not _healthy(address)]
    detail = _together(silent or addresses)
    if not silent:
        return Finding(name, Verdict.OK, detail)
    step = say("If it stays so, end that process; the next command starts another.")
    return Finding(name, Verdict.NOTE, say("does not answer: {detail}", detail=detail), step)


def _together(addresses: Sequence[CoreAddress]) -> str:
    told = ""
    for one in addresses:
        core = say("{model} at {url}, process {pid}", model=one.model, url=one.url, pid=one.pid)
        told = say("{before}; {core}", before=told, core=core) if told else core
    return told


def _name_of(requirement: str) -> str:
    match = _NAME.match(requirement)
    return match[0] if match else requirement


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _told(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_PROCESS_S,
        check=False,
    )


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _read(path: Path) -> CoreAddress | None:
    try:
        address = address_in(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return address if address is not None and psutil.pid_exists(address.pid) else None


def _healthy(address: CoreAddress) -> bool:
    place = urlsplit(address.url)
    # Not through a client library: those honour the proxies of the environment.
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_HEALTH_S)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(answer, dict) and answer.get("status") == "ok"
