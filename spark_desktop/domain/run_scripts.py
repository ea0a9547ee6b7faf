"""Which files a command runs, and what a line of such a file does. Pure."""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence

from spark_desktop.domain.regex import regex

# What these name they read: the mistake that they tell stands there.
_READERS = frozenset(
    {"gcc", "g++", "cc", "c++", "clang", "clang++", "rustc", "javac", "tsc", "go", "cargo"}
    | {"mypy", "pyright", "ruff", "flake8", "pylint", "eslint", "prettier", "black", "shellcheck"}
    | {"py_compile", "compileall", "doctest"}
)
_RUNNERS = frozenset(
    {"pytest", "py.test", "unittest", "nose2", "jest", "vitest", "mocha", "ava", "tap", "bats"}
    | {"rspec", "phpunit", "--test"}
)
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_BETWEEN = frozenset({"&&", "||", ";", "|", "&"})
# Options whose value is a file that is not what runs.
_GIVEN = frozenset({"-r", "--require", "--import", "--loader", "-C", "--config", "-c"})
# Those whose value is what runs.
_TEXTS = frozenset({"-c", "-e", "--eval"})
_SHELL_FILES = (".sh", ".bash", ".zsh", ".ksh", ".bat", ".cmd", ".ps1")
# How a script starts programs, or asks one that runs.
_STARTS = regex(
    r"\bsubprocess\b|\bos\.(?:system|popen|exec\w*|spawn\w*)\b|\bchild_process\b|\bpexpect\b"
    r"|\brequests\b|\burllib\b|\bhttpx?\b|\bfetch\s*\(|\bctypes\b|\bimportlib\b"
)
_RAISES = regex(r"\s*(?:raise\b|throw\b|(?:\w+\.)?(?:exit|abort|fail)\s*\(|die\b)")
_PRINTS = regex(
    r"(?<!\w)(?:print\w*|echo|puts|console\.\w+|std::c(?:err|out)|c(?:err|out)|\w*printf|write\w*)\b"
)
_ASSERTION = regex(r"^\s*(?:Uncaught\s+)?(?:\w+\.)*assert", re.IGNORECASE | re.MULTILINE)


def scripts_of(command: Sequence[str], path_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """Return the files that a command runs, as ``path_of`` gives them for what was written.

    The first one that an interpreter is given, all that a runner of tests is, and modules of
    Python. None of those that only compilers and the like read.
    """
    found: dict[str, None] = {}
    for words in _commands_in(command):
        found |= dict.fromkeys(_scripts_in(words, path_of))
    return tuple(found)


def drives_others(path: str, content: str, imported: Sequence[str]) -> bool:
    """Return whether what a script runs stands elsewhere: what it ``imported``, or a program.

    That is what it tests then, where it tests.
    """
    return bool(imported) or starts_programs(path, content)


def starts_programs(path: str, content: str) -> bool:
    """Return whether a script starts programs, or may: what these run, nothing of it tells."""
    is_shell = path.endswith(_SHELL_FILES) or "." not in path.rpartition("/")[2]
    return is_shell or _STARTS.search(content) is not None


def is_assertion(message: str) -> bool:
    """Return whether what a run says went wrong is that something was to be otherwise."""
    return _ASSERTION.search(message) is not None


def raises(line: str) -> bool:
    """Return whether a line of code itself says that something is wrong, and ends there."""
    return _RAISES.match(line) is not None


def prints(line: str) -> bool:
    """Return whether a line of code writes something out."""
    return _PRINTS.search(line) is not None


def _commands_in(command: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words of each command; those in front of a shell's text are no script."""
    words = list(command)
    if any(_name_of(word) in _SHELLS for word in words[:-1]) and "-c" in words[:-1]:
        text = words[words.index("-c") + 1]
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:
            return
    part: list[str] = []
    for word in words:
        if word in _BETWEEN:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _scripts_in(words: Sequence[str], path_of: Callable[[str], str | None]) -> list[str]:
    found: list[str] = []
    is_runner = False
    before = ""
    for word in words:
        name, option = _name_of(word), before
        before = word
        if name in _READERS and not found:
            return []
        if name in _RUNNERS:
            is_runner = True
        elif option == "-m":
            found += _module(word, path_of)
            break
        elif word in _TEXTS and not is_runner:
            break
        elif option in _GIVEN or word.startswith("-") or not re.search(r"[./]", word):
            continue
        elif path := path_of(word.partition("::")[0]):
            found.append(path)
            if not is_runner:
                break
    return found


def _module(name: str, path_of: Callable[[str], str | None]) -> list[str]:
    stem = name.replace(".", "/")
    paths = (path_of(one) for one in (f"{stem}.py", f"{stem}/__main__.py"))
    return [one for one in paths if one is not None][:1]


def _name_of(word: str) -> str:
    return re.split(r"[\\/]", word)[-1].removesuffix(".exe")
