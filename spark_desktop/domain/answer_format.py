"""Writes blocks in their forms, as a model would: for a prompt that shows what is wanted."""

from collections.abc import Iterator, Sequence

from spark_desktop.domain.answer_formats.diff_head import quoted
from spark_desktop.domain.answer_formats.paths import comment_path, is_markdown, path_line
from spark_desktop.domain.answer_formats.search import EXACT, is_mark, search_mark
from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.edit_blocks import (
    Block,
    BlockEnded,
    Delete,
    Format,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.regex import regex

_RUNS = regex(r"`{3,}")
_MARKS = regex(r"[<=>+-]{5,}")
_NO_NEWLINE = "\\ No newline at end of file\n"


def format_blocks(blocks: Sequence[Block]) -> str:
    """Return an answer that asks for ``blocks``, each in its own form.

    Raises ValueError for a block that its form cannot say: a deletion as a whole file, say, or
    lines of a region that would be read as something else.
    """
    answer = "\n".join(_formatted(block) for block in blocks)
    reader = AnswerReader()
    events = (*reader.feed(answer), *reader.finish())
    read = [event.block for event in events if isinstance(event, BlockEnded)]
    if read != list(blocks):
        raise ValueError("a block cannot be written in its form")
    return answer


def _formatted(block: Block) -> str:
    if block.format is Format.UNIFIED_DIFF:
        return _fenced("diff", _diff(block))
    if block.format is Format.BEGIN_PATCH:
        lines = ("*** Begin Patch\n", *_envelope(block), "*** End Patch\n")
        return _fenced("", lines)
    if isinstance(block, Region):
        return _fenced(block.language, block.lines, _plain_size(block.lines, "", block.language))
    if isinstance(block, WholeFile):
        size = _plain_size(block.lines, block.path)
        return _heading(block.path) + _fenced(_language(block.path), _labelled(block), size)
    if isinstance(block, Rewrite):
        return _heading(block.path) + _fenced(_language(block.path), _search(block))
    raise ValueError("a block has no such form")


def _plain_size(lines: Sequence[str], path: str, language: str = "") -> int:
    """Return how long a fence must be in which nothing but its end is looked for."""
    holds_mark = any(search_mark(line.removesuffix("\n")) for line in lines)
    return 4 if holds_mark or is_markdown(path, language) else 3


def _fenced(language: str, lines: Sequence[str], size: int = 3) -> str:
    body = "".join(lines)
    longest = max((len(run) for run in _RUNS.findall(body)), default=0)
    fence = "`" * max(size, longest + 1)
    return f"{fence}{language}\n{body}{fence}\n"


def _heading(path: str) -> str:
    line = f"`{path}`"
    return f"{line if path_line(line) == path else f'File: {line}'}\n"


def _language(path: str) -> str:
    ending = path.rpartition(".")[2]
    return ending if ending.isalnum() and ending != path else ""


def _labelled(block: WholeFile) -> tuple[str, ...]:
    if block.label:
        return (f"{block.label}\n", *block.lines)
    if block.lines and comment_path(block.lines[0].removesuffix("\n")):
        # The first one is taken for a label: so there are two.
        return (block.lines[0], *block.lines)
    return block.lines


def _search(block: Rewrite) -> tuple[str, ...]:
    lines = [line.removesuffix("\n") for line in (*block.old, *block.new)]
    size = 7
    if any(is_mark(line) for line in lines):
        longest = max(len(run) for line in lines for run in _MARKS.findall(line))
        size = max(EXACT, longest + 1)
    opening, divider, closing = (
        f"{'<' * size} SEARCH\n",
        f"{'=' * size}\n",
        f"{'>' * size} REPLACE\n",
    )
    return (opening, *block.old, divider, *block.new, closing)


def _diff(block: Block) -> tuple[str, ...]:
    if isinstance(block, Region):
        raise ValueError("a region is no diff")
    old, new = quoted(f"a/{block.path}"), quoted(f"b/{block.path}")
    if isinstance(block, Rename):
        target = quoted(f"b/{block.target}")
        head = f"diff --git {old} {target}\n"
        names = f"rename from {quoted(block.path)}\n", f"rename to {quoted(block.target)}\n"
        return (head, *names)
    head = f"diff --git {old} {new}\n"
    if isinstance(block, Delete):
        return (head, "deleted file mode 100644\n", f"--- {old}\n", "+++ /dev/null\n")
    if isinstance(block, WholeFile):
        heads = head, "new file mode 100644\n", "--- /dev/null\n", f"+++ {new}\n"
        size = len(block.lines)
        hunk = (f"@@ -0,0 +1,{size} @@\n", *_marked("+", block.lines)) if size else ()
        return (*heads, *hunk)
    return (head, f"--- {old}\n", f"+++ {new}\n", _numbers(block), *_body(block))


def _numbers(block: Rewrite) -> str:
    text = f" {block.below[0]}" if block.below else ""
    if block.near is None:
        return f"@@{text}\n"
    start = block.near + 1 if block.old else block.near
    return f"@@ -{start},{len(block.old)} +{start},{len(block.new)} @@{text}\n"


def _envelope(block: Block) -> tuple[str, ...]:
    if isinstance(block, Region):
        raise ValueError("a region is no patch")
    if isinstance(block, Delete):
        return (f"*** Delete File: {block.path}\n",)
    if isinstance(block, WholeFile):
        return (f"*** Add File: {block.path}\n", *_marked("+", block.lines))
    head = f"*** Update File: {block.path}\n"
    if isinstance(block, Rename):
        return (head, f"*** Move to: {block.target}\n")
    headings = [f"@@ {text}\n" for text in block.below] or ["@@\n"]
    end = ("*** End of File\n",) if block.at_end else ()
    return (head, *headings, *_body(block), *end)


def _body(block: Rewrite) -> Iterator[str]:
    lead, tail = block.context
    yield from _marked(" ", block.old[:lead])
    yield from _marked("-", block.old[lead : len(block.old) - tail])
    yield from _marked("+", block.new[lead : len(block.new) - tail])
    yield from _marked(" ", block.old[len(block.old) - tail :])


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}"
        if not line.endswith("\n"):
            yield f"\n{_NO_NEWLINE}"
