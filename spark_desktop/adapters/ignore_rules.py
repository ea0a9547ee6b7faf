"""Which paths of a workspace are left alone, and why."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from pathlib import Path

from pathspec import GitIgnoreSpec

from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_files import secret_folder, secret_name
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason

MAX_FILES = 5000
MAX_SECRETS = 100

# Made by tools, not by hand; a project's own `!name/` in a .gitignore brings one back.
_FOLDERS = frozenset(
    (
        *(".hg", ".svn", ".jj", "node_modules", "bower_components", "__pycache__", ".venv", "venv"),
        *(".tox", ".nox", ".eggs", "site-packages", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
        *(".hypothesis", ".cache", ".direnv", ".idea", ".vs", "dist", "build", "target", ".gradle"),
        *(".next", ".nuxt", ".svelte-kit", ".terraform", "htmlcov", "Pods", "DerivedData"),
    )
)
# What editors, and our own atomic write, put beside a file for a moment.
_TEMPORARY = (
    *("*.swp", "*.swo", "*.swx", "*~", "4913", ".#*", "#*#", "*.kate-swp"),
    *("*___jb_tmp___", "*___jb_old___", ".goutputstream-*", ".spark-*.tmp", ".spark-*.tmp.*"),
)


# One pattern for all: the relay of the watch asks for each event.
_TEMPORARY_NAME = regex("|".join(map(translate, _TEMPORARY)))


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of patterns; it sees a path of the workspace as ``lead + path[skip:]``."""

    source: str
    lead: str
    skip: int
    spec: GitIgnoreSpec

    def decision(self, path: str) -> tuple[bool | None, str]:
        """Return whether the path is ignored (None: nothing said) and the pattern that says so."""
        result = self.spec.check_file(self.lead + path[self.skip :])
        if result.include is None or result.index is None:
            return None, ""
        return result.include, str(self.spec.patterns[result.index].pattern)


class IgnoreRules:
    """Git's ignore files in and above the workspace, default ignores, and secrets.

    Git's own order holds: nested files win over outer ones, ``.git/info/exclude`` comes last, and
    nothing below an ignored folder comes back. The user's global excludes file is not read. A
    changed ignore file counts from the next question on. Paths are relative, with forward slashes.
    """

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._read: dict[Path, tuple[tuple[int, int, int], GitIgnoreSpec]] = {}
        self._outer = self._outer_files()

    def check(self, path: str, is_folder: bool = False) -> Ignored | None:
        """Return why the path, or a folder above it, is left alone; None where it is watched.

        A symbolic link counts as a file, as it does for git.
        """
        return HeldRules(self).check(path, is_folder)

    def secret(self, path: str) -> str:
        """Return the pattern by which the path may hold secrets, else ""; see ``check``."""
        return secret_name(path)

    def silent(self, path: str) -> bool:
        """Return whether changes of the path are not even worth a line for the user.

        True for everything below an ignored folder and for the temporary files of editors.
        """
        return HeldRules(self).silent(path)

    def files(self, below: str = "", limit: int = MAX_FILES) -> tuple[str, ...]:
        """Return the watched files below a folder, sorted, shallow ones first to be counted.

        Ignored folders are not entered, nor are links to folders.
        """
        if below and self.check(below, is_folder=True) is not None:
            return ()
        found: list[str] = []
        for path in self._walk(below):
            if len(found) >= limit:
                break
            found.append(path)
        return tuple(sorted(found))

    def secrets(self, below: str = "", limit: int = MAX_SECRETS) -> tuple[str, ...]:
        """Return the files and folders below a folder that are left out for their names, sorted.

        A folder ends in a slash; none in an ignored folder is told.
        """
        found: list[str] = []
        if below and self.check(below, is_folder=True) is not None:
            return ()
        for _ in zip(range(MAX_FILES), self._walk(below, found), strict=False):
            if len(found) >= limit:
                break
        return tuple(sorted(found[:limit]))

    def folders(self) -> tuple[str, ...]:
        """Return the names of the watched folders directly in the workspace, sorted."""
        chain = self.chain_at_root()
        return tuple(
            entry.name
            for entry in _entries(self._root)
            if is_folder_entry(entry) and self.own_reason(entry.name, True, chain) is None
        )

    def walk(self) -> Iterator[str]:
        """Return all watched files as they are found, those of one folder after the other."""
        return self._walk("")

    def _walk(self, below: str, secrets: list[str] | None = None) -> Iterator[str]:
        chain = self.chain_at_root()
        parts = below.split("/") if below else []
        for depth in range(1, len(parts) + 1):
            chain = self.chain_below(chain, "/".join(parts[:depth]))
        waiting = deque([(below, chain)])
        while waiting:
            folder, chain = waiting.popleft()
            for entry in _entries(self._root / folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                is_folder = is_folder_entry(entry)
                left = self.own_reason(path, is_folder, chain)
                if left is not None:
                    if secrets is not None and left.reason is IgnoreReason.SECRET:
                        secrets.append(f"{path}/" if is_folder else path)
                    continue
                if is_folder:
                    waiting.append((path, self.chain_below(chain, path)))
                elif is_file_entry(entry):
                    yield path

    def own_reason(self, path: str, is_folder: bool, chain: tuple[RuleFile, ...]) -> Ignored | None:
        """Return why this very path is left alone, whatever is above it."""
        name = path.rpartition("/")[2]
        if name == ".git":
            return Ignored(path, IgnoreReason.DEFAULT, ".git")
        secret = secret_folder(name) if is_folder else secret_name(path)
        if secret:  # before git's rules: no negation makes a key shareable
            return Ignored(
                path, IgnoreReason.SECRET, say("its name matches {secret}", secret=secret)
            )
        for rules in reversed(chain):
            ignored, pattern = rules.decision(f"{path}/" if is_folder else path)
            if ignored:
                return Ignored(
                    path,
                    IgnoreReason.GITIGNORE,
                    say("{pattern} in {file}", pattern=pattern, file=rules.source),
                )
            if ignored is False:
                return None
        pattern = _default_pattern(name, is_folder)
        return Ignored(path, IgnoreReason.DEFAULT, pattern) if pattern else None

    def chain_at_root(self) -> tuple[RuleFile, ...]:
        """Return the rule files that count in the root, weakest first."""
        return self._existing([*self._outer, (self._root / ".gitignore", ".gitignore", "", 0)])

    def chain_below(self, chain: tuple[RuleFile, ...], folder: str) -> tuple[RuleFile, ...]:
        """Return the rule files that count in a folder, by those that count around it."""
        source = f"{folder}/.gitignore"
        own = (self._root / source, source, "", len(folder) + 1)
        return chain + self._existing([own])

    def _existing(self, files: Iterable[tuple[Path, str, str, int]]) -> tuple[RuleFile, ...]:
        return tuple(
            RuleFile(source, lead, skip, spec)
            for file, source, lead, skip in files
            if (spec := self._spec(file)) is not None
        )

    def _spec(self, file: Path) -> GitIgnoreSpec | None:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._read.get(file)
            if known is None or known[0] != stamp:
                known = (stamp, _parse(file.read_bytes()))
                self._read[file] = known
        except OSError:
            return None  # absent, or not readable: git goes on without it too
        return known[1]

    def _outer_files(self) -> list[tuple[Path, str, str, int]]:
        """Return the ignore files outside the workspace but in its repository, weakest first."""
        folders = (self._root, *self._root.parents)
        found = next(((folder, git) for folder in folders if (git := _git_of(folder))), None)
        if found is None:
            return []
        repository, git = found
        lead = self._root.relative_to(repository).as_posix()
        lead = "" if lead == "." else f"{lead}/"
        files = [(git / "info" / "exclude", ".git/info/exclude", lead, 0)]
        for folder in reversed(self._root.parents):
            if folder.is_relative_to(repository):
                above = self._root.relative_to(folder).as_posix() + "/"
                files.append((folder / ".gitignore", str(folder / ".gitignore"), above, 0))
        # A folder that the user opened is watched even where its repository ignores it.
        return [] if any(r.spec.match_file(r.lead) for r in self._existing(files)) else files


class HeldRules:
    """The rules as they are now, for many questions at once: each folder is judged once.

    A rule file that changes afterwards does not count; for use in one OS thread.
    """

    def __init__(self, rules: IgnoreRules) -> None:
        self._rules = rules
        # By folder: why it is left alone, and the rule files that count in it.
        self._known: dict[str, tuple[Ignored | None, tuple[RuleFile, ...]]] = {}

    def check(self, path: str, is_folder: bool = False) -> Ignored | None:
        """Return why the path, or a folder above it, is left alone; None where it is watched."""
        left, chain = self._folder(path.rpartition("/")[0])
        found = left or self._rules.own_reason(path, is_folder, chain)
        return None if found is None else Ignored(path, found.reason, found.detail)

    def silent(self, path: str) -> bool:
        """Return whether changes of the path are not even worth a line; see ``IgnoreRules``."""
        folder, _, name = path.rpartition("/")
        if _TEMPORARY_NAME.match(name):
            return True
        return bool(folder) and self._folder(folder)[0] is not None

    def _folder(self, folder: str) -> tuple[Ignored | None, tuple[RuleFile, ...]]:
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._judged(folder)
        return known

    def _judged(self, folder: str) -> tuple[Ignored | None, tuple[RuleFile, ...]]:
        if not folder:
            return None, self._rules.chain_at_root()
        above, chain = self._folder(folder.rpartition("/")[0])
        left = above or self._rules.own_reason(folder, True, chain)
        return left, chain if left else self._rules.chain_below(chain, folder)


def is_file_entry(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a file, or a link to one that can be looked at."""
    try:
        return entry.is_file()
    except OSError:
        return False  # a link to itself, or into a folder that is not ours to enter


def is_folder_entry(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder itself; a link to one is none."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def is_utf8(path: str) -> bool:
    """Return whether a path can be encoded: no database or request carries another one."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _default_pattern(name: str, is_folder: bool) -> str:
    if is_folder:
        return name if name in _FOLDERS or name.endswith(".egg-info") else ""
    return next((pattern for pattern in _TEMPORARY if fnmatchcase(name, pattern)), "")


def _parse(data: bytes) -> GitIgnoreSpec:
    lines = data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in lines if _is_valid(line))


def _is_valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False  # git, too, passes over a pattern that it cannot read
    return True


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # vanished meanwhile, or not ours to read


def _git_of(folder: Path) -> Path | None:
    """Return git's own folder of a checkout, also where ``.git`` is a file that points to it."""
    git = folder / ".git"
    if git.is_dir():
        return git
    try:
        text = git.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    target = folder / text.removeprefix("gitdir:").strip()
    try:
        return target / (target / "commondir").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return target
