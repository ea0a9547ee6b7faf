"""Markdown as it is rendered: a section of prose becomes HTML when it is first wanted."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Lines of a document. Code is cheap; prose is parsed and styled anew while it grows.
CODE_LINES = 60


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


@dataclass(frozen=True)
class Prose:
    """Some blocks of text, as they were written.

    ``lead`` is the head of a table that began in an earlier section; ``links`` holds the targets
    that links of the whole answer name.
    """

    source: str
    lead: str = ""
    links: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def html(self) -> str:
        """Return it rendered; it holds no markup but what the parser made."""
        env: dict[str, Any] = {"references": dict(self.links)}
        html: str = _MARKDOWN.render(self.lead + self.source, env)
        return html


@dataclass(frozen=True, slots=True)
class CodePart:
    """Lines of a code block from line ``first`` on; ``block`` counts the answer's code blocks."""

    block: int
    language: str
    first: int
    lines: tuple[str, ...]
    is_last: bool


Part = Prose | CodePart


def links_of(line: str) -> dict[str, Any]:
    """Return the link target that a line like ``[name]: target`` defines, by its name."""
    env: dict[str, Any] = {}
    _MARKDOWN.parse(line, env)
    links: dict[str, Any] = env.get("references", {})
    return links
