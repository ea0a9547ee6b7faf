"""What the scripts of a package.json run: tests, only linters and compilers, or without end. Pure.

Nothing is run for that: the words of a script are read, and those of the scripts that it names.
"""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice

from spark_desktop.domain.regex import regex

# The words of one program, which is the first of them, without its folder.
Command = tuple[str, ...]

_BETWEEN = regex(r"&&|\|\||[;|&\n]")
_VARIABLE = regex(r"\w+=")
_STARTERS = ("npx", "pnpx", "bunx", "env", "cross-env", "time", "exec", "command")
_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_RUN_MANY = ("run-s", "run-p", "npm-run-all")
# They change what is there, and say nothing about it.
_SILENT = (
    *("cd", "echo", "printf", "true", "false", "exit", "sleep", "set", "export", "ls", "cat"),
    *("rm", "rimraf", "del", "mkdir", "cp", "mv", "shx", "cpy", "copyfiles", "install", "ci"),
)
# They look at the code, or translate it, and run none of it.
_READERS = (
    *("eslint", "tslint", "jshint", "oxlint", "standard", "semistandard", "ts-standard", "xo"),
    *("biome", "prettier", "stylelint", "dprint", "publint", "knip", "depcheck", "attw", "cspell"),
    *("tsc", "vue-tsc", "tsgo", "svelte-check", "flow", "ngc", "babel", "swc", "esbuild", "tsup"),
    *("webpack", "rollup", "microbundle", "ncc", "lint", "build", "typecheck", "compile"),
)
_READ_TASK = regex(r"(?:lint|build|format|fmt|type-?check|compile)(?::.*)?")
# They run tests and nothing else: that one of them fails is a test's word.
_RUNNERS = (
    *("node", "tsx", "mocha", "jest", "vitest", "ava", "tape", "tap", "uvu", "jasmine"),
    *("lab", "zora", "qunit", "c8", "nyc", "playwright", "cypress"),
)
_WATCH = regex(r"--?watch(?:All)?(?:=(?!false$).*)?|--watch-path(?:=.*)?|watch(?::.*)?")
_ONCE = regex(r"--no-watch|--watch(?:All)?=false")
_WATCHERS = ("nodemon", "tsc-watch", "onchange", "chokidar", "webpack-dev-server")
# With others -w has another meaning: a workspace, how many workers, to write, whole words.
_W_WATCHES = frozenset(["mocha", "ava", "tsc", "vitest"])
# No package has as much, and one that does is to hold nobody up.
_MOST_WORDS = 2000
_MOST_SCRIPTS = 500


def commands(scripts: Mapping[str, object], name: str = "test") -> Iterator[Command]:
    """Return what ``npm run NAME`` runs, one program after the other, and each script once.

    What goes beyond some 2,000 words is not read.
    """
    seen: set[str] = set()
    # The next one is the last.
    ahead = _parts(scripts, [name], seen)[::-1]
    left = _MOST_WORDS
    while ahead and left > 0:
        part = ahead.pop().split()[:left]
        left -= len(part)
        words = _bare(part, scripts)
        named = _named(words, scripts)
        ahead += _parts(scripts, named or [], seen)[::-1]
        if words and named is None:
            yield words


def _parts(scripts: Mapping[str, object], names: list[str], seen: set[str]) -> list[str]:
    """Return the commands of those scripts that were not ``seen`` yet, and mark these."""
    found: list[str] = []
    for one in (whole for name in names for whole in (f"pre{name}", name, f"post{name}")):
        text = None if one in seen else scripts.get(one)
        if isinstance(text, str):
            seen.add(one)
            found += _BETWEEN.split(text)
    return found


def may_test(command: Command) -> bool:
    """Return whether a program may run the code: it is no linter, compiler or word of a shell."""
    program, *rest = command
    if program in _RUNNERS:
        return program != "node" or not {"--check", "-c"}.intersection(rest)
    task = next((word for word in rest if not word.startswith("-")), "")
    return program not in (*_SILENT, *_READERS) and _READ_TASK.fullmatch(task) is None


def only_tests(command: Command) -> bool:
    """Return whether nothing but a test can let a program fail."""
    return command[0] in _SILENT or (command[0] in _RUNNERS and may_test(command))


def waits(command: Command) -> bool:
    """Return whether a program goes on until somebody ends it."""
    program, *rest = command
    if program in _WATCHERS or any(_WATCH.fullmatch(word) for word in rest):
        return True
    if program in ("ng", "react-scripts") and "test" in rest:
        return not any(_ONCE.fullmatch(word) for word in rest)
    if program == "karma" and "start" in rest:
        return not {"--single-run", "--single-run=true", "--singleRun"}.intersection(rest)
    if program == "cypress" and rest[:1] == ["open"]:
        return True
    if program == "vitest" and "--ui" in rest:
        return not {"run", "--run"}.intersection(rest)
    # "nyc mocha -w" waits as well.
    return "-w" in rest and not _W_WATCHES.isdisjoint(command[: command.index("-w")])


def _bare(part: list[str], scripts: Mapping[str, object]) -> Command:
    """Return the words of a command without what only starts it."""
    words = [bare for word in part if (bare := word.strip("\"'()`"))]
    while words:
        if words[0] in _MANAGERS and words[1:2] in (["exec"], ["dlx"], ["x"]):
            words = words[2:]
        elif _is_no_program(words, scripts):
            words = words[1:]
        else:
            break
    if not words:
        return ()
    program = _name(words[0])
    # What npm installed may also be started by hand.
    if program == "node" and (
        started := next((one for one in words if "node_modules/" in one), None)
    ):
        return (_name(started), *words[words.index(started) + 1 :])
    return (program, *words[1:])


def _is_no_program(words: list[str], scripts: Mapping[str, object]) -> bool:
    if words[0] in ("yarn", "pnpm"):
        # Both also run a program by its bare name, where no script has it.
        return not any(
            one.startswith("-") or one == "run" or one in scripts for one in words[1:2] or ["-"]
        )
    return (
        words[0] in _STARTERS or words[0].startswith("-") or _VARIABLE.match(words[0]) is not None
    )


def _name(word: str) -> str:
    name = re.split(r"[\\/]", word)[-1]
    return re.sub(r"\.(?:c?js|mjs|cmd|exe)$", "", name)


def _named(words: Command, scripts: Mapping[str, object]) -> list[str] | None:
    """Return the scripts that a command runs; None where it is a program."""
    if not words or words[0] not in (*_MANAGERS, *_RUN_MANY):
        return None
    rest = [word for word in words[1:] if not word.startswith("-")]
    if words[0] in _RUN_MANY:
        some = islice(scripts, _MOST_SCRIPTS)
        return [name for name in some if any(fnmatchcase(name, one) for one in rest)]
    if rest[:1] in (["run"], ["run-script"]):
        return rest[1:2]
    if words[0] == "npm" and rest[:1] in (["test"], ["t"]):
        return ["test"]
    if words[0] in ("yarn", "pnpm") and rest[:1] and rest[0] in scripts:
        return rest[:1]
    return None
