"""A growing markdown text as blocks; only the last, open one is parsed again as it grows."""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Lines of a document. Code is cheap; prose is parsed and styled anew while it grows: 24 lines take
# a third of what 60 do.
CODE_LINES = 60
_PROSE_LINES = 24
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)\n")


@dataclass(frozen=True, slots=True)
class Prose:
    """Some blocks of text; ``html`` holds no markup but what the parser made."""

    source: str
    html: str


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code, without its fences; ``is_open`` while the text may still grow."""

    language: str
    text: str
    is_open: bool = False


Block = Prose | Code


class _Renderer(RendererHTML):
    """Renders a picture as its description: nothing is fetched, from nowhere."""

    def image(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        """Return the picture's alternative text."""
        token = tokens[idx]
        text = self.renderInlineAsText(token.children or [], options, env)
        return f"[{escape(text) or 'image'}]"


# Raw HTML is off: it comes out escaped, as the text that it is.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(
    ["table", "strikethrough"]
)


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a whole text; neighbouring prose is grouped up to 24 lines."""
    return tuple(block for _, block in _parsed(text))


class MarkdownStream:
    """Blocks of a text that comes in pieces."""

    def __init__(self, text: str = "") -> None:
        self.text = ""
        self._closed: list[Block] = []
        self._open = ""
        self._last: Block | None = None
        self._fence: re.Match[str] | None = None
        self.append(text)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return all blocks; only the last one may still change."""
        return (*self._closed, self._last) if self._last else tuple(self._closed)

    def append(self, piece: str) -> None:
        """Take the next piece of the text."""
        if not piece:
            return
        self.text += piece
        scanned = self._open.rfind("\n") + 1
        self._open += piece
        if self._fence and not self._closes(self._fence, scanned):
            self._last = self._open_code(self._fence)
            return
        self._parse()

    def _parse(self) -> None:
        parsed = list(_parsed(self._open))
        if not parsed:
            self._last = None
            return
        self._closed.extend(block for _, block in parsed[:-1])
        line, self._last = parsed[-1]
        lines = self._open.splitlines(keepends=True)
        self._open = "".join(lines[line:])
        fence = _FENCE.match(self._open)
        is_code = isinstance(self._last, Code)
        self._fence = fence if is_code and fence and not self._closes(fence, fence.end()) else None
        if self._fence:
            self._last = self._open_code(self._fence)

    def _closes(self, fence: re.Match[str], start: int) -> bool:
        mark = re.escape(fence[1][0])
        closing = re.compile(rf"^ {{0,3}}{mark}{{{len(fence[1])},}}[ \t]*\n", re.MULTILINE)
        return closing.search(self._open, max(start, fence.end())) is not None

    def _open_code(self, fence: re.Match[str]) -> Code:
        text = self._open[fence.end() :]
        begin = text.rfind("\n") + 1
        last = text[begin:].strip()
        # What may become the closing fence would else flash up as code.
        if last and not last.strip(fence[1][0]):
            text = text[:begin]
        return Code(_language(fence[2]), text.removesuffix("\n"), True)


def _parsed(text: str) -> Iterator[tuple[int, Block]]:
    lines = text.split("\n")
    env: dict[str, Any] = {}
    group: list[Token] = []
    start = end = 0
    for tokens in _top_level(_MARKDOWN.parse(text, env)):
        first, last = tokens[0].map or [end, end]
        is_code = tokens[0].type in ("fence", "code_block")
        if group and (is_code or last - start > _PROSE_LINES):
            yield start, _prose(lines[start:first], group, env)
            group = []
        if is_code:
            content = tokens[0].content.removesuffix("\n")
            yield first, Code(_language(tokens[0].info), content)
        else:
            start = start if group else first
            group.extend(tokens)
        end = last
    if group:
        yield start, _prose(lines[start:], group, env)


def _top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _prose(lines: list[str], tokens: list[Token], env: dict[str, Any]) -> Prose:
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    return Prose("\n".join(lines), html)


def _language(info: str) -> str:
    words = info.split()
    return words[0] if words else ""
