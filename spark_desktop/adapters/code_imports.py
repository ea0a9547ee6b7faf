"""What the statements of a file import, as the file writes it."""

from collections.abc import Callable, Iterable

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.domain.code import Import
from spark_desktop.domain.regex import regex

ALL = "*"
Found = tuple[str, tuple[str, ...]]
_QUOTED = regex(r"[\"'`]([^\"'`\n]{1,300})[\"'`]")
_WORD = regex(r"\w+")
# A tree of names that is deeper than this one is nobody's code.
_DEEPEST = 12


def imports_in(path: str, grammar: str, statements: Iterable[Node]) -> tuple[Import, ...]:
    """Return the imports, in the file's order; their targets are still unknown."""
    reader = _READERS.get(grammar)
    if reader is None:
        return ()
    return tuple(
        Import(path, module, "", names) for node in statements for module, names in reader(node)
    )


def _python(node: Node) -> list[Found]:
    if node.type == "future_import_statement":
        return []
    named = node.children_by_field_name("name")
    if node.type == "import_statement":
        return [(_dotted(one), ()) for one in named]
    module = node.child_by_field_name("module_name")
    if module is None:
        return []
    names = tuple(_dotted(one) for one in named)
    if any(child.type == "wildcard_import" for child in node.named_children):
        names = (ALL,)
    return [("".join(text_of(module).split()), names)]


def _dotted(node: Node) -> str:
    inner = node.child_by_field_name("name") if node.type == "aliased_import" else node
    return "".join(text_of(inner).split()) if inner is not None else ""


def _script(node: Node) -> list[Found]:
    source = node.child_by_field_name("source")
    if source is None and node.type == "call_expression":
        source = node.child_by_field_name("arguments")
    quoted = _QUOTED.search(text_of(source)) if source is not None else None
    if quoted is None:
        return []
    names: list[str] = []
    for clause in node.named_children:
        if clause.type in ("import_clause", "export_clause"):
            names.extend(_script_names(clause))
    if node.type == "export_statement" and not names:
        names = [ALL]
    return [(quoted[1], tuple(names))]


def _script_names(clause: Node) -> Iterable[str]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield "default"
        elif child.type in ("namespace_import", "namespace_export"):
            yield ALL
        elif child.type in ("import_specifier", "export_specifier"):
            name = child.child_by_field_name("name")
            if name is not None:
                yield text_of(name)
        elif child.type == "named_imports":
            yield from _script_names(child)


def _go(node: Node) -> list[Found]:
    found: list[Found] = []
    waiting = list(node.named_children)
    while waiting:
        one = waiting.pop(0)
        if one.type == "import_spec_list":
            waiting = [*one.named_children, *waiting]
        elif one.type == "import_spec":
            path, name = one.child_by_field_name("path"), one.child_by_field_name("name")
            if path is not None:
                names = (text_of(name),) if name is not None else ()
                found.append((text_of(path).strip('"`'), names))
    return found


def _rust(node: Node) -> list[Found]:
    if node.type == "mod_item":
        name = node.child_by_field_name("name")
        return [(f"mod {text_of(name)}", ())] if name is not None else []
    argument = node.child_by_field_name("argument")
    return list(_rust_tree(argument, (), 0)) if argument is not None else []


def _rust_tree(node: Node, before: tuple[str, ...], depth: int) -> Iterable[Found]:
    if depth > _DEEPEST:
        return
    if node.type == "use_as_clause":
        path = node.child_by_field_name("path")
        if path is not None:
            yield from _rust_tree(path, before, depth + 1)
    elif node.type == "scoped_use_list":
        path, listed = node.child_by_field_name("path"), node.child_by_field_name("list")
        lead = (*before, *_WORD.findall(text_of(path))) if path is not None else before
        if listed is not None:
            yield from _rust_tree(listed, lead, depth + 1)
    elif node.type == "use_list":
        for child in node.named_children:
            yield from _rust_tree(child, before, depth + 1)
    elif node.type == "use_wildcard":
        yield "::".join((*before, *_WORD.findall(text_of(node)))), (ALL,)
    elif "comment" not in node.type:
        words = [*before, *_WORD.findall(text_of(node))] or [""]
        module, last = "::".join(words[:-1]), words[-1]
        yield module, () if last == "self" and module else (last,)


def _include(node: Node) -> list[Found]:
    path = node.child_by_field_name("path")
    return [(text_of(path).strip('"'), ())] if path is not None else []


def _java(node: Node) -> list[Found]:
    words = text_of(node).rstrip("; \n").split()
    if len(words) < 2:
        return []
    module, _, last = words[-1].rpartition(".")
    return [(module, (last,))] if module else [(last, ())]


def _c_sharp(node: Node) -> list[Found]:
    text = text_of(node).rstrip("; \n").rpartition("=")[2]
    words = [word for word in text.split() if word not in ("using", "static", "global")]
    return [(words[-1], ())] if words else []


def _quoted(node: Node) -> list[Found]:
    found = _QUOTED.search(text_of(node))
    return [(found[1], ())] if found else []


def _bash(node: Node) -> list[Found]:
    argument = node.child_by_field_name("argument")
    return [(text_of(argument).strip("\"'"), ())] if argument is not None else []


def _ruby(node: Node) -> list[Found]:
    is_near = text_of(node).startswith("require_relative")
    return [(f"./{module}" if is_near else module, ()) for module, _ in _quoted(node)]


def _php(node: Node) -> list[Found]:
    if node.type != "namespace_use_declaration":
        return _quoted(node)
    found: list[Found] = []
    for clause in node.named_children:
        module, _, last = text_of(clause).partition(" ")[0].rpartition("\\")
        if last:
            found.append((module, (last,)))
    return found


_READERS: dict[str, Callable[[Node], list[Found]]] = {
    "python": _python,
    "javascript": _script,
    "typescript": _script,
    "tsx": _script,
    "go": _go,
    "rust": _rust,
    "c": _include,
    "cpp": _include,
    "java": _java,
    "c_sharp": _c_sharp,
    "ruby": _ruby,
    "bash": _bash,
    "php": _php,
}
