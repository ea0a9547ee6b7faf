"""What types the names of a Rust file have, as far as it says so itself. Types are their texts."""

import re
from collections.abc import Iterator
from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, below, named

FUNCTIONS = ("function_item", "closure_expression")
UNSIGNED = frozenset({"u8", "u16", "u32", "u64", "u128", "usize"})
SIGNED = frozenset({"i8", "i16", "i32", "i64", "i128", "isize"})
FLOATS = frozenset({"f32", "f64"})
TEXTS = frozenset({"str", "String"})
# What methods of Rust's library return, whatever they are called on.
_METHODS = {
    **dict.fromkeys(("len", "count", "capacity"), "usize"),
    **dict.fromkeys(("trim", "as_str", "trim_start", "trim_end"), "&str"),
    **dict.fromkeys(("to_string", "to_lowercase", "to_uppercase", "to_owned"), "String"),
    **dict.fromkeys(("repeat", "replace", "to_ascii_lowercase"), "String"),
    **dict.fromkeys(("as_secs", "as_millis"), "u64"),
    **dict.fromkeys(("sqrt", "powf", "round", "floor", "ceil", "as_secs_f64", "powi"), "f64"),
}
# What leaves the type of a number, or of each element, as it is.
_SAME = frozenset(
    {"abs", "min", "max", "pow", "clone", "clamp", "saturating_sub", "saturating_add", "rem_euclid"}
    | {"wrapping_sub", "wrapping_add", "unsigned_abs", "to_owned", "copied", "cloned"}
)
_ROUNDS = frozenset({"iter", "iter_mut", "into_iter", "rev", "skip", "take", "copied", "cloned"})

_TAKEN = (
    *("struct_item", "function_item", "function_signature_item", "const_item", "static_item"),
)


class Types:
    """Finds declarations by their names and places, and the types of expressions."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._fields: dict[str, dict[str, str]] = {}
        self._results: dict[str, str] = {}
        self._by_field: dict[str, set[str]] = {}
        for one in below(code.root, *_TAKEN):
            name, body = named(one, "name"), named(one, "body")
            kind = named(one, "type") or named(one, "return_type")
            if name is None:
                continue
            if one.type.startswith("function"):
                self._results[code.text(name)] = "()" if kind is None else code.text(kind)
            elif kind is not None:
                self._fields.setdefault("", {})[code.text(name)] = code.text(kind)
            elif body is not None:
                self._fields[code.text(name)] = {
                    code.text(label): code.text(held)
                    for field in body.named_children
                    if (label := named(field, "name")) is not None
                    and (held := named(field, "type")) is not None
                }
        for fields in self._fields.values():
            for field_name, text in fields.items():
                self._by_field.setdefault(field_name, set()).add(text)

    def of(self, node: Node | None) -> str:
        """Return an expression's type without references, "" for one that the file hides."""
        return bare(self._of(node))

    def is_text(self, node: Node | None) -> bool:
        """Return whether an expression is a string."""
        return self.of(node) in TEXTS

    def result(self, function: Node | None) -> str:
        """Return what a function returns, "" for nothing."""
        kind = named(function, "return_type")
        return "" if kind is None else self._code.text(kind)

    def binding(self, name: str, at: Node) -> Node | None:
        """Return what declares the name that is used at a place; None for what is elsewhere."""
        child, parent = at, at.parent
        while parent is not None:
            for one in _declarations(parent, child):
                pattern = named(one, "pattern") or one
                found = below(pattern, "identifier", "shorthand_field_identifier")
                if any(self._code.text(n) == name for n in found):
                    return one
            if parent.type == "function_item":
                return None
            child, parent = parent, parent.parent
        return None

    def _of(self, node: Node | None) -> str:
        if node is None:
            return ""
        read = getattr(self, f"_of_{node.type}", None)
        found: str = read(node) if read is not None else ""
        return found

    def _of_identifier(self, node: Node) -> str:
        name = self._code.text(node)
        bound = self.binding(name, node)
        if bound is None:
            return self._fields.get("", {}).get(name, "")
        return self._declared(bound, name)

    def declared(self, bound: Node, name: str) -> str:
        """Return the type, without references, that a declaration gives one of its names."""
        return bare(self._declared(bound, name))

    def _declared(self, bound: Node, name: str) -> str:
        kind, pattern = named(bound, "type"), named(bound, "pattern")
        if kind is not None:
            return self._code.text(kind)
        if bound.type == "let_declaration":
            is_plain = pattern is not None and pattern.type == "identifier"
            return self._of(named(bound, "value")) if is_plain else ""
        if bound.type == "for_expression" and pattern is not None:
            return self._of_round(named(bound, "value"), pattern, name)
        return ""

    def _of_round(self, value: Node | None, pattern: Node, name: str) -> str:
        """Return the type of a loop's variable."""
        if value is not None and value.type == "range_expression":
            kinds = [self.of(one) for one in value.named_children if "literal" not in one.type]
            return next((kind for kind in kinds if kind), "")
        if value is not None and pattern.type == "tuple_pattern":
            method = method_of(value, self._code)
            place = (
                [self._code.text(one) for one in pattern.named_children].index(name)
                if (name in [self._code.text(one) for one in pattern.named_children])
                else -1
            )
            if method is None or method[1] != "enumerate" or place < 0:
                return ""
            return "usize" if place == 0 else self.element(method[0])
        return self.element(value) if pattern.type != "tuple_pattern" else ""

    def element(self, node: Node | None) -> str:
        """Return the type of what an expression gives when it is gone over, "" for unknown."""
        while node is not None and (method := method_of(node, self._code)) is not None:
            if method[1] in ("chars", "bytes"):
                return {"chars": "char", "bytes": "u8"}[method[1]]
            if method[1] in ("split_whitespace", "lines", "split"):
                return "str"
            if method[1] not in _ROUNDS:
                break
            node = method[0]
        while node is not None and node.type == "reference_expression":
            node = named(node, "value")
        return element_of(self.of(node))

    def _of_self(self, node: Node) -> str:
        outer = node.parent
        while outer is not None and outer.type != "impl_item":
            outer = outer.parent
        kind = named(outer, "type")
        return "" if kind is None else self._code.text(kind)

    def _of_field_expression(self, node: Node) -> str:
        field = named(node, "field")
        name = "" if field is None else self._code.text(field)
        owner = self.of(named(node, "value"))
        if owner:
            return self._fields.get(owner.partition("<")[0], {}).get(name, "")
        kinds = self._by_field.get(name, set())
        return next(iter(kinds)) if len(kinds) == 1 else ""

    def _of_index_expression(self, node: Node) -> str:
        held, place = node.named_children[0], node.named_children[-1]
        kind = self.of(held)
        if place.type == "range_expression":
            return kind
        return element_of(kind)

    def _of_parenthesized_expression(self, node: Node) -> str:
        return self._of(node.named_children[0]) if node.named_children else ""

    def _of_reference_expression(self, node: Node) -> str:
        return self._of(named(node, "value"))

    def _of_unary_expression(self, node: Node) -> str:
        return self.of(node.named_children[0]) if node.named_children else ""

    def _of_type_cast_expression(self, node: Node) -> str:
        kind = named(node, "type")
        return "" if kind is None else self._code.text(kind)

    def _of_integer_literal(self, node: Node) -> str:
        found = re.search(r"[iu](?:8|16|32|64|128|size)$", self._code.text(node))
        return found[0] if found else ""

    def _of_float_literal(self, node: Node) -> str:
        return "f32" if self._code.text(node).endswith("f32") else "f64"

    def _of_string_literal(self, node: Node) -> str:
        return "&str"

    def _of_char_literal(self, node: Node) -> str:
        return "char"

    def _of_binary_expression(self, node: Node) -> str:
        sign = named(node, "operator")
        if sign is not None and self._code.text(sign) in (
            *("==", "!=", "<", "<=", ">", ">=", "&&", "||"),
        ):
            return "bool"
        return self.of(named(node, "left")) or self.of(named(node, "right"))

    def _of_call_expression(self, node: Node) -> str:
        method = method_of(node, self._code)
        if method is None:
            function = named(node, "function")
            name = "" if function is None else self._code.text(function)
            kind, _, last = name.rpartition("::")
            if last in ("from", "new", "with_capacity") and kind:
                return kind
            return self._results.get(last, "")
        if method[1] in _SAME:
            return self.of(method[0])
        if method[1] == "sum":
            found = re.search(r"sum::<(\w+)>\(\)$", self._code.text(node))
            return found[1] if found else ""
        return self._results.get(method[1], "") or _METHODS.get(method[1], "")


@lru_cache(maxsize=2)
def types_of(code: Code) -> Types:
    """Return the types of a file; made once for all rules."""
    return Types(code)


def method_of(node: Node | None, code: Code) -> tuple[Node, str, list[Node]] | None:
    """Return what a method is called on, its name, and what it is given; None for other nodes."""
    if node is None or node.type != "call_expression":
        return None
    function = named(node, "function")
    if function is not None and function.type == "generic_function":
        function = named(function, "function")
    held, name = named(function, "value"), named(function, "field")
    if function is None or function.type != "field_expression" or held is None or name is None:
        return None
    arguments = named(node, "arguments")
    given = [] if arguments is None else arguments.named_children
    return held, code.text(name), [one for one in given if not one.type.endswith("comment")]


def bare(kind: str) -> str:
    """Return a type without references to it."""
    return re.sub(r"^(?:&(?:'\w+\s+)?(?:mut\s+)?)+", "", kind.strip())


def element_of(kind: str) -> str:
    """Return what a list, an array or an option of a type holds; "" for what is none."""
    kind = bare(kind)
    if (found := re.fullmatch(r"\[\s*(.*?)(?:;[^;\]]*)?\]", kind, re.DOTALL)) is not None:
        return bare(found[1])
    found = re.fullmatch(r"(?:Vec|VecDeque|HashSet|BTreeSet|Option|Box)<(.*)>", kind, re.DOTALL)
    if found is not None:
        return element_of(found[1]) if kind.startswith("Box") else bare(found[1])
    if (found := re.fullmatch(r"(?:Hash|BTree)Map<(.*)>", kind, re.DOTALL)) is not None:
        return bare(map_of(kind)[1])
    return ""


def map_of(kind: str) -> tuple[str, str]:
    """Return the types of a map's keys and values; "" for what is no map."""
    found = re.fullmatch(r"(?:Hash|BTree)Map<(.*)>", bare(kind), re.DOTALL)
    depth = 0
    for place, sign in enumerate(found[1] if found is not None else ""):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0 and found is not None:
            return found[1][:place].strip(), found[1][place + 1 :].strip(" ,\n")
    return "", ""


def _declarations(parent: Node, child: Node) -> Iterator[Node]:
    """Yield what declares names in a scope, in front of a child of it."""
    if parent.type == "block":
        before = [one for one in parent.named_children if one.start_byte < child.start_byte]
        yield from (one for one in reversed(before) if one.type == "let_declaration")
    elif parent.type == "for_expression":
        value = named(parent, "value")
        if value is None or value.id != child.id:
            yield parent
    elif parent.type == "function_item" or parent.type == "closure_expression":
        group = named(parent, "parameters")
        yield from () if group is None else group.named_children
    elif parent.type in ("if_expression", "while_expression"):
        condition = named(parent, "condition")
        if condition is not None and condition.id != child.id:
            yield from below(condition, "let_condition")
    elif parent.type == "match_arm":
        pattern = named(parent, "pattern")
        if pattern is not None and pattern.id != child.id:
            yield pattern
