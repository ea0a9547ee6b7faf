"""What a literal or a pattern makes or takes apart by the names of fields."""

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.renaming_nodes import Places, bare_type, nodes_around
from spark_desktop.domain.file_names import WRITTEN, Shape

_IN_LABELLED = (
    *("keyword_argument", "keyword_pattern", "argument_list", "case_pattern"),
    *("literal_element", "keyed_element", "literal_value"),
    *("field_designator", "initializer_pair", "initializer_list", "init_declarator"),
    *("field_initializer", "field_initializer_list", "shorthand_field_initializer"),
    "field_pattern",
)


def _made_by(literal: Node) -> str:
    """Return the type that a literal of Go makes, or that its elements have."""
    type_ = literal.child_by_field_name("type")
    while type_ is not None and (
        inner := type_.child_by_field_name("element") or type_.child_by_field_name("value")
    ):
        type_ = inner
    return "" if type_ is None else text_of(type_).lstrip("*")


def labelled(node: Node, places: Places) -> str:
    """Return what is called, or matched, with the name as a label; "" where that has no name."""
    for above in nodes_around(node):
        if above.type == "class_pattern":
            return places.text(above.named_children[0])
        if above.type == "call":
            called = above.child_by_field_name("function")
            return "" if called is None else places.text(called)
        if above.type == "composite_literal":
            return _made_by(above)
        if above.type in ("struct_expression", "struct_pattern"):
            type_ = above.child_by_field_name("name") or above.child_by_field_name("type")
            return "" if type_ is None else places.text(type_).partition("<")[0].rstrip(":")
        if above.type in ("declaration", "compound_literal_expression"):
            return bare_type(above.child_by_field_name("type"))
        if above.type not in _IN_LABELLED:
            break
    return ""


_JS_LITERALS = ("object", "object_pattern")
# Where a type is written out that has a name, and what may stand between.
NAMED = ("interface_declaration", "type_alias_declaration")
_JOINED = ("intersection_type", "parenthesized_type")
# What makes a parameter a field, and the classes that may have one.
_OWN = ("accessibility_modifier", "readonly", "override_modifier")
_CLASSES = ("class_declaration", "abstract_class_declaration", "class")
_SHORTHANDS = (
    *("shorthand_property_identifier", "shorthand_field_identifier"),
    "shorthand_property_identifier_pattern",
)
# Types that say of their first, or last, argument what they hold.
_HOLDS_FIRST = (
    *("Array", "ReadonlyArray", "Promise", "Set", "ReadonlySet", "Partial", "Readonly"),
    *("Required", "Omit", "Pick"),
)
_HOLDS_LAST = ("Record", "Map", "ReadonlyMap")
# Methods that give each element of a list to a function.
_WALKS = ("filter", "map", "flatMap", "forEach", "some", "every", "find", "findIndex")
_FUNCTIONS = (
    *("function_declaration", "function_expression", "arrow_function", "method_definition"),
    "generator_function_declaration",
)


def is_shorthand(node: Node) -> bool:
    """Return whether the name is both a field's and a variable's that is used."""
    is_initial = node.parent is not None and node.parent.type == "shorthand_field_initializer"
    return is_initial or node.type in _SHORTHANDS[:2]


def shape_in_macro(node: Node, places: Places) -> Shape | None:
    """Return what the words of a macro make, or match, of Rust with the name of a field.

    They are not parsed: ``Name {`` stands before, and ``:``, or nothing, behind.
    """
    tree, following = node.parent, node.next_sibling
    if tree is None or tree.type != "token_tree" or following is None:
        return None
    named, before = tree.prev_sibling, node.prev_sibling
    if named is None or named.type != "identifier" or not text_of(tree).startswith("{"):
        return None
    is_first = before is not None and text_of(before) in ("{", ",", "mut", "ref")
    if not text_of(named)[:1].isupper() or not is_first or before is None:
        return None
    is_short = text_of(following) in (",", "}")
    if not is_short and text_of(following) != ":":
        return None
    is_plain = text_of(before) in ("{", ",")
    return Shape(places.text(named), is_short=is_short, is_plain=is_plain)


def is_of_written_type(binder: Node) -> bool:
    """Return whether a member is of a type of TypeScript that is written out, not of a class."""
    if binder.type not in ("property_signature", "method_signature") or binder.parent is None:
        return False
    holder = binder.parent.parent
    while holder is not None and holder.type in _JOINED:
        holder = holder.parent
    return holder is None or holder.type not in NAMED


def shape_of(node: Node, places: Places) -> Shape | None:
    """Return what is made or taken apart where the node names a field; None where it does not."""
    parent = node.parent
    if parent is None:
        return None
    if parent.type == "token_tree":
        return shape_in_macro(node, places)
    if is_of_written_type(parent):
        return Shape(WRITTEN)
    if is_own_parameter(parent) and parent.child_by_field_name("pattern") == node:
        # In the constructor a variable has the name, too.
        return Shape(_class_around(parent), is_plain=False)
    if parent.type == "jsx_attribute" and node.type == "property_identifier":
        return _of_element(parent)
    is_short = is_shorthand(node) or node.type in _SHORTHANDS
    if is_short and (rust := labelled(node, places)):
        is_plain = parent.type == "shorthand_field_initializer" or parent.child_count == 1
        return Shape(rust, is_short=True, is_plain=is_plain)
    is_key = parent.type in ("pair", "pair_pattern") and _is_first(parent, node)
    if not is_key and not is_short:
        return None
    for above in nodes_around(node):
        if above.type in _JS_LITERALS:
            return _of_script(above, places, is_short=is_short)
    return None


def is_own_parameter(node: Node) -> bool:
    """Return whether a parameter of a constructor of TypeScript is a field of the class, too."""
    is_parameter = node.type in ("required_parameter", "optional_parameter")
    return is_parameter and any(one.type in _OWN for one in node.children)


def _class_around(node: Node) -> str:
    around = (one for one in nodes_around(node) if one.type in _CLASSES)
    named = next((one.child_by_field_name("name") for one in around), None)
    return "" if named is None else text_of(named)


def _of_element(attribute: Node) -> Shape | None:
    element = attribute.parent
    named = element.child_by_field_name("name") if element is not None else None
    if element is None or named is None:
        return None
    given = [one for one in element.named_children if one.type == "jsx_attribute"]
    # These are React's own.
    keys = {text_of(one.named_children[0]) for one in given} - {"key", "ref", "children"}
    has_more = any(one.type == "jsx_expression" for one in element.named_children)
    type_ = text_of(named).rpartition(".")[2]
    return Shape(type_, frozenset(keys), has_more=has_more, is_element=True)


def _is_first(parent: Node, node: Node) -> bool:
    key = parent.child_by_field_name("key")
    return key is not None and key.id == node.id


def _of_script(literal: Node, places: Places, *, is_short: bool) -> Shape:
    names = [
        text_of(key).strip("\"'")
        for child in literal.named_children
        if (key := _key_of(child)) is not None
    ]
    keys = frozenset(names)
    type_, value = _told_type(literal, places)
    has_more = any(child.type in ("spread_element", "rest_pattern") for child in literal.children)
    around = literal.parent
    named = around.child_by_field_name("name") if around is not None else None
    return Shape(
        type_,
        keys,
        value,
        is_short,
        has_more=has_more,
        is_made=literal.type == "object",
        holder=text_of(named) if named is not None and literal.type == "object" else "",
    )


def _key_of(child: Node) -> Node | None:
    if child.type in _SHORTHANDS:
        return child
    if child.type == "object_assignment_pattern":
        return child.child_by_field_name("left")
    if child.type == "method_definition":
        return child.child_by_field_name("name")
    return child.child_by_field_name("key")


def _told_type(literal: Node, places: Places) -> tuple[str, str]:
    """Return the type that is written for a literal or pattern, and what a pattern takes apart."""
    child = literal
    around = literal.parent
    if around is not None and around.type == "pair":
        return _of_record(around.parent), ""
    for above in nodes_around(literal):
        match above.type:
            case "array" | "parenthesized_expression" | "array_pattern" | "assignment_pattern":
                pass
            case "as_expression" | "satisfies_expression":
                return _held(above.named_children[-1]), ""
            case "variable_declarator":
                value = above.child_by_field_name("value")
                is_pattern = value is not None and value.id != child.id
                taken = places.text(value) if value is not None and is_pattern else ""
                return _held(above.child_by_field_name("type")), taken
            case "for_in_statement":
                walked = above.child_by_field_name("right")
                return "", "" if walked is None else f"{places.text(walked)}[0]"
            case "required_parameter" | "optional_parameter" | "public_field_definition":
                told = above.child_by_field_name("type")
                return _held(told), "" if told is not None else _walked(above, places)
            case "return_statement":
                function = next(
                    (one for one in nodes_around(above) if one.type in _FUNCTIONS), None
                )
                result = None if function is None else function.child_by_field_name("return_type")
                return _held(result), ""
            case "arrow_function":
                return _held(above.child_by_field_name("return_type")), ""
            case _:
                return "", ""
        child = above
    return "", ""


def _walked(parameter: Node, places: Places) -> str:
    """Return the element that a method of a list gives to the function whose parameter it is."""
    arrow = parameter.parent.parent if parameter.parent is not None else None
    given = arrow.parent if arrow is not None and arrow.type == "arrow_function" else None
    call = given.parent if given is not None and given.type == "arguments" else None
    called = call.child_by_field_name("function") if call is not None else None
    whole = called.child_by_field_name("object") if called is not None else None
    method = called.child_by_field_name("property") if called is not None else None
    is_first = parameter.prev_named_sibling is None
    if whole is None or method is None or not is_first or text_of(method) not in _WALKS:
        return ""
    return f"{places.text(whole)}[0]"


def _of_record(around: Node | None) -> str:
    """Return the type of what a written ``Record`` has by names, "" where none is written."""
    declared = None if around is None else around.parent
    if declared is None or declared.type != "variable_declarator":
        return ""
    told = declared.child_by_field_name("type")
    type_ = None if told is None else next(iter(told.named_children), None)
    if type_ is None or type_.type != "generic_type" or bare_type(type_) not in _HOLDS_LAST:
        return ""
    arguments = type_.child_by_field_name("type_arguments")
    return "" if arguments is None else _held(arguments.named_children[-1])


def _held(node: Node | None) -> str:
    """Return the name of a written type, of a list or a promise that of what it holds."""
    while node is not None and node.type in ("type_annotation", "array_type", "readonly_type"):
        node = next(iter(node.named_children), None)
    if node is not None and node.type in ("intersection_type", "union_type"):
        # What may be missing, or has more, is still what it is.
        found = {_held(one) for one in node.named_children} - {"", WRITTEN}
        return found.pop() if len(found) == 1 else ""
    if node is not None and node.type == "object_type":
        return WRITTEN
    if node is not None and node.type == "generic_type":
        name, arguments = bare_type(node), node.child_by_field_name("type_arguments")
        inner = [] if arguments is None else arguments.named_children
        if inner and name in _HOLDS_FIRST:
            return _held(inner[0])
        if inner and name in _HOLDS_LAST and inner[0].type == "index_type_query":
            # By the name of each field it has something else.
            return _held(inner[0].named_children[0])
        return name
    is_name = node is not None and node.type in ("type_identifier", "nested_type_identifier")
    return text_of(node).rpartition(".")[2] if node is not None and is_name else ""
