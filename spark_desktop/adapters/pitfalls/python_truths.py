"""Names of Python that stand for yes or no: for these, false does not mean missing."""

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, named
from spark_desktop.adapters.pitfalls.python_nodes import called
from spark_desktop.domain.regex import regex

_QUESTION = regex(r"_*(is|are|has|have|can|should|with|was|needs|may)_|^(reverse|verbose|force)$")
_CONSTANTS = ("true", "false")
_ANSWERS = (*_CONSTANTS, "not_operator", "comparison_operator")
_ASKS = regex(r"(.*\.)?(bool|isinstance|issubclass|hasattr|callable|any|all)$")
_ASKS_OF = regex(r".*\.(startswith|endswith|exists|is_?[a-z_]+|has_[a-z_]+)$")
# Arguments of functions that everybody knows, which are yes or no.
_FLAGS = frozenset({"reverse", "exist_ok", "parents", "strict", "ensure_ascii", "sort_keys"})


class Truths:
    """The names of a file that are yes or no, by what is said of them and put there."""

    def __init__(self, code: Code) -> None:
        self._names: set[str] = set()
        # The parameters of all functions, for what ``self.x = x`` makes of them.
        self._given: set[str] = set()
        for node in code.every("default_parameter", "typed_parameter", "typed_default_parameter"):
            self._take_parameter(node, code.holds(node))
        # What is an attribute, or an argument that is given by its name, may be so elsewhere.
        for node in code.every("assignment", "keyword_argument", "comparison_operator"):
            is_within = code.holds(node)
            if node.type == "assignment":
                self._take_assignment(node, is_within)
            elif node.type == "keyword_argument":
                self._take_argument(node, is_within)
            elif any(one.type in _CONSTANTS for one in node.named_children):
                self._add(node.named_children[0], is_within)

    def __contains__(self, node: Node) -> bool:
        """Return whether a name, or an attribute, is yes or no."""
        word = _word(node)
        return bool(_QUESTION.match(word.lstrip("."))) or word in self._names

    def _take_parameter(self, node: Node, is_within: bool) -> None:
        name, type_, value = (named(node, field) for field in ("name", "type", "value"))
        is_answer = value is not None and value.type in _CONSTANTS
        if is_answer or _is_bool(type_):
            word = text_of(name or node.named_children[0])
            self._given.add(word)
            if is_within:
                self._names.add(word)

    def _take_argument(self, node: Node, is_within: bool) -> None:
        name, value = named(node, "name"), named(node, "value")
        if name is None or value is None:
            return
        if value.type in _CONSTANTS:
            self._names.add(text_of(name))
        if text_of(name) in _FLAGS:
            self._add(value, is_within)

    def _take_assignment(self, node: Node, is_within: bool) -> None:
        left, right = named(node, "left"), named(node, "right")
        is_bool = _is_bool(named(node, "type")) or _is_answer(right)
        if left is None:
            return
        if is_bool or (right is not None and _word(right) in self._given):
            self._add(left, is_within)
        if is_bool and left.type == "identifier":
            self._names.add(f".{text_of(left)}")  # it may stand in a class

    def _add(self, node: Node, is_within: bool) -> None:
        if node.type == "attribute" or (node.type == "identifier" and is_within):
            self._names.add(_word(node))


def _word(node: Node) -> str:
    """Return a name, or an attribute's last part with its dot; "" for anything else."""
    if node.type == "attribute":
        name = named(node, "attribute")
        return "" if name is None else f".{text_of(name)}"
    return text_of(node) if node.type == "identifier" else ""


def _is_bool(type_: Node | None) -> bool:
    return type_ is not None and text_of(type_).strip("\"'") == "bool"


def _is_answer(node: Node | None) -> bool:
    if node is None:
        return False
    if node.type == "boolean_operator":
        return _is_answer(named(node, "left")) and _is_answer(named(node, "right"))
    word = called(node)
    return node.type in _ANSWERS or bool(_ASKS.match(word) or _ASKS_OF.match(word))
