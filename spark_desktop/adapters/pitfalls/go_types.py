"""What types the names of a Go file have, as far as it says so itself. Types are their texts."""

import re
from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.go_scopes import FUNCTIONS as FUNCTIONS
from spark_desktop.adapters.pitfalls.go_scopes import declarations

_WHOLE = ("int", "int8", "int16", "int32", "int64", "rune")
UNSIGNED = frozenset({"uint", "uint8", "uint16", "uint32", "uint64", "byte", "uintptr"})
INTEGERS = frozenset(_WHOLE) | UNSIGNED
FLOATS = frozenset({"float32", "float64"})
_MADE = {"int_literal": "int", "float_literal": "float64", "rune_literal": "rune"}
_MADE |= {"interpreted_string_literal": "string", "raw_string_literal": "string"}
# What functions of Go's library return.
_RESULTS = {
    **dict.fromkeys(("strings.Split", "strings.Fields", "strings.SplitN"), "[]string"),
    **dict.fromkeys(("strings.TrimSpace", "strings.ToLower", "strings.ToUpper"), "string"),
    **dict.fromkeys(("strings.Join", "strings.Repeat", "fmt.Sprintf", "strings.Trim"), "string"),
    **dict.fromkeys(("strings.TrimPrefix", "strings.TrimSuffix", "strconv.Itoa"), "string"),
    **dict.fromkeys(("strings.Index", "strings.Count", "len", "cap"), "int"),
    **dict.fromkeys(("math.Round", "math.Floor", "math.Ceil", "math.Abs", "math.Pow"), "float64"),
    **dict.fromkeys(("math.Sqrt", "math.Max", "math.Min", "math.Trunc"), "float64"),
    **dict.fromkeys(("errors.New", "fmt.Errorf"), "error"),
    **{"strconv.Atoi": "int", "strconv.ParseFloat": "float64", "time.Now": "time.Time"},
    **{"strconv.ParseInt": "int64", "time.Since": "time.Duration"},
}


class Types:
    """Finds declarations by their names and places, and the types of expressions."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._named: dict[str, Node] = {}
        self._results: dict[str, Node | None] = {}
        self._pointers: set[tuple[str, str]] = set()
        self._globals: dict[str, Node] = {}
        self._structs: dict[str, dict[str, str]] = {}
        self._by_field: dict[str, set[str]] | None = None
        kinds = ("var_declaration", "const_declaration")
        for outer in (one for one in code.root.named_children if one.type in kinds):
            for one in below(outer, "var_spec", "const_spec"):
                self._globals |= dict.fromkeys(self.names(one), one)
        functions = ("function_declaration", "method_declaration")
        for one in below(code.root, "type_spec", "type_alias", *functions):
            name, kind = named(one, "name"), named(one, "type")
            if name is not None and kind is not None:
                self._named[code.text(name)] = kind
            elif name is not None and one.type in functions:
                # Of the methods of one name the file's own is meant before those beside it.
                if code.text(name) not in self._results or code.places.start(one) < code.end:
                    self._results[code.text(name)] = named(one, "result")
                owner = next(iter(listed(named(one, "receiver"))), None)
                kind = named(owner, "type")
                if kind is not None and kind.type == "pointer_type":
                    held = code.text(kind).lstrip("*").partition("[")[0]
                    self._pointers.add((held, code.text(name)))

    def of(self, node: Node | None) -> str:
        """Return an expression's type, "" for one that the file does not tell."""
        if node is None:
            return ""
        if node.type in _MADE:
            return _MADE[node.type]
        read = getattr(self, f"_of_{node.type}", None)
        found: str = read(node) if read is not None else ""
        return found

    def under(self, kind: str) -> str:
        """Return what a named type is made of, without pointers to it; itself if it has no name."""
        kind = kind.lstrip("*")
        for _ in range(5):
            node = self._named.get(kind)
            if node is None or node.type == "struct_type":
                break
            kind = self._code.text(node)
        return kind

    def struct(self, kind: str) -> dict[str, str]:
        """Return the fields of a struct of the file with their types; none for other types."""
        if (known := self._structs.get(kind)) is not None:
            return known
        node = self._named.get(self.under(kind))
        fields: dict[str, str] = self._structs.setdefault(kind, {})
        for one in () if node is None else below(node, "field_declaration"):
            inner = named(one, "type")
            names = one.children_by_field_name("name")
            text = "" if inner is None else self._code.text(inner)
            if not names:
                fields[text.rpartition(".")[2].lstrip("*")] = text
            fields |= {self._code.text(name): text for name in names}
        return fields

    def _kinds_of_field(self, name: str) -> set[str]:
        """Return the types that the structs of the file give a field of this name."""
        if self._by_field is None:
            self._by_field = {}
            for kind, node in self._named.items():
                for field, held in self.struct(kind).items() if node.type == "struct_type" else ():
                    self._by_field.setdefault(field, set()).add(held)
        return self._by_field.get(name, set())

    def element(self, kind: str) -> str:
        """Return what a slice, an array, or a map holds; "" for what is none."""
        kind = self.under(kind)
        if (found := re.match(r"\[\w*\](.*)", kind, re.DOTALL)) is not None:
            return found[1]
        return map_of(kind)[1]

    def is_slice(self, kind: str) -> bool:
        """Return whether a type is a slice."""
        return self.under(kind).startswith("[]") and not kind.startswith("*")

    def is_map(self, kind: str) -> bool:
        """Return whether a type is a map."""
        return self.under(kind).startswith("map[") and not kind.startswith("*")

    def binding(self, name: str, at: Node) -> Node | None:
        """Return what declares the name that is used at a place; None for what is elsewhere."""
        child, parent = at, at.parent
        while parent is not None:
            if parent.type == "source_file":
                return self._globals.get(name)
            for one in declarations(parent, child):
                if name in self.names(one):
                    return one
            child, parent = parent, parent.parent
        return None

    def names(self, declaration: Node) -> list[str]:
        """Return the names that a declaration declares."""
        if declaration.type in ("var_spec", "const_spec") or "parameter" in declaration.type:
            found = declaration.children_by_field_name("name")
        else:
            found = listed(named(declaration, "left"))
        return [self._code.text(one) for one in found]

    def changes_itself(self, method: str, kind: str = "") -> bool:
        """Return whether a method of a type has a pointer to what it is called on.

        Of a type that is not known any method of that name is meant.
        """
        held = kind.lstrip("*").partition("[")[0]
        if held in self._named:
            return (held, method) in self._pointers
        return any(method == name for _, name in self._pointers)

    def results(self, function: Node) -> list[str]:
        """Return the types of what a function returns."""
        return self._types_of(named(function, "result"))

    def _types_of(self, node: Node | None) -> list[str]:
        if node is None:
            return []
        if node.type != "parameter_list":
            return [self._code.text(node)]
        found = []
        for one in node.named_children:
            kind = named(one, "type")
            count = max(1, len(one.children_by_field_name("name")))
            found += ["" if kind is None else self._code.text(kind)] * count
        return found

    def _of_identifier(self, node: Node) -> str:
        name = self._code.text(node)
        if name in ("true", "false"):
            return "bool"
        bound = self.binding(name, node)
        return "" if bound is None else self.declared(bound, name)

    def declared(self, bound: Node, name: str) -> str:
        """Return the type that a declaration gives one of its names."""
        if (kind := named(bound, "type")) is not None:
            text = self._code.text(kind)
            return f"[]{text}" if bound.type.startswith("variadic") else text
        place = self.names(bound).index(name)
        if bound.type == "range_clause":
            return self._ranged(self.of(named(bound, "right")), place)
        values = listed(named(bound, "value") or named(bound, "right"))
        if place < len(values) and (place == 0 or len(values) > 1):
            value = values[place]
            if len(values) == 1 and value.type == "call_expression":
                return self._result(value, place)
            return self.of(value)
        if len(values) == 1 and values[0].type == "call_expression":
            return self._result(values[0], place)
        return "bool" if name == "ok" else ""

    def _ranged(self, kind: str, place: int) -> str:
        kind = self.under(kind)
        if kind == "string":
            return ("int", "rune")[place]
        if kind.startswith("map["):
            return map_of(kind)[place]
        return ("int", self.element(kind))[place] if kind else ""

    def _of_selector_expression(self, node: Node) -> str:
        field = named(node, "field")
        name = "" if field is None else self._code.text(field)
        owner = self.of(named(node, "operand"))
        if owner:
            return self.struct(owner).get(name, "")
        kinds = self._kinds_of_field(name)
        return next(iter(kinds)) if len(kinds) == 1 else ""

    def _of_index_expression(self, node: Node) -> str:
        kind = self.of(named(node, "operand"))
        return "byte" if self.under(kind) == "string" else self.element(kind)

    def _of_slice_expression(self, node: Node) -> str:
        return self.of(named(node, "operand"))

    def _of_parenthesized_expression(self, node: Node) -> str:
        return self.of(node.named_children[0]) if node.named_children else ""

    def _of_unary_expression(self, node: Node) -> str:
        kind, sign = self.of(named(node, "operand")), self._code.text(node)[:1]
        if sign == "&":
            return f"*{kind}" if kind else ""
        return kind.removeprefix("*") if sign == "*" else kind

    def _of_binary_expression(self, node: Node) -> str:
        operator = named(node, "operator")
        if operator is not None and self._code.text(operator) in (
            *("==", "!=", "<", "<=", ">", ">=", "&&", "||"),
        ):
            return "bool"
        left, right = named(node, "left"), named(node, "right")
        if left is not None and left.type == "int_literal":
            return self.of(right)
        return self.of(left)

    def _of_composite_literal(self, node: Node) -> str:
        kind = named(node, "type")
        return "" if kind is None else self._code.text(kind)

    def _of_type_conversion_expression(self, node: Node) -> str:
        return self._of_composite_literal(node)

    def _of_type_assertion_expression(self, node: Node) -> str:
        return self._of_composite_literal(node)

    def _of_call_expression(self, node: Node) -> str:
        return self._result(node, 0)

    def _result(self, node: Node, place: int) -> str:
        function, given = named(node, "function"), listed(named(node, "arguments"))
        name = "" if function is None else self._code.text(function)
        if name in ("make", "new") and given:
            return ("*" if name == "new" else "") + self._code.text(given[0])
        if name == "append" and given:
            return self.of(given[0])
        if name in _RESULTS:
            return _RESULTS[name] if place == 0 else "error"
        if name in INTEGERS | FLOATS | {"string"} or name in self._named:
            return name
        kinds = self._types_of(self._results.get(name.rpartition(".")[2]))
        return kinds[place] if place < len(kinds) else ""


@lru_cache(maxsize=2)
def types_of(code: Code) -> Types:
    """Return the types of a file; made once for all rules."""
    return Types(code)


def listed(node: Node | None) -> list[Node]:
    """Return the expressions of a list, one for a node that is no list."""
    if node is None:
        return []
    if node.type in ("expression_list", "argument_list", "parameter_list"):
        return [one for one in node.named_children if one.type != "comment"]
    return [node]


def map_of(kind: str) -> tuple[str, str]:
    """Return the types of a map's keys and values; "" for what is no map."""
    if not kind.startswith("map["):
        return "", ""
    depth = 0
    for place, sign in enumerate(kind):
        depth += {"[": 1, "]": -1}.get(sign, 0)
        if sign == "]" and depth == 0:
            return kind[4:place], kind[place + 1 :]
    return "", ""
