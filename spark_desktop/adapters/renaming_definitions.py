"""What a file defines, with parameters and results, as far as callers elsewhere can see it."""

from collections.abc import Callable, Iterator

from tree_sitter import Node

from spark_desktop.adapters.functions import decorators_of
from spark_desktop.adapters.languages import Parsed, rows_of, text_of
from spark_desktop.adapters.renaming_fields import may_be_missing, only_told, type_of_field
from spark_desktop.adapters.renaming_members import FUNCTION_VALUES, fields_of, set_on_itself
from spark_desktop.adapters.renaming_nodes import (
    Places,
    bare_type,
    classes_around,
    namespaces_around,
    nodes_around,
)
from spark_desktop.adapters.renaming_results import given_back, returned_by
from spark_desktop.adapters.renaming_shapes import is_own_parameter
from spark_desktop.adapters.renaming_tables import TABLES, NameTable
from spark_desktop.adapters.renaming_waits import turning_of
from spark_desktop.domain.code import Definition
from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.trigger import Span

_ONLY_TYPESCRIPT = (
    *("method_signature", "abstract_method_signature", "abstract_class_declaration"),
    *("interface_declaration", "type_alias_declaration", "enum_declaration"),
    *("enum_body", "property_signature", "public_field_definition"),
    *("required_parameter", "optional_parameter"),
)
_ONLY_CPP = ("class_specifier", "alias_declaration")
_SLASH = "positional_separator"
# How a line of comment begins, and how many of them belong to what stands below.
_COMMENTS = ("//", "/*", "*", "#")
_MOST_ABOVE = 30
_REST = ("list_splat_pattern", "dictionary_splat_pattern", "rest_pattern")


def definitions_in(path: str, parsed: Parsed, places: Places) -> tuple[Defined, ...]:
    """Return what the file defines at its top and in its classes, in its order."""
    table = TABLES.get(parsed.grammar.name)
    if table is None:
        return ()
    found = []
    for node in parsed.nodes(tuple(_types(table, parsed.grammar.name))):
        # What stands in a function is nobody else's, but for fields that a constructor declares.
        holder = node.parent.parent if is_own_parameter(node) and node.parent is not None else node
        if any(above.type in table.scopes for above in nodes_around(holder or node)):
            continue
        for kind, name, about in _named(node, table):
            found.append(_defined(path, parsed, places, node, (kind, name, about)))
    known = {(one.container, one.name) for one in found}
    for node, name in set_on_itself(parsed):
        one = _defined(path, parsed, places, node, ("constant", name, node))
        if (one.container, one.name) not in known:
            known.add((one.container, one.name))
            found.append(one)
    return tuple(sorted(only_told(found, parsed), key=lambda one: one.name_at))


def _types(table: NameTable, grammar: str) -> Iterator[str]:
    """Yield the types that this grammar knows: the family of JavaScript shares one table."""
    for type_ in table.defines:
        is_missing = grammar == "javascript" and type_ in _ONLY_TYPESCRIPT
        is_missing |= grammar in ("typescript", "tsx") and type_ == "field_definition"
        if not is_missing and not (grammar == "c" and type_ in _ONLY_CPP):
            yield type_


def _named(node: Node, table: NameTable) -> Iterator[tuple[str, Node, Node]]:
    """Yield the kind of each definition that the node makes, its name, and what is called."""
    kind = table.defines[node.type]
    match node.type:
        case "enum_body" | "property_signature" | "public_field_definition" | "field_definition":
            yield from fields_of(node, kind)
        case "required_parameter" | "optional_parameter":
            named = node.child_by_field_name("pattern")
            if named is not None and is_own_parameter(node):
                yield kind, named, node
        case "assignment" | "variable_declarator":
            yield from _assigned(node)
        case "const_spec" | "var_spec":
            for name in node.children_by_field_name("name"):
                if name.is_named:
                    yield kind, name, node
        case "function_definition" | "declaration" | "field_declaration":
            names = [one for one in node.children_by_field_name("name") if one.is_named]
            for name in names:
                yield kind, name, node
            if not names:
                yield from _declared(node)
        case _:
            named = node.child_by_field_name("name")
            if named is not None and _defines(node, named):
                yield kind, named, node


def _assigned(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """Yield what an assignment of Python, or a variable of JavaScript, defines."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is not None and name.type == "identifier":
        is_function = value is not None and value.type in FUNCTION_VALUES
        yield "function" if is_function else "constant", name, value or node
    left = node.child_by_field_name("left")
    is_plain = node.parent is not None and node.parent.type == "expression_statement"
    if is_plain and left is not None and left.type == "identifier":
        yield "constant", left, node


def _defines(node: Node, name: Node) -> bool:
    if node.type in ("class_specifier", "struct_specifier", "enum_specifier"):
        # Without a body it is a use of the type.
        return node.child_by_field_name("body") is not None
    return name.type not in ("computed_property_name", "string")


def _declared(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """Yield what a declaration of C or C++ declares."""
    for declarator in node.children_by_field_name("declarator"):
        inner: Node | None = declarator
        kind, about = "constant", node
        while inner is not None and inner.type not in ("identifier", "field_identifier"):
            if inner.type == "function_declarator":
                kind, about = "function", inner
            if inner.type == "qualified_identifier":
                inner = inner.child_by_field_name("name")
            else:
                inner = inner.child_by_field_name("declarator") or next(
                    iter(inner.named_children if inner.type == "reference_declarator" else ()),
                    None,
                )
        if inner is not None:
            yield kind, inner, about


def _defined(
    path: str, parsed: Parsed, places: Places, node: Node, named: tuple[str, Node, Node]
) -> Defined:
    kind, name, about = named
    whole = _whole(node)
    container = classes_around(name, TABLES[parsed.grammar.name])
    if container and kind == "function":
        kind = "method"
    body = about.child_by_field_name("body") or node.child_by_field_name("body")
    end = places.start(body) if body is not None else places.end(node)
    signature = " ".join(places.content[places.start(node) : end].split())
    parameters = about.child_by_field_name("parameters")
    single = about.child_by_field_name("parameter")
    told: tuple[Parameter, ...] | None = None
    if parameters is not None and kind in ("function", "method"):
        told = tuple(_READERS[parsed.grammar.name](parameters))
        if parsed.grammar.name == "python" and container and not _is_static(node):
            told = told[1:]
    elif single is not None and kind in ("function", "method"):
        told = (Parameter(text_of(single)),)
    result = about.child_by_field_name("return_type") or node.child_by_field_name("result")
    if result is None and parsed.grammar.name in ("c", "cpp") and told is not None:
        result = node.child_by_field_name("type")
    if node.type == "enumerator" and node.parent is not None and node.parent.parent is not None:
        result = node.parent.parent.child_by_field_name("name")
    if container and told is None:
        result = type_of_field(node, parsed.grammar.name) or result
    lines = Span(*rows_of(whole))
    given = "" if result is None else " ".join(text_of(result).lstrip(": ").split())
    given += " | undefined" if given and told is None and may_be_missing(node) else ""
    gives = "" if told is None else given_back(about, parsed.grammar.name)
    return Defined(
        Definition(text_of(name), kind, path, lines, signature, container),
        places.text(whole),
        places.start(name),
        told,
        given + _pointers(about, node),
        tuple(_bases(node)),
        (0, 0) if parameters is None else (places.start(parameters), places.end(parameters)),
        gives,
        () if told is None else returned_by(about, parsed.grammar.name),
        told is not None and _is_property(node),
        None if told is None else turning_of(node, about, (parsed.grammar.name, gives), places),
        namespaces_around(node) if parsed.grammar.name == "cpp" else "",
        _comment_above(places.content, places.start(whole)),
    )


def _comment_above(content: str, start: int) -> str:
    """Return the lines of comment that end right above the line of a place."""
    end = content.rfind("\n", 0, start) + 1
    first = end
    for _ in range(_MOST_ABOVE):
        line = content.rfind("\n", 0, max(0, first - 1)) + 1
        if first == 0 or not content[line:first].lstrip().startswith(_COMMENTS):
            break
        first = line
    return content[first:end]


def _pointers(about: Node, node: Node) -> str:
    """Return the stars of a result in C, which stand beside the name there."""
    stars, inner = "", about.parent
    while inner is not None and inner != node:
        stars += "*" if inner.type == "pointer_declarator" else ""
        inner = inner.parent
    return stars


def _whole(node: Node) -> Node:
    """Return the node with its decorators, its ``export`` and the like."""
    while node.parent is not None and node.parent.type in (
        "decorated_definition",
        "export_statement",
        "template_declaration",
        "expression_statement",
        "lexical_declaration",
        "variable_declaration",
    ):
        if node.parent.type.endswith("_declaration") and node.parent.named_child_count > 1:
            break
        node = node.parent
    return node


def _is_static(node: Node) -> bool:
    return any("staticmethod" in decorator for decorator in decorators_of(node))


def _is_property(node: Node) -> bool:
    if any(child.type == "get" for child in node.children):
        return True
    words = (one.rpartition(".")[2].lstrip("@").strip() for one in decorators_of(node))
    return any(word in ("property", "cached_property", "abstractproperty") for word in words)


def _bases(node: Node) -> Iterator[str]:
    match node.type:
        case "function_item":
            yield from _implemented(node)
        case "class_definition":
            bases = node.child_by_field_name("superclasses")
            for base in bases.named_children if bases is not None else ():
                if base.type in ("identifier", "attribute", "subscript"):
                    yield text_of(base).partition("[")[0].rpartition(".")[2]
        case "class_declaration" | "abstract_class_declaration" | "interface_declaration":
            for child in node.children:
                if child.type in ("class_heritage", "extends_type_clause"):
                    for clause in (child, *child.named_children):
                        yield from (
                            bare_type(one)
                            for one in clause.named_children
                            if not one.type.endswith("_clause")
                        )
        case "class_specifier" | "struct_specifier":
            for child in node.children:
                if child.type == "base_class_clause":
                    yield from (
                        text_of(one).rpartition("::")[2]
                        for one in child.named_children
                        if one.type in ("type_identifier", "qualified_identifier")
                    )


def _implemented(method: Node) -> Iterator[str]:
    for above in nodes_around(method):
        if above.type == "impl_item" and (trait := above.child_by_field_name("trait")):
            yield bare_type(trait)


def _python(parameters: Node) -> Iterator[Parameter]:
    is_keyword_only = False
    slashes = [one.start_byte for one in parameters.named_children if one.type == _SLASH]
    for node in parameters.named_children:
        if node.type == "keyword_separator":
            is_keyword_only = True
            continue
        inner = node
        if node.type == "typed_parameter":
            inner = node.named_children[0]
        named = node.child_by_field_name("name") or inner
        takes_rest = inner.type in _REST
        if takes_rest:
            named = inner.named_children[0] if inner.named_children else inner
        if node.type in ("comment", _SLASH, "tuple_pattern"):
            continue
        yield Parameter(
            text_of(named),
            _type_of(node),
            node.child_by_field_name("value") is not None,
            is_keyword_only and not takes_rest,
            takes_rest,
            text_of(node),
            bool(slashes) and node.start_byte < slashes[0],
        )
        if inner.type == "list_splat_pattern":
            is_keyword_only = True


def _javascript(parameters: Node) -> Iterator[Parameter]:
    for node in parameters.named_children:
        if node.type == "comment":
            continue
        named = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        takes_rest = named.type == "rest_pattern"
        if takes_rest and named.named_children:
            named = named.named_children[0]
        if named.type == "this":
            continue
        has_default = (
            node.type in ("optional_parameter", "assignment_pattern")
            or node.child_by_field_name("value") is not None
        )
        yield Parameter(
            text_of(named), _type_of(node), has_default, takes_rest=takes_rest, text=text_of(node)
        )


def _go(parameters: Node) -> Iterator[Parameter]:
    for node in parameters.named_children:
        if node.type not in ("parameter_declaration", "variadic_parameter_declaration"):
            continue
        takes_rest = node.type == "variadic_parameter_declaration"
        names = node.children_by_field_name("name")
        for name in names:
            yield Parameter(text_of(name), _type_of(node), takes_rest=takes_rest)
        if not names:
            yield Parameter("_", _type_of(node), takes_rest=takes_rest)


def _rust(parameters: Node) -> Iterator[Parameter]:
    for node in parameters.named_children:
        if node.type == "parameter":
            named = node.child_by_field_name("pattern")
            yield Parameter("_" if named is None else text_of(named), _type_of(node))


def _cpp(parameters: Node) -> Iterator[Parameter]:
    for node in parameters.named_children:
        if node.type == "variadic_parameter_declaration":
            yield Parameter("...", takes_rest=True)
            continue
        if node.type not in ("parameter_declaration", "optional_parameter_declaration"):
            continue
        inner = node.child_by_field_name("declarator")
        if inner is None and text_of(node).strip() == "void":
            continue
        while inner is not None and inner.type not in ("identifier", "type_identifier"):
            inner = inner.child_by_field_name("declarator") or next(
                iter(inner.named_children), None
            )
        name = "" if inner is None else text_of(inner)
        whole = text_of(node).partition("=")[0].strip()
        # The type is what is left without the name, with its const, & and *.
        type_ = " ".join(whole.removesuffix(name).split()) if name else whole
        has_default = node.type == "optional_parameter_declaration"
        yield Parameter(name, type_, has_default, text=text_of(node))


def _type_of(node: Node) -> str:
    type_ = node.child_by_field_name("type")
    return "" if type_ is None else " ".join(text_of(type_).lstrip(": ").split())


_READERS: dict[str, Callable[[Node], Iterator[Parameter]]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "go": _go,
    "rust": _rust,
    "c": _cpp,
    "cpp": _cpp,
}
