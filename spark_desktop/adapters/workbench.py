"""Runs programs of the project on texts that are in no file yet: in its shadow, shut in.

Where there is no sandbox, and the user allowed that, they run in the shadow with limits, an empty
home of their own, and nothing else between them and the machine.
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.limited_process import LimitedProcess
from spark_desktop.adapters.open_imports import OpenImports, closed_to_us
from spark_desktop.adapters.process_identity import is_alive, own_identity
from spark_desktop.adapters.process_start import Start
from spark_desktop.adapters.process_use import is_larger
from spark_desktop.adapters.project_commands import passed_on
from spark_desktop.adapters.sandbox import Bubblewrap, View
from spark_desktop.adapters.shadow_copy import Laid, ShadowCopy
from spark_desktop.adapters.shadow_lacks import lacking
from spark_desktop.adapters.shadow_packages import STORES, store_of
from spark_desktop.adapters.shadow_removal import remove_tree
from spark_desktop.adapters.shadow_scope import Scopes
from spark_desktop.adapters.tool_folders import ToolFolders, python_homes
from spark_desktop.domain.project_checks import NotRun, Outcome
from spark_desktop.domain.regex import regex
from spark_desktop.domain.sandboxing import Job, Sandboxing
from spark_desktop.domain.words import Said, say
from spark_desktop.services.tasks import to_end

_OWNER = "owner"
_KEPT = "kept"
# What tools keep between checks (compiled packages, mostly) is removed above this many bytes.
_MOST_KEPT = 1_500_000_000
_KEPT_DAYS = 14
# Seconds after which a folder without an owner is nobody's.
_UNOWNED_S = 3600.0
# For what is written and changed again within one tick of the file system's clock.
_TICK_S = 0.005
_STORE = regex(rf"{STORES}/[0-9a-f]+/")
# Offline, without files beside the sources, and as on a build machine: nobody is there to ask.
_QUIET = {
    "CI": "1",
    "NO_COLOR": "1",
    # The line that names a failed test has its reason, too.
    "COLUMNS": "200",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_ADDOPTS": "-p no:cacheprovider",
    "RUFF_NO_CACHE": "true",
    "PIP_NO_INDEX": "1",
    "QT_QPA_PLATFORM": "offscreen",
    "MPLBACKEND": "Agg",
    "CARGO_NET_OFFLINE": "true",
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "npm_config_offline": "true",
}


class LocalWorkbench:
    """For one workspace; ``cache`` is a folder of ours, ``home`` the user's."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        sandbox: Bubblewrap,
        environment: Mapping[str, str] | None = None,
        scopes: Scopes | None = None,
    ) -> None:
        self._root = Path(os.path.realpath(root))
        self._place = cache / "checks"
        name = hashlib.sha256(str(self._root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._kept = self._place / _KEPT / name
        self._sandbox = sandbox
        self._environment = passed_on(os.environ if environment is None else environment)
        self._home = Path(self._environment.get("HOME") or Path.home())
        self._scopes = scopes
        self._alone = asyncio.Lock()
        self._running = _Stopping()
        self._own: Path | None = None
        self._shadow: ShadowCopy | None = None

    async def sandboxing(self) -> Sandboxing:
        """Return whether programs are shut in here."""
        return await asyncio.to_thread(self._sandbox.state)

    async def prepare(self, path: str) -> None:
        """Bring the shadow up to date for checks of a file. Raises OSError."""
        async with self._alone:
            # It is not cut short: nothing else may write in the shadow meanwhile.
            await to_end(asyncio.to_thread(self._prepare, path))

    async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
        """Run a program to its end; cancelling ends it and all that it has started.

        One runs at a time. ``open_allowed``: also where there is no sandbox. NotRun says why there
        is no result. Its seconds begin when it is its turn.
        """
        async with self._alone:
            begin = time.monotonic()
            stopping = self._running = _Stopping()
            work = asyncio.get_running_loop().run_in_executor(
                None, self._run, job, open_allowed, stopping
            )
            try:
                outcome = await asyncio.shield(work)
                return replace(outcome, seconds=time.monotonic() - begin)
            except asyncio.CancelledError:
                stopping.stop()
                # Killed, it ends at once; nothing may write in the shadow when the next one comes.
                await to_end(asyncio.wait({work}))
                raise

    async def close(self) -> None:
        """End what runs, and remove the shadow."""
        self._running.stop()
        async with self._alone:
            if self._own is not None:
                own, self._own, self._shadow = self._own, None, None
                # What the system does not let go is swept away another day.
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(remove_tree, own)

    def program(self, name: str, folder: str = "") -> str | None:
        """Return where a program is: in the project's own tools, else in PATH; None: nowhere.

        What is in the project is returned as a path in it. ``folder``: tools of that folder, and
        of those above it, count.
        """
        parts = folder.split("/") if folder else []
        for count in range(len(parts), -1, -1):
            above = "/".join((*parts[:count], ""))
            for place in (".venv/bin", "venv/bin", "node_modules/.bin", ".venv/Scripts"):
                found = shutil.which(str(self._root / above / place / name))
                if found is not None:
                    return found
        return self._in_path(name)

    def _in_path(self, name: str) -> str | None:
        for folder in self._environment.get("PATH", os.defpath).split(os.pathsep):
            if not Path(folder).is_absolute():
                continue
            found = shutil.which(str(Path(folder) / name))
            if found is not None and "/.pyenv/shims/" in found:
                found = self._behind_shim(name)
            if found is not None:
                return found
        return None

    def _behind_shim(self, name: str) -> str | None:
        """Return what pyenv's shim would start; the shim itself takes tenths of a second."""
        pyenv = Path(self._environment.get("PYENV_ROOT") or self._home / ".pyenv")
        named = self._environment.get("PYENV_VERSION", "")
        for file in (self._root / ".python-version", pyenv / "version"):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                named = named or file.read_text("utf-8").strip().partition("\n")[0]
        place = pyenv / "versions" / named / "bin" / name
        return str(place) if named and place.is_file() else None

    def _run(self, job: Job, open_allowed: bool, stopping: "_Stopping") -> Outcome:
        state = self._sandbox.state()
        if not state.works and not open_allowed:
            return NotRun(say("not run: {reason}", reason=state.reason))
        try:
            words = self._found(job)
            if isinstance(words, NotRun):
                return words
            if not state.works and (word := closed_to_us(words)) is not None:
                return NotRun(_told_closed(word))
            shadow = self._ready()
            laid = shadow.laid(job.texts, job.around, is_open=not state.works)
            with self._started(job, words, laid, state) as (start, imports):
                process = LimitedProcess(start, job.limits)
                if not stopping.owns(process):
                    return NotRun(say("not run: stopped"))
                outcome = process.result(job.data)
                if imports is not None and (path := imports.strayed()) is not None:
                    return NotRun(_told_strayed(path))
                return self._renamed(outcome, laid, job.folder)
        except (OSError, ValueError, RecursionError) as error:
            # A word with a NUL in it is a ValueError.
            return NotRun(say("not run: {reason}", reason=getattr(error, "strerror", 0) or error))

    def _prepare(self, path: str) -> None:
        self._ready().laid({}, (path,), is_open=not self._sandbox.state().works)

    def _found(self, job: Job) -> tuple[str, ...] | NotRun:
        name = job.words[0]
        if "/" in name or os.sep in name:
            return job.words
        found = self.program(name, job.folder)
        if found is None:
            return NotRun(say("not run: there is no program {name}", name=name))
        return (found, *job.words[1:])

    def _ready(self) -> ShadowCopy:
        if self._shadow is None:
            self._sweep()
            self._own = self._place / f"{os.getpid()}-{secrets.token_hex(4)}"
            self._own.mkdir(parents=True, mode=0o700)
            (self._own / _OWNER).write_text(own_identity(), "utf-8")
            rules = IgnoreRules(self._root)
            folder = self._own / "shadow"
            self._shadow = ShadowCopy(self._root, folder, rules, self._scopes)
        return self._shadow

    def _sweep(self) -> None:
        """Remove what programs that are dead have left, and what tools kept too much or long of."""
        for folder in self._place.glob("*-*"):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                if _is_left(folder):
                    remove_tree(folder)
        for folder in self._place.glob(f"{_KEPT}/*"):
            with contextlib.suppress(OSError):
                is_old = time.time() - folder.stat().st_mtime > _KEPT_DAYS * 86400
                if is_old or is_larger(folder, _MOST_KEPT):
                    remove_tree(folder)

    @contextlib.contextmanager
    def _started(
        self, job: Job, words: tuple[str, ...], laid: Laid, state: Sandboxing
    ) -> Iterator[tuple[Start, OpenImports | None]]:
        """Give how it begins; without a sandbox also what keeps it to the shadow."""
        kept = self._kept
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.utime(kept)
        grows = {laid.folder: laid.size * 2 + job.limits.disk, kept: _MOST_KEPT + job.limits.disk}
        own = {k: v for k, v in self._environment.items() if not k.startswith("XDG_")}
        environment = {**own, **_QUIET, **_caches(kept), **job.environment}
        if state.works:
            environment |= {"HOME": str(self._home), "TMPDIR": "/tmp"}
            view = self._view(job, words, laid, kept)
            sandbox = self._sandbox.words(view, self._home, job.limits)
            yield Start(words, self._root, environment, sandbox, grows), None
            return
        scratch = laid.folder.parent / f"scratch-{secrets.token_hex(4)}"
        try:
            for inner in ("home", "tmp"):
                (scratch / inner).mkdir(parents=True, mode=0o700)
            places = {"TMPDIR": "tmp", "TEMP": "tmp", "TMP": "tmp", "HOME": "home"}
            environment |= {key: str(scratch / inner) for key, inner in places.items()}
            grows[scratch] = job.limits.scratch
            if sys.platform != "win32":
                time.sleep(_TICK_S)
            others = (self._place, *(self._root / path for path in laid.shown))
            imports = OpenImports(scratch / "python", self._root, laid.folder, others)
            environment |= imports.variables(environment)
            folder = laid.folder / job.folder
            yield Start(imports.words(words), folder, environment, (), grows), imports
        finally:
            with contextlib.suppress(OSError):
                remove_tree(scratch)

    def _view(self, job: Job, words: tuple[str, ...], laid: Laid, kept: Path) -> View:
        private = (self._place.parent,)
        tools = ToolFolders(self._root, self._home, self._environment, private)
        own = dict(_shown(self._root, path) for path in laid.shown)
        homes = [home for folder in own.values() for home in python_homes(folder)]
        program = Path(words[0])
        more = [program.parent] if program.is_absolute() else []
        readable = tools.readable((*homes, *own.values(), *more))
        folder = self._root / job.folder
        large = {self._root / path: self._root / path for path in laid.large}
        return View(self._root, laid.folder, folder, {**readable, **own, **large}, kept)

    def _renamed(self, outcome: Outcome, laid: Laid, folder: str) -> Outcome:
        """Return an outcome whose output names files as paths in the workspace."""
        if isinstance(outcome, NotRun):
            return outcome
        output = _STORE.sub("", outcome.output)
        for place in (laid.folder, self._root, self._kept):
            output = output.replace(f"{place}{os.sep}", "")
        if outcome.code == 0:
            return replace(outcome, output=output)
        lacks = lacking(output, self._root, laid.folder, folder, laid.shown)
        return replace(outcome, output=output, lacks=lacks)


def _told_strayed(path: str) -> Said:
    return say("no result: {path} was taken from your folder, not from the copy", path=path)


def _told_closed(word: str) -> Said:
    return say("not run: with {word} Python would take your files, not the copy", word=word)


def _shown(root: Path, path: str) -> tuple[Path, Path]:
    """Return where a folder of dependencies stands in a sandbox, and where it really is."""
    real = Path(os.path.realpath(root / path))
    is_linked = path.rpartition("/")[2] == "node_modules"
    return (Path(store_of(path)) / "node_modules" if is_linked else root / path, real)


def _is_left(folder: Path) -> bool:
    """Return whether nobody uses a folder any more. Raises OSError, UnicodeDecodeError."""
    try:
        return not is_alive((folder / _OWNER).read_text("utf-8"))
    except FileNotFoundError:
        # It was made just now, or removed in part and then no further.
        return time.time() - folder.stat().st_mtime > _UNOWNED_S


class _Stopping:
    """Stops the one process that it owns, also before there is one."""

    def __init__(self) -> None:
        self._process: LimitedProcess | None = None
        self._stopped = False

    def owns(self, process: LimitedProcess) -> bool:
        """Return False where it was stopped already."""
        self._process = process
        return not self._stopped

    def stop(self) -> None:
        """Kill what runs."""
        self._stopped = True
        if self._process is not None:
            self._process.stop(say("not run: stopped"))


def _caches(kept: Path) -> dict[str, str]:
    """Return where tools keep what they need the next time."""
    return {
        "XDG_CACHE_HOME": str(kept / "cache"),
        "GOCACHE": str(kept / "go"),
        "CARGO_TARGET_DIR": str(kept / "target"),
        "MYPY_CACHE_DIR": str(kept / "mypy"),
        "COVERAGE_FILE": str(kept / "coverage"),
    }
