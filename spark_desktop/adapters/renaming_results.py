"""What a function gives back, as far as callers have to take it apart: values, a promise, a maybe.

A word, or "" where the text does not tell: only two known and different words are a change.
"""

from collections.abc import Callable, Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of

_WRAPPERS = ("Option", "Result")
_FUNCTIONS = ("function_definition", "lambda", "class_definition")


def given_back(about: Node, grammar: str) -> str:
    """Return the word for the function ``about``; it is its node or that of its declaration."""
    reader = _READERS.get(grammar)
    return "" if reader is None else reader(about)


def _python(function: Node) -> str:
    body = function.child_by_field_name("body")
    if body is None:
        return ""
    is_async = any(child.type == "async" for child in function.children)
    inside = list(_own_nodes(body))
    if any(node.type == "yield" for node in inside):
        return "an async iterator" if is_async else "an iterator"
    counts = {_values(node) for node in inside if node.type == "return_statement"}
    if len(counts) > 1:
        return ""
    count = counts.pop() if counts else 0
    told = "nothing" if not count else "one value" if count == 1 else f"{count} values as a tuple"
    return f"{told}, to be awaited" if is_async else told


def _own_nodes(node: Node) -> Iterator[Node]:
    """Yield the nodes below one without those of functions in it."""
    waiting = node.named_children[::-1]
    while waiting:
        child = waiting.pop()
        if child.type not in _FUNCTIONS:
            yield child
            waiting += reversed(child.named_children)


def _values(returning: Node) -> int:
    value = next((one for one in returning.named_children if one.type != "comment"), None)
    if value is None or value.type == "none":
        return 0
    if value.type in ("expression_list", "tuple"):
        return len([one for one in value.named_children if one.type != "comment"])
    return 1


def returned_by(function: Node, grammar: str) -> tuple[str, ...]:
    """Return the values of the only ``return`` of a function of Python; () for none or several.

    A name that the function sets once, and does not change, stands for what it is set to.
    """
    body = function.child_by_field_name("body")
    if grammar != "python" or body is None:
        return ()
    inside = list(_own_nodes(body))
    returning = [node for node in inside if node.type == "return_statement"]
    if len(returning) != 1 or not returning[0].named_children:
        return ()
    value = returning[0].named_children[0]
    is_several = value.type in ("expression_list", "tuple")
    values = [one for one in value.named_children if one.type != "comment"] if is_several else []
    set_to: dict[str, list[Node]] = {}
    for node in inside:
        if node.type in ("assignment", "augmented_assignment"):
            name, to = node.child_by_field_name("left"), node.child_by_field_name("right")
            if name is not None and to is not None:
                for word in text_of(name).replace(",", " ").split():
                    set_to.setdefault(word, []).append(to if node.type == "assignment" else node)
    return tuple(_meant(one, set_to) for one in values or [value])


def _meant(value: Node, set_to: dict[str, list[Node]]) -> str:
    text = " ".join(text_of(value).split())
    found = set_to.get(text, []) if value.type == "identifier" else []
    is_clear = len(found) == 1 and found[0].type != "augmented_assignment"
    return " ".join(text_of(found[0]).split()) if is_clear else text


def _javascript(function: Node) -> str:
    is_async = any(child.type == "async" for child in function.children)
    result = function.child_by_field_name("return_type")
    if is_async or (result is not None and text_of(result).lstrip(": ").startswith("Promise<")):
        return "a promise"
    whole = text_of(function)
    may_promise = result is None and ("Promise" in whole or ".then(" in whole)
    is_told = result is not None or function.child_by_field_name("body") is not None
    return "a plain value" if is_told and not may_promise else ""


def _go(function: Node) -> str:
    result = function.child_by_field_name("result")
    if result is None:
        return "nothing"
    if result.type != "parameter_list":
        return "one value"
    count = sum(
        max(1, len(one.children_by_field_name("name")))
        for one in result.named_children
        if one.type == "parameter_declaration"
    )
    return "one value" if count == 1 else f"{count} values"


def _rust(function: Node) -> str:
    result = function.child_by_field_name("return_type")
    told = "nothing" if result is None else "a plain value"
    if result is not None:
        head = text_of(result).partition("<")[0].rpartition("::")[2].strip()
        told = f"a value in {head}" if head in _WRAPPERS else told
    is_async = any(
        child.type == "function_modifiers" and "async" in text_of(child)
        for child in function.children
    )
    return f"{told}, to be awaited" if is_async else told


_READERS: dict[str, Callable[[Node], str]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "go": _go,
    "rust": _rust,
}
