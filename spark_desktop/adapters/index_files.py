"""Which files the index reads, and what it takes of each."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.code_facts import FileFacts, facts_of
from spark_desktop.adapters.ignore_rules import IgnoreRules, is_utf8
from spark_desktop.adapters.languages import grammar_for, parse_once
from spark_desktop.domain.code import Definition
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.text import decode, digest_of
from spark_desktop.domain.trigger import Span

# Of larger files nobody wrote much by hand; in bytes.
LARGEST = 512 * 1024
# Somebody else's code, or a tool's, where a project keeps it among its own.
_FOREIGN = frozenset(
    (
        *("vendor", "vendored", "_vendor", "third_party", "third-party", "thirdparty"),
        *("external", "externals", "node_modules", "bower_components", "dist", "generated"),
        *("__generated__", "site-packages", "Pods", "Carthage"),
    )
)
_LOCKS = frozenset(
    (
        *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "Cargo.lock"),
        *("poetry.lock", "uv.lock", "Pipfile.lock", "go.sum", "composer.lock", "Gemfile.lock"),
    )
)
_MADE = (".min.js", ".min.css", ".map", "_pb2.py", "_pb2_grpc.py", ".pb.go", ".pb.h", ".pb.cc")
_SAYS_SO = regex(
    r"do not (?:manually )?edit|@generated\b|automatically generated"
    r"|auto-?generated (?:by|file|code)|generated (?:automatically|by the protocol buffer|code -- )"
    r"|this file (?:is|was) generated",
    re.IGNORECASE,
)
_COMMENT = regex(r"\s*(?:#|//|/\*|\*|--|<!--|;|\"\"\"|%)")
# The lines at a file's top in which tools say that it is theirs.
_HEAD = 12
# Longer lines on the average are of a minifier, or are data; in characters.
_LONG_LINES = 300
_WORDS = regex(r"[^\W\d]\w*")
_PARTS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_MODULES = (
    ("go.mod", regex(r"^module\s+(\S+)", re.MULTILINE)),
    ("Cargo.toml", regex(r"^\[package\][^\[]*?^name\s*=\s*[\"']([^\"']+)", re.MULTILINE)),
    ("package.json", regex(r"^\s{0,4}\"name\"\s*:\s*\"([^\"]+)\"", re.MULTILINE)),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What says without reading that a file is as it was: bytes, nanoseconds."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as the index takes it; ``words`` are those of its text, each once."""

    path: str
    stamp: Stamp
    digest: str
    facts: FileFacts
    words: str


class IndexFiles:
    """The files below ``root`` that are worth knowing."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._rules = IgnoreRules(self.root)

    def is_wanted(self, path: str) -> bool:
        """Return whether the path may be in the index, by its name and by the rules."""
        return is_utf8(path) and not is_foreign(path) and self._rules.check(path) is None

    def walk(self) -> Iterator[str]:
        """Return the paths that may be in the index, as they are found."""
        return (one for one in self._rules.walk() if is_utf8(one) and not is_foreign(one))

    def stamp(self, path: str) -> Stamp | None:
        """Return the file's size and time; None where there is no such file."""
        try:
            status = (self.root / path).stat()
        except (OSError, ValueError):
            return None
        is_file = (status.st_mode & 0o170000) == 0o100000
        return Stamp(status.st_size, status.st_mtime_ns) if is_file else None

    def text(self, path: str) -> str | None:
        """Return the text of a file that may be shown; None for any other."""
        read = self._content(path)
        return read[1] if read is not None else None

    def read(self, path: str, stamp: Stamp) -> ReadFile:
        """Return what there is to know; nothing but its stamp of a file that is left out."""
        try:
            read = self._content(path) if stamp.size <= LARGEST else None
            if read is not None:
                data, content = read
                facts = _facts(path, content)
                return ReadFile(path, stamp, digest_of(data), facts, words_in(content))
        except (ValueError, RecursionError):
            pass  # one file that cannot be taken apart must not keep all others out
        return ReadFile(path, stamp, "", FileFacts(), "")

    def _content(self, path: str) -> tuple[bytes, str] | None:
        target = Path(os.path.realpath(self.root / path))
        if not target.is_relative_to(self.root):
            return None
        try:
            with target.open("rb") as stream:
                data = stream.read(LARGEST + 1)
            content = decode(data).content if len(data) <= LARGEST else ""
        except (OSError, NotTextError):
            return None
        if not content or is_generated(content) or secret_in_file(path, content) is not None:
            return None
        return data, content


def is_foreign(path: str) -> bool:
    """Return whether a path's names say that nobody of the project writes the file by hand."""
    *folders, name = path.split("/")
    return name in _LOCKS or name.endswith(_MADE) or not _FOREIGN.isdisjoint(folders)


def is_generated(content: str) -> bool:
    """Return whether a text says at its top that a tool wrote it, or looks like a minifier's."""
    head = content[:4096].splitlines()[:_HEAD]
    if any(_COMMENT.match(line) and _SAYS_SO.search(line) for line in head):
        return True
    lines = content.count("\n") + 1
    return len(content) > 4 * _LONG_LINES and len(content) / lines > _LONG_LINES


def names_in(text: str) -> list[str]:
    """Return the words of a text as ``words_in`` takes them whole, each once, in its order."""
    return list(dict.fromkeys(_WORDS.findall(text)))


def words_in(content: str) -> str:
    """Return the words of a text, each once: names as they are, and the words inside names."""
    whole = set(_WORDS.findall(content))
    parts = {part for word in whole for part in _PARTS.findall(word) if len(part) > 1}
    return " ".join(sorted(whole | parts))


def _facts(path: str, content: str) -> FileFacts:
    for name, pattern in _MODULES:
        if path.rpartition("/")[2] == name:
            found = pattern.search(content)
            if found is None:
                return FileFacts()
            line = content.count("\n", 0, found.start(1))
            lines = Span(line, line + 1)
            return FileFacts((Definition(found[1], "package", path, lines, found[0].strip()),))
    grammar = grammar_for(path)
    return FileFacts() if grammar is None else facts_of(path, parse_once(grammar, content))
