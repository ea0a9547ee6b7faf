"""A trap of Python: what was read is a text, even where it looks like a number.

Nothing turns it into one on its way, and an annotation makes no difference: "9" is above "10".
"""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    arguments,
    called,
    method,
    own_nodes,
    parameters,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, free_name
from spark_desktop.domain.small_change import SmallChange

_NUMBERS = frozenset({"int", "float", "Decimal"})
_LISTS = {f"{kind}[{one}]": one for kind in ("list", "List") for one in _NUMBERS}
_OF_TEXTS = frozenset(
    {"strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "lower", "upper", "title"}
    | {"casefold", "group", "readline", "expandtabs", "zfill"}
)
# What gives several texts: a list, or what is taken apart.
_SEVERAL = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition", "groups"})
_READERS = frozenset({"csv.reader", "csv.DictReader", "reader", "DictReader"})
_COMPARES = frozenset({"<", "<=", ">", ">=", "==", "!="})
_DEEPEST = 4


def text_for_number(code: Code) -> Iterator[SmallChange]:
    """A text is given where a number is declared, or added to one, or compared with one."""
    groups = (*_given(code), *_returned(code), *_declared(code), *_added(code), *_compared(code))
    yield from all_then_each(code, groups)


def _given(code: Code) -> Iterator[list[Edit]]:
    """Yield the edits for each call of a function or class that says what it is given."""
    said = _signatures(code)
    for node in code.nodes("call"):
        name = _class_around(node) if called(node) == "cls" else called(node)
        kinds = said.get(name)
        if not kinds:
            continue
        names, edits = list(kinds), []
        for place, one in enumerate(arguments(node)):
            if one.type in ("list_splat", "dictionary_splat"):
                break
            key, value = named(one, "name"), named(one, "value")
            is_keyed = one.type == "keyword_argument" and key is not None and value is not None
            word = text_of(key) if is_keyed and key is not None else "".join(names[place:][:1])
            goal = value if is_keyed and value is not None else one
            if kinds.get(word) in _NUMBERS and _is_text(goal):
                edits.append(_made(code, goal, kinds[word]))
        yield edits


def _signatures(code: Code) -> dict[str, dict[str, str]]:
    """Return what functions and classes of a file are given, in its order, and of which type."""
    found: dict[str, dict[str, str]] = {}
    twice: set[str] = set()
    for node in code.every("function_definition", "class_definition"):
        name = text_of(named(node, "name") or node)
        if node.type == "class_definition":
            kinds = _fields(node)
        elif above(node, "class_definition") is None:
            kinds = _types(node)
        else:
            continue
        twice |= {name} & found.keys()
        found[name] = kinds
    return {name: kinds for name, kinds in found.items() if name not in twice}


def _types(function: Node) -> dict[str, str]:
    return {
        name: text_of(type_) if (type_ := named(one, "type")) is not None else ""
        for name, one in parameters(function).items()
    }


def _fields(class_: Node) -> dict[str, str]:
    """Return what a class is made of: what its ``__init__`` is given, or what it declares."""
    body = named(class_, "body")
    found: dict[str, str] = {}
    for one in [] if body is None else body.named_children:
        function = named(one, "definition") or one
        if function.type == "function_definition":
            if text_of(named(function, "name") or function) == "__init__":
                return _types(function)
            continue
        field = one.named_children[0] if one.type == "expression_statement" else one
        name, type_ = named(field, "left"), named(field, "type")
        if field.type == "assignment" and name is not None and type_ is not None:
            found[text_of(name)] = text_of(type_)
    found = {name: kind for name, kind in found.items() if "ClassVar" not in kind}
    return found if _is_made_of_fields(class_) else {}


def _is_made_of_fields(class_: Node) -> bool:
    """Return whether a class is given its fields, in their order, and no others."""
    bases, decorated = named(class_, "superclasses"), class_.parent
    if bases is not None:
        # A base may have fields of its own in front of these.
        return text_of(bases) in ("(NamedTuple)", "(typing.NamedTuple)")
    if decorated is None or decorated.type != "decorated_definition":
        return False
    given = [one for one in decorated.named_children if one.type == "decorator"]
    return any("dataclass" in text_of(one) for one in given)


def _class_around(node: Node) -> str:
    class_ = above(node, "class_definition")
    return "" if class_ is None else text_of(named(class_, "name") or class_)


def _returned(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes("return_statement"):
        type_ = named(above(node, "function_definition", "lambda"), "return_type")
        value = node.named_children[0] if node.named_children else None
        if type_ is None or value is None:
            continue
        kind, whole = text_of(type_), method(value)
        if kind in _NUMBERS and _is_text(value):
            yield [_made(code, value, kind)]
        elif kind in _LISTS and whole is not None and whole[1] in ("split", "rsplit"):
            name = free_name(above(node, "function_definition") or node, code, "part", "text")
            listed = f"[{_LISTS[kind]}({name}) for {name} in {code.text(value)}]"
            yield [code.edit(value, listed)]


def _declared(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes("assignment"):
        type_, value = named(node, "type"), named(node, "right")
        if type_ is not None and value is not None and text_of(type_) in _NUMBERS:
            yield [_made(code, value, text_of(type_))] if _is_text(value) else []


def _added(code: Code) -> Iterator[list[Edit]]:
    """``total += amount``, for a total that begins with a number."""
    for node in code.nodes("augmented_assignment"):
        left, right, sign = (named(node, one) for one in ("left", "right", "operator"))
        if left is None or right is None or sign is None or text_of(sign) not in ("+=", "-="):
            continue
        kinds = {one.type for one in _values(node, text_of(left))}
        if kinds in ({"integer"}, {"float"}) and _is_text(right):
            yield [_made(code, right, "float" if "float" in kinds else "int")]


def _compared(code: Code) -> Iterator[list[Edit]]:
    """A text beside a number that is written out."""
    for node in code.nodes("comparison_operator"):
        signs = {text_of(one) for one in node.children if not one.is_named}
        parts = node.named_children
        kinds = {one.type for one in parts} & {"integer", "float"}
        if signs <= _COMPARES and kinds:
            kind = "float" if "float" in kinds else "int"
            yield [_made(code, one, kind) for one in parts if _is_text(one)]


def _made(code: Code, node: Node, kind: str) -> Edit:
    """Return what makes a number of a text; blanks around it are no matter."""
    found = method(node)
    is_stripped = found is not None and found[1] in ("strip", "lstrip", "rstrip")
    plain = found[0] if found is not None and is_stripped and not arguments(node) else node
    return code.edit(node, f"{kind}({code.text(plain)})")


def _is_text(node: Node, depth: int = 0) -> bool:
    """Return whether an expression is a text for sure, and not one that is written out."""
    if depth > _DEEPEST:
        return False
    if node.type == "parenthesized_expression" and node.named_children:
        return _is_text(node.named_children[0], depth + 1)
    if node.type == "call":
        found = method(node)
        # A time and a path are replaced as well, but not one thing by another.
        is_replaced = found is not None and found[1] == "replace" and len(arguments(node)) == 2
        is_of_text = found is not None and found[1] in _OF_TEXTS
        return called(node) == "input" or is_of_text or is_replaced
    if node.type == "subscript":
        value = named(node, "value")
        listed = node.children_by_field_name("subscript")
        is_one = len(listed) == 1 and listed[0].type != "slice"
        return value is not None and is_one and _is_list_of_texts(value, depth + 1)
    if node.type != "identifier":
        return False
    sources = list(_sources(node, text_of(node)))
    return bool(sources) and all(
        _is_list_of_texts(one, depth + 1) if is_part else _is_text(one, depth + 1)
        for one, is_part in sources
    )


def _is_list_of_texts(node: Node, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    found = method(node)
    if found is not None:
        return found[1] in _SEVERAL
    if node.type != "identifier":
        return False
    sources = list(_sources(node, text_of(node)))
    return bool(sources) and all(
        _is_reader(one, depth) if is_part else _is_list_of_texts(one, depth + 1)
        for one, is_part in sources
    )


def _is_reader(node: Node, depth: int) -> bool:
    """Return whether what is walked gives the rows of a table in a file."""
    if called(node) in _READERS:
        return True
    if node.type != "identifier" or depth > _DEEPEST:
        return False
    sources = list(_sources(node, text_of(node)))
    return bool(sources) and all(not part and called(one) in _READERS for one, part in sources)


def _sources(node: Node, name: str) -> Iterator[tuple[Node, bool]]:
    """Yield what a name of a function is given, and whether it is one part of that.

    A parameter, or what is bound in another way, makes it unknown: it comes as itself.
    """
    function = above(node, "function_definition")
    if function is None or name in parameters(function):
        yield node.parent or node, False
        return
    kinds = ("assignment", "for_statement", "for_in_clause", "augmented_assignment")
    for one in own_nodes(function, *kinds, "named_expression", "as_pattern_target"):
        left = named(one, "left") or named(one, "name") or one
        right = named(one, "right") or named(one, "value") or one
        if left.type == "identifier" and text_of(left) == name:
            yield (right if one.type != "augmented_assignment" else one), one.type.startswith("for")
        elif left.type in ("pattern_list", "tuple_pattern", "list_pattern"):
            if any(text_of(each) == name for each in left.named_children):
                # Parts of what is walked are parts of parts.
                yield (one if one.type.startswith("for") else right), True
            elif any(name == text_of(each).lstrip("*") for each in left.named_children):
                yield one, False


def _values(node: Node, name: str) -> Iterator[Node]:
    """Yield what a name is set to in the function around, but for what is added to it."""
    function = above(node, "function_definition")
    for one in own_nodes(function, "assignment") if function is not None else ():
        left, right = named(one, "left"), named(one, "right")
        if left is not None and right is not None and text_of(left) == name:
            yield right
