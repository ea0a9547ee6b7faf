"""What ``spark doctor`` says about Spark itself: packages, engine, data, model, running cores."""

import http.client
import importlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from spark_desktop.adapters.core_lookup import CoreAddress, address_in
from spark_desktop.adapters.languages import grammar_modules
from spark_desktop.adapters.schema_version import check_schema
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import joined, say
from spark_desktop.services.ledger import Ledger

_DISTRIBUTION = "spark-desktop"
_REINSTALL = say("Install Spark Desktop again, with its dependencies.")
_ENGINE, _MODEL, _DATA, _DATABASE = say("engine"), say("model"), say("data folder"), say("database")
_NAME = regex(r"[A-Za-z0-9._-]+")
# The only marker that our own dependencies have.
_SYSTEM = regex(r"sys_platform\s*==\s*['\"](\w+)['\"]")
# Two starts of Python, of which a virus scanner may look at every file the first time.
_PROCESS_S = 30.0
_HEALTH_S = 1.0


def packages() -> Finding:
    """Return Spark's version, and which of its dependencies are not installed."""
    try:
        version = metadata.version(_DISTRIBUTION)
        wanted = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return Finding("Spark", Verdict.NOTE, say("runs from its sources, without being installed"))
    names = [_name_of(line) for line in wanted if _is_for_here(line)]
    missing = [name for name in names if not _installed(name)]
    if missing:
        names_text = ", ".join(missing)
        detail = say("{version}; not installed: {names}", version=version, names=names_text)
        return Finding("Spark", Verdict.MISSING, detail, _REINSTALL)
    detail = say("{version}, {count} dependencies", version=version, count=len(names))
    return Finding("Spark", Verdict.OK, detail)


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
        detail = say("not loaded: {names}", names=", ".join(broken))
        return Finding(say("grammars"), Verdict.MISSING, detail, _REINSTALL)
    return Finding(say("grammars"), Verdict.OK, say("{count} loaded", count=len(modules)))


def engine(command: tuple[str, ...], seconds: float = _PROCESS_S) -> Finding:
    """Return which engine the core uses and whether it loads; ``command`` starts its program.

    It is waited for that many ``seconds``.
    """
    try:
        # The core tries it in a process of its own: without the processor's instructions for it,
        # loading it would end ours.
        told = told_by([*command, "info", "--json"], seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(_ENGINE, Verdict.MISSING, _no_answer(error), _REINSTALL)
    try:
        used = json.loads(told.stdout)["engine"]
        version, library, trouble = used["version"], used["library"], used["trouble"]
    except (ValueError, KeyError, TypeError):
        return Finding(_ENGINE, Verdict.MISSING, _cannot_tell(told), _REINSTALL)
    name = f"llama.cpp, xllamacpp {version}"
    if trouble:
        detail = say("{name} does not load: {trouble}", name=name, trouble=trouble)
        return Finding(_ENGINE, Verdict.MISSING, detail, _REINSTALL)
    detail = say("{name}, as it was installed", name=name)
    if library:
        detail = say("{name}, built on this machine: {library}", name=name, library=library)
    return Finding(_ENGINE, Verdict.OK, detail)


def data(folder: Path) -> Finding:
    """Return whether Spark's data folder can be written; it is not created."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if existing.is_dir() and os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        told = str(folder)
        if existing != folder:
            told = say("{folder} (made at the first use)", folder=folder)
        return Finding(_DATA, Verdict.OK, told)
    return Finding(
        _DATA,
        Verdict.MISSING,
        say("{folder}: {existing} cannot be written", folder=folder, existing=existing),
        say("Make it writable for you, or name another folder in SPARK_DATA_DIR."),
    )


def database(path: Path) -> Finding:
    """Return whether the database of threads and changes is sound; it is not changed."""
    if not path.exists():
        return Finding(_DATABASE, Verdict.OK, say("none yet: made at the first use"))
    try:
        check_schema(path)
    except StoreError as error:
        return Finding(_DATABASE, Verdict.MISSING, error.message, error.next_step)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            told = str(opened.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    if told == "ok":
        size = say("{path}, {size:.1f} MB", path=path, size=path.stat().st_size / 1e6)
        return Finding(_DATABASE, Verdict.OK, size)
    return Finding(
        _DATABASE,
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
        told = told_by([*command, "models", "list", "--json"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(_MODEL, Verdict.MISSING, _no_answer(error), _REINSTALL)
    try:
        shelf = json.loads(told.stdout)
        wanted = choice or shelf["default"]
        known = [*shelf["models"], *shelf["own"]]
        entry = next((one for one in known if wanted in (one["id"], one["path"])), None)
        return _model_file(Path(wanted)) if entry is None else _model(entry)
    except (ValueError, KeyError, TypeError):
        return Finding(_MODEL, Verdict.MISSING, _cannot_tell(told), _REINSTALL)


def _model(entry: dict[str, Any]) -> Finding:
    name, state = entry["id"], entry.get("state")
    if entry.get("fault"):
        return Finding(_MODEL, Verdict.MISSING, entry["fault"], say("Choose another model."))
    if state in ("absent", "partial"):
        here = say(
            "{name}: {here:,.0f} of {total:,.0f} MB are here",
            name=name,
            here=entry["bytes_here"] / 1e6,
            total=entry["bytes"] / 1e6,
        )
        # No failure: the first turn that needs the model fetches it.
        return Finding(_MODEL, Verdict.NOTE, here, say("It is fetched when needed."))
    if state == "unverified":
        told = say(
            "{name} at {path}, its hash is not compared yet: that happens at its next start",
            name=name,
            path=entry["path"],
        )
        return Finding(_MODEL, Verdict.OK, told)
    told = say("{name} at {path}, a file of your own", name=name, path=entry["path"])
    if state == "bundled":
        told = say("{name} at {path}, a part of the installed Spark", name=name, path=entry["path"])
    elif state:
        told = say("{name} at {path}, its hash was compared", name=name, path=entry["path"])
    return Finding(_MODEL, Verdict.OK, told)


def _model_file(path: Path) -> Finding:
    if path.is_file():
        return Finding(_MODEL, Verdict.OK, say("{path}, a file of your own", path=path))
    step = say("Choose another model in the window of the models.")
    return Finding(_MODEL, Verdict.MISSING, say("there is no model {path}", path=path), step)


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
    places = (
        say("{model} at {url}, process {pid}", model=a.model, url=a.url, pid=a.pid)
        for a in silent or addresses
    )
    detail = joined(places, "; ")
    if not silent:
        return Finding(name, Verdict.OK, detail)
    step = say("If it stays so, end that process; the next command starts another.")
    return Finding(name, Verdict.NOTE, say("does not answer: {cores}", cores=detail), step)


def _no_answer(error: Exception) -> str:
    return say("the core does not answer: {error}", error=error)


def _cannot_tell(told: "subprocess.CompletedProcess[str]") -> str:
    code = say("exit code {code}", code=told.returncode)
    return say("the core cannot tell: {reason}", reason=_last_line(told.stderr) or code)


def _is_for_here(requirement: str) -> bool:
    """Return whether a dependency is one of this system, and of no extra."""
    if "extra ==" in requirement:
        return False
    systems = _SYSTEM.findall(requirement)
    return not systems or sys.platform in systems


def _name_of(requirement: str) -> str:
    match = _NAME.match(requirement)
    return match[0] if match else requirement


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def told_by(
    command: Sequence[str], seconds: float = _PROCESS_S
) -> "subprocess.CompletedProcess[str]":
    """Run a program of ours to its end. Raises OSError and subprocess.TimeoutExpired."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
        check=False,
        # The window has no terminal that the core would use: one would flash up.
        creationflags=_creation_flags(),
    )


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


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
