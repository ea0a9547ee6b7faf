"""Whether all that was installed is there and can be read."""

import asyncio
import importlib
import json
import platform
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from spark_desktop.adapters.core_process import core_command
from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.self_test_program import installed_version, program_command
from spark_desktop.adapters.spark_examinations import engine, told_by
from spark_desktop.adapters.surroundings_examinations import trust_store
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.self_test import Outcome, Seen
from spark_desktop.domain.words import joined, say
from spark_desktop.self_test.stage import Stage
from spark_desktop.views.highlighting import Highlighter, lexer_for_path
from spark_resources import resource
from spark_resources.packaged import is_packaged

_REINSTALL = say("Install Spark Desktop again.")
# What the product reads, by folder: each must hold such files, all of which can be read.
_FOLDERS = {
    "icons": ".svg",
    "themes": ".toml",
    "translations": ".qm",
    "prompts": ".md",
    "profiles": ".toml",
    "endpoints": ".toml",
    "recordings": ".jsonl",
    "demo_project": ".py",
}
# Within the deadlines of their checks: a slow machine is no fault.
_COMMAND_S, _ENGINE_S = 50.0, 110.0
# Seconds for a few lines, with the lexer's first tables.
_LEXING_S = 5.0
# One line or two of each language that has a grammar, by the name of a file.
SAMPLES = {
    "a.py": "def f(x):\n    return x + 1\n",
    "a.js": "function f(x) { return x + 1; }\n",
    "a.ts": "function f(x: number): number { return x + 1; }\n",
    "a.tsx": "const f = (x: number) => <b>{x}</b>;\n",
    "a.c": "int f(int x) { return x + 1; }\n",
    "a.cpp": "class A { int f(int x) { return x + 1; } };\n",
    "a.rs": "fn f(x: i32) -> i32 { x + 1 }\n",
    "a.go": "package a\n\nfunc f(x int) int { return x + 1 }\n",
    "A.java": "class A { int f(int x) { return x + 1; } }\n",
    "a.rb": "def f(x)\n  x + 1\nend\n",
    "A.cs": "class A { int F(int x) { return x + 1; } }\n",
    "a.sh": "f() { echo 1; }\n",
    "a.php": "<?php\nfunction f($x) { return $x + 1; }\n",
}
# Files that are shown, and have no grammar of their own.
_SHOWN = {
    "a.json": '{"a": 1}\n',
    "a.toml": 'a = "b"\n',
    "a.yaml": "a: b\n",
    "a.md": "# a\n",
    "a.html": "<b>a</b>\n",
    "a.css": "a { color: red; }\n",
    "a.sql": "SELECT 1;\n",
}


async def program(_stage: Stage) -> Seen:
    """Tell which Spark this is, and on what it runs."""
    kind = say("installed app") if is_packaged() else say("from its sources")
    text = say(
        "Spark {version} ({kind}), Python {python}, {system} {machine}, {path}",
        version=installed_version(),
        kind=kind,
        python=platform.python_version(),
        system=platform.system(),
        machine=platform.machine(),
        path=sys.executable,
    )
    return Seen(Outcome.OK, text)


async def resources(_stage: Stage, root: Callable[..., Path] = resource) -> Seen:
    """Read every data file. Raises what reading one raises, by its name."""
    return await asyncio.to_thread(_resources, root)


def _resources(root: Callable[..., Path]) -> Seen:
    wrong, count, size = [], 0, 0
    catalogue = root("models.toml")
    files = [catalogue]
    for folder, suffix in _FOLDERS.items():
        try:
            found = sorted(root(folder).rglob(f"*{suffix}"))
        except FileNotFoundError:
            found = []
        if not found:
            wrong.append(say("no {suffix} in {folder}", suffix=suffix, folder=folder))
        files += found
    for path in files:
        problem = _unreadable(path)
        if problem:
            wrong.append(say("{name}: {problem}", name=path.name, problem=problem))
        else:
            count, size = count + 1, size + path.stat().st_size
    if wrong:
        return Seen(Outcome.FAILED, joined(wrong, "; "), _REINSTALL)
    text = say(
        "%n file(s) in {folders} folders read, {size:.1f} MB",
        "",
        count,
        folders=len(_FOLDERS),
        size=size / 1e6,
    )
    return Seen(Outcome.OK, text)


def _unreadable(path: Path) -> str:
    """Return why a data file is of no use; empty where it can be read."""
    try:
        data = path.read_bytes()
        if path.suffix == ".toml":
            tomllib.loads(data.decode("utf-8"))
        elif path.suffix == ".jsonl":
            [json.loads(line) for line in data.decode("utf-8").splitlines()]
        elif path.suffix != ".qm":
            data.decode("utf-8")
    except (OSError, ValueError) as error:
        return str(error)
    # A package of the sample project may be empty.
    return "" if data or path.suffix == ".py" else say("it is empty")


async def grammars(_stage: Stage) -> Seen:
    """Load every grammar, and parse a sample with it."""
    parsing, wrong = Parsing(), []
    for name, sample in SAMPLES.items():
        try:
            parsed = parsing.parse(name, sample)
        except (ImportError, AttributeError, OSError, ValueError) as error:
            wrong.append(f"{name}: {error}")
            continue
        if parsed is None or parsed.root.has_error or not parsed.root.child_count:
            wrong.append(say("{name} was not parsed", name=name))
    if wrong:
        text = say("not usable: {names}", names=joined(wrong, "; "))
        return Seen(Outcome.FAILED, text, _REINSTALL)
    count = len(SAMPLES)
    return Seen(Outcome.OK, say("%n grammar(s) loaded, a sample parsed by each", "", count))


async def highlighting(_stage: Stage) -> Seen:
    """Colour a sample of every language that has a grammar, and of some that have none."""
    plain, parts = [], 0
    for name, sample in (SAMPLES | _SHOWN).items():
        highlighter = Highlighter(lexer_for_path(name), sample.splitlines())
        highlighter.advance(0, _LEXING_S)
        kinds = {token for _start, _length, token in highlighter.spans(0)}
        parts += len(highlighter.spans(0))
        if not kinds:
            plain.append(name)
        await asyncio.sleep(0)
    if plain:
        text = say("no colours for {names}", names=", ".join(plain))
        return Seen(Outcome.FAILED, text, _REINSTALL)
    count = len(SAMPLES | _SHOWN)
    return Seen(Outcome.OK, say("%n language(s), {parts} coloured parts", "", count, parts=parts))


async def tls(_stage: Stage) -> Seen:
    """Make what a connection to a server begins with, and ask who vouches for servers."""
    context = ssl.create_default_context()
    if not ssl.HAS_TLSv1_3 or context.verify_mode is not ssl.CERT_REQUIRED:
        text = say("{library} knows no TLS 1.3, or checks nobody", library=ssl.OPENSSL_VERSION)
        return Seen(Outcome.FAILED, text, _REINSTALL)
    seen = seen_of(trust_store())
    text = say("{certificates}; Qt's own: {backend}", certificates=seen.text, backend=_qt_tls())
    return Seen(seen.outcome, text, seen.next_step)


def _qt_tls() -> str:
    """Return Qt's backend; Spark's connections are Python's, so that a build may leave it out."""
    try:
        # By name, so that a build that leaves it out does not take it in for this line.
        network = importlib.import_module("PySide6.QtNetwork")
    except ImportError:
        return say("left out, nothing uses it")
    return str(network.QSslSocket.activeBackend() or say("none, nothing uses it"))


async def command_line(_stage: Stage, command: Callable[[], tuple[str, ...]] | None = None) -> Seen:
    """Start the ``spark`` command, which tells its version."""
    words = (command or spark_command)()
    try:
        told = await asyncio.to_thread(told_by, words, _COMMAND_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        text = say("{program}: {reason}", program=words[0], reason=error)
        return Seen(Outcome.FAILED, text, _REINSTALL)
    said = (told.stdout or told.stderr).strip()
    if told.returncode != 0 or not said.startswith("spark "):
        reason = said or say("exit code {code}", code=told.returncode)
        return Seen(Outcome.FAILED, say("spark: {reason}", reason=reason[-300:]), _REINSTALL)
    return Seen(Outcome.OK, said)


def spark_command() -> tuple[str, ...]:
    """Return what asks the command line for its version."""
    if is_packaged():
        name = "spark.exe" if sys.platform == "win32" else "spark"
        return (str(Path(sys.executable).with_name(name)), "--version")
    return (program_command()[0], "-P", "-m", "spark_desktop.cli.main", "--version")


async def engine_library(_stage: Stage) -> Seen:
    """Ask the core which engine it would use, and whether that loads."""
    return seen_of(await asyncio.to_thread(engine, core_command(), _ENGINE_S))


def seen_of(finding: Finding) -> Seen:
    """Return what the doctor found as what the self-test saw."""
    outcome = {
        Verdict.OK: Outcome.OK,
        Verdict.NOTE: Outcome.NOTE,
        Verdict.MISSING: Outcome.FAILED,
    }[finding.verdict]
    return Seen(outcome, finding.detail, finding.next_step)
