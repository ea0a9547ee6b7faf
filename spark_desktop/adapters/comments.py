"""Comments of a file: from its grammar, else by the markers that its name suggests."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from spark_desktop.adapters.languages import Parsed, rows_of, text_of
from spark_desktop.domain.ai_comment import begins_with_mark, parse_ai_comment
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment with its markers; ``alone``: no code stands on its lines before it."""

    text: str
    lines: Span
    column: int
    alone: bool
    block: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """Markers of a language; ``first_only``: line comments only at the beginning of a line."""

    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()
    strings: str = "\"'"
    first_only: bool = False


_C_BLOCK = (("/*", "*/"),)
_HTML = _Style(("//",), (("<!--", "-->"), ("{#", "#}"), *_C_BLOCK), strings="", first_only=True)
_HASH = _Style(("#",))
_SLASH = _Style(("//",), _C_BLOCK)
_SEMICOLON = _Style((";",), strings='"')
# For names that nobody knows; only whole lines, as any of these may mean something else in one.
_ANY = _Style(("#", "//", "--", ";", "%"), (*_C_BLOCK, ("<!--", "-->")), first_only=True)
_STYLES: tuple[tuple[str, _Style], ...] = (
    ("html htm xhtml xml svg vue svelte jinja j2 hbs ejs astro xaml qrc ui", _HTML),
    ("md markdown rst", _Style((), (("<!--", "-->"),), strings="")),
    ("txt csv tsv json log lock", _Style()),
    ("css", _Style((), _C_BLOCK)),
    ("scss sass less jsonc json5 kt kts swift scala dart groovy gradle zig v proto", _SLASH),
    ("glsl vert frag wgsl hlsl m mm d sol cu ino jsonnet", _SLASH),
    ("sql", _Style(("--",), _C_BLOCK)),
    ("lua", _Style(("--",), (("--[[", "]]"),))),
    ("hs elm purs", _Style(("--",), (("{-", "-}"),), strings='"')),
    ("vhd vhdl ada adb ads", _Style(("--",), strings='"')),
    ("yaml yml toml conf cfg properties env r pl pm ex exs cmake mk nim cr fish zsh", _HASH),
    ("gd nix tf hcl jl coffee tcl awk", _HASH),
    ("ps1 psm1", _Style(("#",), (("<#", "#>"),))),
    ("ini", _Style((";", "#"), strings="", first_only=True)),
    ("asm s lisp el clj cljs scm rkt ahk", _SEMICOLON),
    ("tex sty cls bib", _Style(("%",), strings="")),
    ("erl hrl pro matlab", _Style(("%",), strings='"')),
    ("vim", _Style(('"',), strings="", first_only=True)),
    ("bas vb vbs", _Style(("'",), strings='"')),
    ("bat cmd", _Style(("rem ", "REM ", "::"), strings="", first_only=True)),
    ("ml mli fs fsi fsx pas", _Style(("//",), (("(*", "*)"),), strings='"')),
    ("f90 f95 f03", _Style(("!",))),
)
_BY_EXTENSION = {f".{name}": style for names, style in _STYLES for name in names.split()}
_BY_FILE = {
    "Makefile": _HASH,
    "makefile": _HASH,
    "GNUmakefile": _HASH,
    "Dockerfile": _HASH,
    "Containerfile": _HASH,
    "CMakeLists.txt": _HASH,
    "Justfile": _HASH,
    "justfile": _HASH,
    "requirements.txt": _HASH,
    ".gitignore": _HASH,
    ".editorconfig": _HASH,
    ".vimrc": _Style(('"',), strings="", first_only=True),
}
_BLOCK_OPENINGS = ("/*", "<!--", "=begin")


def comments_in(parsed: Parsed) -> list[Comment]:
    """Return the comments that the grammar sees, in the file's order."""
    return [
        _comment(
            text_of(node),
            rows_of(node),
            parsed.lines[node.start_point.row],
            node.start_point.column,
        )
        for node in parsed.nodes(parsed.grammar.comments)
    ]


def comments_by_markers(path: str, content: str) -> list[Comment]:
    """Return the comments that the markers of the file's language show, in the file's order."""
    lines = [line.rstrip("\r\n") for line in split_lines(content)]
    pattern = _pattern(_style_for(path))
    if pattern is None:
        return []
    text = "\n".join(lines)
    found = []
    row = position = 0
    for match in pattern.finditer(text):
        kind = match.lastgroup or "string"
        if kind == "string":
            continue
        begin = match.start(kind)
        row += text.count("\n", position, begin)
        position = begin
        column = begin - (text.rfind("\n", 0, begin) + 1)
        rows = (row, row + match[kind].count("\n") + 1)
        # Columns are of bytes, as the grammars count.
        width = len(lines[row][:column].encode("utf-8", errors="replace"))
        found.append(_comment(match[kind], rows, lines[row], width, kind == "block"))
    return found


def runs(comments: Iterable[Comment]) -> list[Comment]:
    """Return the comments with line comments that stand directly below each other joined."""
    joined: list[list[Comment]] = []
    for comment in comments:
        if joined and _continues(joined[-1][-1], comment):
            joined[-1].append(comment)
        else:
            joined.append([comment])
    return [part for run in joined for part in _parts(run)]


def _continues(above: Comment, below: Comment) -> bool:
    return (
        above.alone
        and below.alone
        and not above.block
        and not below.block
        and above.column == below.column
        and above.lines.end == below.lines.start
    )


def _parts(run: Sequence[Comment]) -> Iterator[Comment]:
    """Cut a run after each line that speaks to Spark, if several do, or if the run does not.

    One that begins with its mark is cut off from what stands above it, and goes on to the end.
    """
    speaking = [parse_ai_comment(comment.text) is not None for comment in run]
    whole = _joined(run)
    if len(run) == 1 or not any(speaking):
        yield whole
        return
    if sum(speaking) == 1 and parse_ai_comment(whole.text) is not None:
        yield whole
        return
    begin = 0
    for index, speaks in enumerate(speaking):
        if not speaks:
            continue
        end = index + 1
        if index > begin and begins_with_mark(run[index].text):
            yield _joined(run[begin:index])
            begin = index
            end = next((later for later in range(end, len(run)) if speaking[later]), len(run))
        yield _joined(run[begin:end])
        begin = end
    if begin < len(run):
        yield _joined(run[begin:])


def _joined(run: Sequence[Comment]) -> Comment:
    first, last = run[0], run[-1]
    text = "\n".join(comment.text for comment in run)
    lines = Span(first.lines.start, last.lines.end)
    return Comment(text, lines, first.column, first.alone, first.block)


def _comment(
    text: str, rows: tuple[int, int], line: str, column: int, block: bool | None = None
) -> Comment:
    before = line.encode("utf-8", errors="replace")[:column]
    text = text.rstrip("\n")
    if block is None:
        block = text.startswith(_BLOCK_OPENINGS)
    return Comment(text, Span(*rows), column, not before.strip(), block)


def _style_for(path: str) -> _Style:
    pure = PurePosixPath(path)
    return _BY_FILE.get(pure.name) or _BY_EXTENSION.get(pure.suffix.lower(), _ANY)


@cache
def _pattern(style: _Style) -> "re.Pattern[str] | None":
    blocks = [f"{re.escape(begin)}(?s:.*?){re.escape(end)}" for begin, end in style.block]
    lines = [re.escape(marker) for marker in style.line]
    if not blocks and not lines:
        return None
    # After other signs a marker is part of something: https://, a#b, \\%.
    before = r"^[ \t]*" if style.first_only else r"(?<!\S)"
    strings = [rf"{quote}(?:\\.|[^{quote}\\\n])*{quote}" for quote in style.strings]
    groups = [
        f"(?P<string>{'|'.join(strings) or '(?!)'})",
        f"(?P<block>{'|'.join(blocks) or '(?!)'})",
        f"{before}(?P<line>(?:{'|'.join(lines) or '(?!)'})[^\\n]*)",
    ]
    return re.compile("|".join(groups), re.MULTILINE)
