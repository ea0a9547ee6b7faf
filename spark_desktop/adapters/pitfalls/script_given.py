"""Whose the lists are that functions of JavaScript and TypeScript return."""

from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import FUNCTIONS, bare, called, own

# What makes a list that nobody else has; of Object, Array and JSON all does.
_FRESH_WORDS = (
    "from of slice concat parse structuredClone cloneDeep clone copy toArray sort reverse"
)
_FRESH = frozenset(_FRESH_WORDS.split())
_MAKERS = frozenset({"Object", "Array", "JSON", "Math", "String", "Number", "Promise"})


def is_imported(code: Code, name: str) -> bool:
    """Return whether a name comes from another file."""
    return name in _imported(code)


def returned_by(code: Code, call: Node) -> list[Node]:
    """Return what the function of the file that is called returns; nothing for all others."""
    function = _function(code, call)
    if function is None or any(one.type in ("async", "*") for one in function.children):
        return []  # a promise or a generator is nobody else's
    body = named(function, "body")
    if body is not None and body.type != "statement_block":
        return [body]
    returns = own(function, "return_statement")
    return [one.named_children[0] for one in returns if one.named_children]


def may_be_shared(code: Code, held: Node) -> bool:
    """Return whether a call gives what it may still hold itself: a function of another file."""
    held = bare(held)
    if held.type == "await_expression":
        held = bare(held.named_children[0])
    if held.type != "call_expression" or _function(code, held) is not None:
        return False
    function = named(held, "function")
    if function is None or called(held) in _FRESH or facts(code).known(held).kind:
        return False
    owner = named(function, "object")
    if owner is None:
        return is_imported(code, called(held))
    return text_of(owner) not in _MAKERS and called(held) != ""


def _function(code: Code, call: Node) -> Node | None:
    """Return the function or method of the file that a call means, where there is one."""
    name, function = called(call), named(call, "function")
    owner = named(function, "object")
    if owner is not None:
        methods = facts(code).methods.get(name, [])
        return methods[0] if len(methods) == 1 else None
    found = []
    for one in code.every("function_declaration", "variable_declarator"):
        value = named(one, "value") or one
        if text_of(named(one, "name") or one) == name and value.type in FUNCTIONS:
            found.append(value)
    return found[0] if len(found) == 1 else None


# Few rules look at one file in turn: it is read once for all of them.
@lru_cache(maxsize=1)
def _imported(code: Code) -> frozenset[str]:
    names = set()
    for one in code.every("import_specifier"):
        name = named(one, "alias") or named(one, "name")
        names.add("" if name is None else text_of(name))
    for one in code.every("import_clause"):
        names |= {text_of(each) for each in one.named_children if each.type == "identifier"}
    for one in code.every("namespace_import"):
        names |= {text_of(each) for each in below(one, "identifier")}
    return frozenset(names - {""})
