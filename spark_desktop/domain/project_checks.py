"""What the user's own commands (a linter, a formatter) find in a proposed text. Pure.

Commands are the user's settings, never the project's files: they are programs to run.
"""

import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_lines import without_secrets
from spark_desktop.domain.words import Said, say

# In a command: a copy of the proposed text beside the file, and the path of the file itself, for
# tools that take the text from standard input. Every command gets it there, too.
COPY, NAME = "{file}", "{path}"
_DETAIL = 160
# Words that a program would take for arguments: `pytest | tail` fails whatever the code is.
_SHELLS = ("|", "||", "&&", ">", ">>", "2>&1", "&>", "2>/dev/null", ">/dev/null")
_ANSI = regex(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# "a.py:3:5: F401 …", "a.py:3: error: …", "a.c(3,5): …", and ESLint's "  3:5  error  …".
_LOCATION = regex(r"\S(?::\d+(?::\d+)?(?=[:\s]|$)|\(\d+(?:,\d+)?\))|^\s*\d+:\d+\s")
_WARNING = regex(r"\b(?:warning|note)\b", re.IGNORECASE)
_ARROW = "-->"
_NUMBERS = regex(r"(?<=[:(,])\d+|^\s*\d+:\d+(?=\s)")


class CommandError(ValueError):
    """A command that cannot be run as it is written; ``said`` is a sentence for the user."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class ProjectCommand:
    """A command as its words; ``label`` is how it is named: "ruff check"."""

    label: str
    words: tuple[str, ...]

    @property
    def wants_copy(self) -> bool:
        """Return whether the text must lie in a file."""
        return any(COPY in word for word in self.words)

    def filled(self, copy: str, path: str) -> tuple[str, ...]:
        """Return the words with the path of the copy and that of the file itself."""
        return tuple(word.replace(COPY, copy).replace(NAME, path) for word in self.words)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command ended with ``code`` (0: it found nothing) and wrote ``output``.

    ``seconds`` on the wall that it took, without the wait for its turn; 0.0 where nobody says.
    ``lacks`` are paths of the workspace that it missed, since the copy it ran on is without them.
    """

    code: int
    output: str
    seconds: float = field(default=0.0, compare=False)
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRun:
    """A command gave no result; ``reason`` is a short note for the user.

    ``over_limit``: it was ended since it took too long, or too much of something. ``seconds`` as
    in ``Ran``.
    """

    reason: Said
    over_limit: bool = False
    seconds: float = field(default=0.0, compare=False)


Outcome = Ran | NotRun


def command_of(text: str) -> ProjectCommand:
    """Return a command. Raises CommandError.

    Quotes hold words together. There is no shell: no variables, pipes or patterns, and a backslash
    is one.
    """
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.escape, reader.commenters = True, "", ""
    try:
        words = tuple(reader)
    except ValueError:
        raise CommandError(say("A quote is not closed in {command}.", command=text)) from None
    if not words or not words[0]:
        raise CommandError(say("A command is empty."))
    if (sign := _of_shell(words)) is not None:
        raise CommandError(say("{sign} needs a shell: sh -c '…'", sign=sign))
    return ProjectCommand(_label_of(words), words)


def _of_shell(words: Sequence[str]) -> str | None:
    """Return the first word that only a shell understands: a pipe, or a variable in front."""
    if re.match(r"[A-Za-z_]\w*=", words[0]):
        return words[0]
    return next((word for word in words if word in _SHELLS), None)


def commands_for(
    path: str, root: str, home: str, commands: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return the commands for the file at ``path`` of the workspace, each once, in their order.

    A pattern without a slash is for the file's name, one that begins with "/", "~/" or a drive for
    the whole path (so for some projects only), another one for the path in the workspace.
    """
    whole = f"{root.rstrip('/')}/{path}"
    found: dict[str, None] = {}
    for pattern, given in commands.items():
        wanted = f"{home.rstrip('/')}{pattern[1:]}" if pattern.startswith("~/") else pattern
        if wanted.startswith("/") or wanted[1:3] == ":/":
            matches = fnmatchcase(whole, wanted)
        else:
            matches = fnmatchcase(path if "/" in wanted else path.rsplit("/", 1)[-1], wanted)
        if matches:
            found |= dict.fromkeys(given)
    return tuple(found)


def evidence_of(label: str, before: Outcome | None, after: Outcome, withholds: bool) -> Check:
    """Return what a command shows of a proposal: only what it did not find before counts.

    ``before`` is None where there was no text, or no need to look at it. What was not run passes,
    with a note. What fails is advice, unless it ``withholds`` the proposal.
    """
    is_passed, detail = _result(before, after)
    return Check(label, is_passed, detail, is_advice=not withholds)


def _result(before: Outcome | None, after: Outcome) -> tuple[bool, str]:
    if isinstance(after, NotRun):
        return True, after.reason
    if after.code == 0:
        return True, ""
    if isinstance(before, NotRun):
        return True, say("not compared: {reason}", reason=before.reason)
    known = findings(before.output) if before is not None and before.code else ()
    found = findings(after.output)
    line = first_line(after.output) or say("exit code {code}", code=after.code)
    if before is not None and before.code and not (known and found):
        # Without places there is nothing to compare but that it fails.
        return True, say("fails as before: {line}", line=line)
    new = _new(known, found)
    if new:
        return False, say("%n new: {first}", "", len(new), first=_short(new[0]))
    return (True, say("%n as before", "", len(found))) if found else (False, line)


def findings(output: str) -> tuple[str, ...]:
    """Return the lines of an output that name a place, each with its message.

    Where the place stands on a line of its own, behind an arrow, the message is the line above.
    """
    found: list[str] = []
    above = ""
    for line in plain(output).splitlines():
        text = line.strip()
        if text.startswith(_ARROW):
            found.append(f"{above} {text.removeprefix(_ARROW).strip()}".strip())
        elif _LOCATION.search(line) and not _is_shown_code(text):
            found.append(text)
        above = text or above
    return tuple(found)


def found_in(output: str, path: str, rows: Collection[int]) -> tuple[str, ...]:
    """Return what an output finds in the given rows (from 0) of the file at ``path``.

    The output may name the file by the end of its path, or by a longer one. Warnings are left out.
    """
    name = re.escape(path.rsplit("/", 1)[-1])
    place = re.compile(rf"(?:^|[\s\"'(])((?:[^\s\"'():]*/)?{name})(?::|\()(\d+)")
    return tuple(
        one
        for one in findings(output)
        if (match := place.search(one)) is not None
        and int(match[2]) - 1 in rows
        and _is_same_file(match[1], path)
        and not _WARNING.search(one)
    )


def _is_same_file(told: str, path: str) -> bool:
    mine, other = path.split("/")[::-1], told.removeprefix("./").split("/")[::-1]
    return all(one == two for one, two in zip(mine, other, strict=False))


def plain(output: str) -> str:
    """Return the output without colours."""
    return _ANSI.sub("", output)


def first_line(output: str) -> str:
    """Return the first line with a word in it, cut to a detail's length; a secret is masked."""
    lines = (line.strip() for line in plain(output).splitlines())
    return _short(next((line for line in lines if re.search(r"\w", line)), ""))


def lines_of(commands: Mapping[str, Sequence[str]]) -> str:
    """Return commands as the settings page shows them: "*.py: ruff check {file}", one a line."""
    return "\n".join(f"{pattern}: {one}" for pattern, given in commands.items() for one in given)


def commands_in(lines: str) -> dict[str, tuple[str, ...]]:
    """Return the commands that were written so. Raises CommandError for a line that is none."""
    found: dict[str, list[str]] = {}
    for line in filter(str.strip, lines.splitlines()):
        pattern, colon, text = line.strip().partition(": ")
        if not colon or not text.strip():
            said = say("{line} has no pattern and a colon before the command.", line=line.strip())
            raise CommandError(said)
        command_of(text)
        found.setdefault(pattern.strip(), []).append(text.strip())
    return {pattern: tuple(given) for pattern, given in found.items()}


def _new(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return what is found more often than before; the lines may have moved meanwhile."""
    known = Counter(_key(one) for one in before)
    new = []
    for one in after:
        if known[_key(one)] > 0:
            known[_key(one)] -= 1
        else:
            new.append(one)
    return new


def _key(finding: str) -> str:
    return " ".join(_NUMBERS.sub("", finding).split())


def _is_shown_code(text: str) -> bool:
    """Return whether it is a line of the file, as tools show it under a finding: "12 | code"."""
    return re.match(r"(?:\d+\s*)?[|│]", text) is not None


def _label_of(words: Sequence[str]) -> str:
    """Return the program's name, and the word behind it where that is a subcommand."""
    program = re.split(r"[\\/]", words[0])[-1].removesuffix(".exe")
    if words[1:2] == ("-m",) and len(words) > 2:
        program, words = words[2], words[2:]
    is_named = len(words) > 1 and re.fullmatch(r"[a-z][\w-]*", words[1])
    return f"{program} {words[1]}" if is_named else program


def _short(text: str) -> str:
    # Before it is cut: a part of a key looks like none.
    text = without_secrets(text)
    return text if len(text) <= _DETAIL else f"{text[: _DETAIL - 1]}…"
