"""Markdown as it is rendered: a section of prose becomes HTML when it is first wanted."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Lines of a document. Code is cheap; prose is parsed and styled anew while it grows.
CODE_LINES = 60
# Characters of a paragraph.
_LONGEST_KEPT = 2000


class _Renderer(RendererHTML):
    """Renders a picture as its description: nothing is fetched, from nowhere."""

    def image(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        """Return the picture's alternative text."""
        token = tokens[idx]
        text = self.renderInlineAsText(token.children or [], options, env)
        return f"[{escape(text) or 'image'}]"


def _parser(renderer: type[_Renderer]) -> MarkdownIt:
    # Raw HTML is off: it comes out escaped, as the text that it is.
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=renderer)
    return parser.enable(["table", "strikethrough"])


_MARKDOWN = _parser(_Renderer)


@lru_cache(maxsize=512)
def _known_text(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))


class _BlockRenderer(_Renderer):
    """Renders blocks; of what stands in them it parses only what it does not know yet.

    A section that is being written is rendered with each piece of it, and only its end is new.
    """

    def render(
        self, tokens: Sequence[Token], options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        """Return the HTML of blocks whose text is not parsed yet."""
        return "".join(
            self._text(token.content, env)
            if token.type == "inline"
            else self.rules[token.type](tokens, number, options, env)
            if token.type in self.rules
            else self.renderToken(tokens, number, options, env)
            for number, token in enumerate(tokens)
        )

    def _text(self, text: str, env: MutableMapping[str, Any]) -> str:
        # What a link's name stands for may change, and a huge text is not worth keeping.
        if env.get("references") or len(text) > _LONGEST_KEPT:
            return str(_MARKDOWN.renderInline(text, env))
        return _known_text(text)


_BLOCKS = _parser(_BlockRenderer).disable(["inline", "text_join"])


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
        html: str = _BLOCKS.render(self.lead + self.source, env)
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
