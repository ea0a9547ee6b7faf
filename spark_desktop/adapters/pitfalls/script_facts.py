"""What a JavaScript or TypeScript file says of its names: types, and values where it has none."""

from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.script_nodes import (
    COMPARISONS,
    FUNCTIONS,
    arguments,
    bare,
    called,
    function_of,
    is_async,
    object_of,
    operator,
    parameters,
    sides,
)
from spark_desktop.adapters.pitfalls.script_types import ABSENT, Known, known_of

_ARRAYS = (
    "map filter flat flatMap split sort reverse splice toSorted toReversed keys values entries"
)
_TEXTS = (
    "trim trimStart trimEnd toLowerCase toUpperCase replace replaceAll padStart padEnd join repeat"
    " toString toFixed substring substr charAt toISOString String stringify"
)
_NUMBERS = (
    "indexOf lastIndexOf findIndex parseInt parseFloat Number getTime now charCodeAt codePointAt"
    " floor ceil round trunc abs max min sqrt pow sign push unshift random"
)
_TRUTHS = "includes has some every test startsWith endsWith isArray isNaN isInteger isFinite hasOwn"
_RESULTS = {
    **dict.fromkeys(_ARRAYS.split(), "array"),
    **dict.fromkeys(_TEXTS.split(), "string"),
    **dict.fromkeys(_NUMBERS.split(), "number"),
    **dict.fromkeys([*_TRUTHS.split(), "Boolean"], "boolean"),
}
_LITERALS = {
    **{"array": "array", "object": "object", "string": "string", "template_string": "string"},
    **{"number": "number", "true": "boolean", "false": "boolean", "regex": "object"},
    **{"arrow_function": "function", "function_expression": "function"},
}
_MADE = {"Map": "map", "Set": "set", "Date": "date", "Array": "array"}
_USES = {
    **dict.fromkeys(["push", "unshift", "splice", "map", "filter", "forEach", "reduce"], "array"),
    **dict.fromkeys(["join", "sort", "reverse", "flatMap", "some", "every", "find"], "array"),
}
_DEEPEST = 6


class Facts:
    """The declarations of one file."""

    def __init__(self, code: Code) -> None:
        self._variables: dict[str, list[Node]] = {}
        self._fields: dict[str, list[Node]] = {}
        self._types: dict[str, Node] = {}
        self._used: dict[str, str] = {}
        self.methods: dict[str, list[Node]] = {}
        self.waited: set[str] = set()
        self.classes: set[str] = set()
        self.is_typed = False
        for node in below(code.root, *_TAKEN):
            self._take(node)

    def declared(self, name: Node) -> Node | None:
        """Return what declares the name that is used here: a variable, a parameter or a loop."""
        text = text_of(name)
        scope = function_of(name)
        while scope is not None:
            found = parameters(scope).get(text) or self._variable(text, scope)
            if found is not None:
                return found
            scope = function_of(scope)
        return self._variable(text, None)

    def field(self, name: str) -> list[Node]:
        """Return what declares or sets a field of this name."""
        return self._fields.get(name, [])

    def is_parameter(self, name: Node) -> bool:
        """Return whether the name that is used here is given to a function."""
        found = self.declared(name) if name.type == "identifier" else None
        return found is not None and found.type not in ("variable_declarator", "for_in_statement")

    def known(self, node: Node | None, deep: int = 0) -> Known:
        """Return what is known of an expression's value."""
        if node is None or deep > _DEEPEST:
            return Known()
        node = bare(node)
        if node.type in _LITERALS:
            return Known(_LITERALS[node.type], frozenset())
        if node.type == "new_expression":
            made = named(node, "constructor")
            kind = _MADE.get("" if made is None else text_of(made), "object")
            return Known(kind, frozenset())
        if node.type in ABSENT:
            return Known("", frozenset({node.type}))
        if node.type == "identifier":
            return self._declaration(self.declared(node), deep)
        if node.type == "member_expression":
            return self._member(node, deep)
        if node.type == "call_expression":
            return self._result(node, deep)
        return self._computed(node, deep)

    def kind(self, node: Node | None) -> str:
        """Return array, object, map, set, date, number, string, boolean, function or ""."""
        found = self.known(node).kind
        if found or node is None:
            return found
        # How the file uses a name elsewhere tells it, too.
        name = named(node, "property") if node.type == "member_expression" else node
        return self._used.get("" if name is None else text_of(name), "")

    def _take(self, node: Node) -> None:
        if node.type == "type_annotation":
            self.is_typed = True
            return
        if node.type == "call_expression":
            self._take_use(node)
            return
        if node.type == "variable_declarator" or (
            node.type == "for_in_statement" and named(node, "kind") is not None
        ):
            name = named(node, "name") or named(node, "left")
            for one in [] if name is None else below(name, "identifier", _SHORT):
                self._variables.setdefault(text_of(one), []).append(node)
        elif node.type in _FIELD_TYPES:
            name = named(node, "name") or named(node, "property")
            self._add_field(name, node)
        elif node.type == "required_parameter" and node.children[0].type in _ACCESS:
            self._add_field(named(node, "pattern"), node)
        elif node.type == "assignment_expression":
            left = named(node, "left")
            held = named(left, "object")
            if held is not None and held.type == "this":
                self._add_field(named(left, "property"), node)
        elif node.type in _TYPE_TYPES:
            name = named(node, "name")
            if name is not None:
                self._types[text_of(name)] = node
            if name is not None and node.type == "class_declaration":
                self.classes.add(text_of(name))
        self._take_function(node)

    def _take_function(self, node: Node) -> None:
        name = named(node, "name")
        if node.type == "method_definition" and name is not None:
            self.methods.setdefault(text_of(name), []).append(node)
        if node.type in ("variable_declarator", "pair", *_FIELD_TYPES):
            value = named(node, "value")
            name = name or named(node, "key") or named(node, "property")
            if value is not None and value.type in FUNCTIONS and _is_waited(value):
                self.waited.add("" if name is None else text_of(name))
        is_typed = node.type in (*_FIELD_TYPES, "required_parameter", "optional_parameter")
        kind = named(node, "type") if is_typed else None
        if _is_waited(node) or (kind is not None and "=> Promise<" in text_of(kind)):
            name = name or named(node, "pattern")
            self.waited.add("" if name is None else text_of(name))
        self.waited.discard("")

    def _take_use(self, node: Node) -> None:
        if called(node) in _USES:
            held = named(named(node, "function"), "object")
            name = named(held, "property") or held
            if name is not None and name.type.endswith("identifier"):
                self._used.setdefault(text_of(name), _USES[called(node)])

    def _add_field(self, name: Node | None, node: Node) -> None:
        if name is not None:
            self._fields.setdefault(text_of(name), []).append(node)

    def _variable(self, name: str, scope: Node | None) -> Node | None:
        inside = None if scope is None else scope.id
        for node in self._variables.get(name, ()):
            around = function_of(node)
            if (None if around is None else around.id) == inside:
                return node
        return None

    def _declaration(self, node: Node | None, deep: int) -> Known:
        if node is None or node.type == "identifier":
            return Known()
        if node.type == _SHORT:
            return self._named_field(text_of(node), deep)
        if node.type == "for_in_statement":
            is_key = any(one.type == "in" for one in node.children)
            return Known("string", frozenset()) if is_key else Known()
        kind = named(node, "type")
        name = named(node, "name") or named(node, "pattern")
        if kind is not None and (name is None or name.type == "identifier"):
            return known_of(self._types, text_of(kind), node.type == "optional_parameter")
        if name is not None and name.type != "identifier":
            return Known()
        value = named(node, "value") or named(node, "right")
        if value is not None:
            return self.known(value, deep + 1)
        is_left_open = (
            node.type == "variable_declarator" and above(node, "for_in_statement") is None
        )
        return Known("", frozenset({"undefined"})) if is_left_open else Known()

    def _member(self, node: Node, deep: int) -> Known:
        name = named(node, "property")
        if name is None:
            return Known()
        is_optional = named(node, "optional_chain") is not None
        if text_of(name) in ("length", "size") and not is_optional:
            return Known("number", frozenset())
        found = self._named_field(text_of(name), deep)
        if is_optional and found.absent is not None:
            return Known(found.kind, found.absent | {"undefined"})
        return found

    def _named_field(self, name: str, deep: int) -> Known:
        found: list[Known] = []
        for node in self.field(name):
            kind = named(node, "type")
            if kind is not None:
                is_optional = any(one.type == "?" for one in node.children)
                found.append(known_of(self._types, text_of(kind), is_optional))
        if not found:
            values = [named(one, "value") or named(one, "right") for one in self.field(name)]
            found = [self.known(one, deep + 1) for one in values if one is not None]
        kinds = {one.kind for one in found}
        if len(kinds - {""}) != 1:
            return Known()
        absent: frozenset[str] | None = frozenset()
        for one in found:
            absent = None if absent is None or one.absent is None else absent | one.absent
        return Known(next(iter(kinds - {""})), absent)

    def _result(self, call: Node, deep: int) -> Known:
        name = called(call)
        if name in ("get", "find", "pop", "shift", "at"):
            return Known("", frozenset({"undefined"}))
        if name in ("slice", "concat"):
            return self.known(object_of(call, name), deep + 1)
        if name == "fill" or (name in ("from", "Array") and arguments(call)):
            return Known("array", frozenset())
        return Known(_RESULTS[name], frozenset()) if name in _RESULTS else Known()

    def _computed(self, node: Node, deep: int) -> Known:
        sign = operator(node)
        if node.type == "unary_expression":
            kind = {"!": "boolean", "-": "number", "+": "number", "typeof": "string"}.get(sign, "")
            return Known(kind, frozenset())
        if node.type == "subscript_expression":
            return Known("", frozenset({"undefined"}))
        if node.type == "ternary_expression":
            return self.known(named(node, "consequence"), deep + 1)
        if node.type in ("as_expression", "satisfies_expression"):
            return known_of(self._types, text_of(node.named_children[-1]))
        both = sides(node) if node.type == "binary_expression" else None
        if both is None:
            return Known()
        if sign in COMPARISONS:
            return Known("boolean", frozenset())
        left, right = (self.known(one, deep + 1) for one in both)
        if sign in ("||", "??", "&&"):
            return Known(right.kind or left.kind, right.absent)
        if sign == "+":
            if "string" in (left.kind, right.kind):
                return Known("string", frozenset())
            return Known("number" if left.kind == right.kind == "number" else "", frozenset())
        return Known("number", frozenset())


# Few rules look at one file in turn: it is read once for all of them.
@lru_cache(maxsize=1)
def facts(code: Code) -> Facts:
    """Return what the file declares."""
    return Facts(code)


_SHORT = "shorthand_property_identifier_pattern"
_ACCESS = ("accessibility_modifier", "override_modifier", "readonly")
_FIELD_TYPES = (
    *("public_field_definition", "field_definition", "property_signature", "method_signature"),
)
_TYPE_TYPES = (
    *("interface_declaration", "type_alias_declaration", "class_declaration", "enum_declaration"),
)
_TAKEN = frozenset(
    {"variable_declarator", "for_in_statement", "assignment_expression", "pair", "call_expression"}
    | {"type_annotation", "required_parameter", "optional_parameter", "function_signature"}
    | {"abstract_method_signature", *FUNCTIONS, *_FIELD_TYPES, *_TYPE_TYPES}
)


def _is_waited(function: Node) -> bool:
    returned = named(function, "return_type")
    is_told = returned is not None and text_of(returned).lstrip(": ").startswith("Promise<")
    return is_told or (function.type in FUNCTIONS and is_async(function))
