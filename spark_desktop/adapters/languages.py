"""Which grammar parses a file, by its name, and what the grammar calls things."""

import importlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from spark_desktop.domain.text import split_lines


@dataclass(frozen=True, slots=True)
class Grammar:
    """A tree-sitter grammar; the tuples hold node types."""

    name: str
    module: str
    functions: tuple[str, ...]
    classes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ("comment",)
    factory: str = "language"


_JS_FUNCTIONS = (
    "function_declaration",
    "generator_function_declaration",
    "method_definition",
    "arrow_function",
    "function_expression",
)
_TS_CLASSES = (
    "class_declaration",
    "abstract_class_declaration",
    "interface_declaration",
    "enum_declaration",
)
_C_TYPES = ("struct_specifier", "union_specifier", "enum_specifier")
_JAVA_TYPES = (
    "class_declaration",
    "interface_declaration",
    "enum_declaration",
    "record_declaration",
)
_RUST_COMMENTS = ("line_comment", "block_comment")

GRAMMARS = (
    Grammar("python", "tree_sitter_python", ("function_definition",), ("class_definition",)),
    Grammar("javascript", "tree_sitter_javascript", _JS_FUNCTIONS, ("class_declaration",)),
    Grammar(
        "typescript",
        "tree_sitter_typescript",
        _JS_FUNCTIONS,
        _TS_CLASSES,
        factory="language_typescript",
    ),
    Grammar("tsx", "tree_sitter_typescript", _JS_FUNCTIONS, _TS_CLASSES, factory="language_tsx"),
    Grammar("c", "tree_sitter_c", ("function_definition",), _C_TYPES),
    Grammar(
        "cpp",
        "tree_sitter_cpp",
        ("function_definition",),
        ("class_specifier", *_C_TYPES),
    ),
    Grammar(
        "rust",
        "tree_sitter_rust",
        ("function_item",),
        ("impl_item", "trait_item", "struct_item", "enum_item"),
        _RUST_COMMENTS,
    ),
    Grammar(
        "go",
        "tree_sitter_go",
        ("function_declaration", "method_declaration"),
        ("type_declaration",),
    ),
    Grammar(
        "java",
        "tree_sitter_java",
        ("method_declaration", "constructor_declaration"),
        _JAVA_TYPES,
        _RUST_COMMENTS,
    ),
    Grammar("ruby", "tree_sitter_ruby", ("method", "singleton_method"), ("class", "module")),
    Grammar(
        "c_sharp",
        "tree_sitter_c_sharp",
        ("method_declaration", "constructor_declaration", "local_function_statement"),
        (*_JAVA_TYPES, "struct_declaration"),
    ),
    Grammar("bash", "tree_sitter_bash", ("function_definition",)),
    Grammar(
        "php",
        "tree_sitter_php",
        ("function_definition", "method_declaration"),
        ("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"),
        factory="language_php",
    ),
)
_BY_NAME = {grammar.name: grammar for grammar in GRAMMARS}
_EXTENSIONS = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "c": "c",
    # A header may be either; the grammar of C++ reads C, not the other way round.
    "cpp": "cpp cc cxx c++ hpp hh hxx h ipp inl",
    "rust": "rs",
    "go": "go",
    "java": "java",
    "ruby": "rb rake gemspec ru",
    "c_sharp": "cs csx",
    "bash": "sh bash",
    "php": "php phtml",
}
_BY_EXTENSION = {
    f".{extension}": name for name, listed in _EXTENSIONS.items() for extension in listed.split()
}
_BY_FILE = {
    "Rakefile": "ruby",
    "Gemfile": "ruby",
    "SConstruct": "python",
    ".bashrc": "bash",
    ".bash_profile": "bash",
    ".profile": "bash",
}
# A turn looks at the same few versions of one file several times.
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed file; ``lines`` are without endings, counted as in ``domain.text``."""

    grammar: Grammar
    tree: Tree
    lines: tuple[str, ...]

    @property
    def root(self) -> Node:
        """Return the whole file's node."""
        return self.tree.root_node

    def nodes(self, types: tuple[str, ...]) -> list[Node]:
        """Return the nodes of these types, in the file's order."""
        found = QueryCursor(_query(self.grammar, types)).captures(self.root).get("node", [])
        return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))

    def problems(self) -> list[Node]:
        """Return what does not fit and what is missing, in the file's order."""
        if not self.root.has_error:
            return []
        found = self.nodes(("ERROR", "MISSING"))
        return [node for node in found if not _is_bare_default(node)]


def _is_bare_default(node: Node) -> bool:
    """Return whether C++ allows what its grammar misses: the type in ``f(Names more = {})``."""
    value = node.parent
    return (
        node.is_missing
        and value is not None
        and value.type == "compound_literal_expression"
        and value.parent is not None
        and value.parent.type == "optional_parameter_declaration"
    )


class Parsing:
    """Parses by name, and keeps the last few results."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Parsed] = OrderedDict()

    def parse(self, path: str, content: str) -> Parsed | None:
        """Return the parsed file; None for a language without a grammar."""
        grammar = grammar_for(path)
        if grammar is None:
            return None
        key = (grammar.name, content)
        parsed = self._kept.pop(key, None) or _parse(grammar, content)
        self._kept[key] = parsed
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return parsed


def grammar_for(path: str) -> Grammar | None:
    """Return the grammar for a file's name; None without one."""
    pure = PurePosixPath(path)
    name = _BY_FILE.get(pure.name) or _BY_EXTENSION.get(pure.suffix.lower())
    return _BY_NAME[name] if name else None


def grammar_modules() -> tuple[str, ...]:
    """Return the names of the modules that hold the grammars, without loading them."""
    return tuple(sorted({grammar.module for grammar in GRAMMARS}))


def parse_once(grammar: Grammar, content: str) -> Parsed:
    """Return the parsed text, which is not kept; may run in any OS thread."""
    return _parse(grammar, content)


def language_of(name: str) -> Language:
    """Return the language of a grammar by its name. Raises KeyError."""
    return _language(_BY_NAME[name])


def rows_of(node: Node) -> tuple[int, int]:
    """Return the node's first line and the line after its last."""
    start, end = node.start_point, node.end_point
    # Some grammars count the line's end to a comment, which then ends before the next line.
    ends_before = end.column == 0 and end.row > start.row
    return start.row, end.row if ends_before else end.row + 1


def text_of(node: Node) -> str:
    """Return the node's text."""
    return (node.text or b"").decode("utf-8", errors="replace")


def _parse(grammar: Grammar, content: str) -> Parsed:
    lines = tuple(line.rstrip("\r\n") for line in split_lines(content))
    # The parser counts line feeds only; with these alone its rows are our lines.
    source = "\n".join((*lines, "")).encode("utf-8", errors="replace")
    return Parsed(grammar, Parser(_language(grammar)).parse(source), lines)


@cache
def _language(grammar: Grammar) -> Language:
    # Imported at first use: all of them together cost more than the rest of the start.
    return Language(getattr(importlib.import_module(grammar.module), grammar.factory)())


@cache
def _query(grammar: Grammar, types: tuple[str, ...]) -> Query:
    return Query(_language(grammar), " ".join(f"({name}) @node" for name in types))
