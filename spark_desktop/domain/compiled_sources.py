"""From compiled JavaScript that a trace names to the TypeScript it was made of. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from spark_desktop.domain.regex import regex

_COMPILED = {
    ".js": (".ts", ".tsx"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".ts"),
    ".cjs": (".cts", ".ts"),
}
_KINDS = tuple(sorted({kind for kinds in _COMPILED.values() for kind in kinds}))
# Folders that compilers write to, also "dist-test"; several in a row are one: "dist/esm".
_OUTPUT = regex(
    r"\.?(?:bin|build|built|cjs|compiled|dist|es\d*|esm|js|lib|out|output|release|temp|tmp|umd)"
    r"(?:[-_.]\w+)*"
)
# Strings count as one word each: what a test compares with tells its lines apart. Comments, also
# the lines within long ones, are matched so that none of their words is.
_WORDS = regex(
    r"^\s*\*\s.*|//.*|/\*.*?(?:\*/|$)|"
    r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[^\W\d]\w*|\d+)"
)
# What a compiler puts around imported names: "(0, backup_1.summary)", "import_backup.summary".
_IMPORTED = regex(r"\(0, (?:\w+\.)?(\w+)\)|\b(?:\w+_\d+|import_\w+)\.(?=\w)")
_STATEMENTS = regex(
    "break|case|catch|class|continue|do|else|finally|for|function|if|return|switch|throw|try|var|"
    "while|yield"
)
_KEYWORDS = regex(
    f"{_STATEMENTS.pattern}|async|await|default|delete|export|extends|false|from|import|in|"
    "instanceof|new|null|of|static|super|this|true|typeof|undefined|void"
)
# Old JavaScript has but one of them.
_VARIABLES = {"const": "var", "let": "var"}
# Names, strings and numbers tell lines apart.
_NAME_WEIGHT = 3
# Of the weight of a compiled line's words so much has to be there again.
_LEAST_SAME = 0.6
# Characters of a line; a longer one is a bundle's, in which a line tells nothing.
_LONGEST_LINE = 2000


def is_compiled(path: str) -> bool:
    """Return whether a file may be what a TypeScript compiler wrote."""
    return _ending(path) in _COMPILED


@dataclass(frozen=True, slots=True)
class Sources:
    """A workspace's files as ``source_of`` looks them up.

    ``named`` has the paths of TypeScript by their last part; ``folders`` are the names of all
    folders that hold a file.
    """

    named: Mapping[str, Sequence[str]]
    folders: frozenset[str]

    @classmethod
    def of(cls, files: Iterable[str]) -> "Sources":
        """Return these files. A hundred thousand take a tenth of a second: use an OS thread."""
        named: dict[str, list[str]] = {}
        parents: set[str] = set()
        for path in files:
            parent, _slash, name = path.rpartition("/")
            parents.add(parent)
            if name.endswith(_KINDS):
                named.setdefault(name, []).append(path)
        return cls(named, frozenset(one for parent in parents for one in parent.split("/") if one))


def source_of(path: str, sources: Sources) -> str | None:
    """Return the file that a compiled one was made of; None where that is not clear.

    Compilers keep the folders below the one that they write to: "build/src/a.js" is of "src/a.ts"
    or of "packages/b/src/a.ts". All other folders of the compiled file are those of the source.
    Of several files the one in the nearest folder counts, then the one that others lie below.
    """
    ending = _ending(path)
    compiled = tuple(path.removesuffix(ending).split("/"))
    found: dict[tuple[str, ...], str] = {}
    for kind in _COMPILED.get(ending, ()):
        for one in sources.named.get(compiled[-1] + kind, ()):
            found.setdefault(tuple(one.removesuffix(kind).split("/")), one)
    for first in range(len(compiled)):
        fitting = dict(_fitting(compiled, first, found, sources.folders))
        if fitting:
            best = _nearest(fitting, len(compiled) - first)
            return None if best is None else found[best]
    return None


def line_like(line: str, lines: Sequence[str]) -> int:
    """Return which of a source's lines a compiled line was made of, from 0; -1 for none.

    That is the one that has most of its words, and the fewest others (types are such; statements
    count before them, as compilers keep those), where no other one does as well. A line of more
    than 2000 characters is of none.
    """
    wanted = _words(line)
    if not wanted:
        return -1
    scores = [_likeness(wanted, _words(one)) for one in lines]
    best = max(scores, default=(0, 0, 0))
    enough = best[0] >= _LEAST_SAME * _weight(wanted)
    return scores.index(best) if enough and scores.count(best) == 1 else -1


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


def _fitting(
    compiled: tuple[str, ...],
    first: int,
    sources: Collection[tuple[str, ...]],
    folders: Collection[str],
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the sources that end as the compiled path does from ``first`` on, if the folders
    before that allow it, each with how many leading folders it shares."""
    tail = compiled[first:]
    for source in sources:
        if source[-len(tail) :] != tail:
            continue
        above = source[: -len(tail)]
        pairs = zip(compiled[:first], above, strict=False)
        shared = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
        output = compiled[shared:first]
        if _is_output(output, folders) if output else shared == len(above):
            yield source, shared


def _is_output(output: tuple[str, ...], folders: Collection[str]) -> bool:
    """Return whether a compiler wrote there: its usual folders, or one that holds no sources."""
    if len(output) == 1 and output[0] not in folders:
        return True
    return all(_OUTPUT.fullmatch(one) for one in output)


def _nearest(fitting: dict[tuple[str, ...], int], tail: int) -> tuple[str, ...] | None:
    """Return the source that shares most folders; of several that which the others lie below.

    ``tail`` is the count of a source's last parts that the compiled path has too.
    """
    nearest = max(fitting.values())
    best, *others = sorted((one for one, shared in fitting.items() if shared == nearest), key=len)
    above = best[:-tail]
    is_clear = all(len(one) > len(best) and one[: len(above)] == above for one in others)
    return best if is_clear else None


def _words(line: str) -> Counter[str]:
    if len(line) > _LONGEST_LINE:
        return Counter()
    return Counter(map(_written, filter(None, _WORDS.findall(_IMPORTED.sub(r"\1", line)))))


def _written(word: str) -> str:
    # Which quotes a string has is the compiler's choice.
    return f'"{word[1:-1]}"' if word[0] in "'`" else _VARIABLES.get(word, word)


def _likeness(wanted: Counter[str], other: Counter[str]) -> tuple[int, int, int]:
    """Return the weight of the words that are there again; how many others there are, negative:
    those that begin statements, and all."""
    more = other - wanted
    statements = sum(count for word, count in more.items() if _STATEMENTS.fullmatch(word))
    return _weight(wanted & other), -statements, -more.total()


def _weight(words: Counter[str]) -> int:
    return sum(
        count * (1 if _KEYWORDS.fullmatch(word) else _NAME_WEIGHT) for word, count in words.items()
    )
