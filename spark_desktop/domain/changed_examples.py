"""Which functions of a Python file a proposal changes that have examples in their docstrings."""

import ast


def examples_in(before: str, after: str) -> tuple[str, ...]:
    """Return the qualified names of those functions and classes, in the file's order.

    Only those whose text is another one than before; all, where the text before does not parse.
    () where the text after does not.
    """
    new = _documented(after)
    old = _documented(before) or {}
    return tuple(name for name, text in (new or {}).items() if old.get(name) != text)


def given_examples(before: str, after: str) -> bool:
    """Return whether every example that is run now stood there before.

    What a model wrote about its own code proves less than what a person asked for.
    """
    old, new = _lines(before), _lines(after)
    return all(line in old for line in new)


def _documented(text: str) -> dict[str, str] | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    found: dict[str, str] = {}
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        lead, node = waiting.pop(0)
        for one in ast.iter_child_nodes(node):
            if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{lead}{one.name}"
                if ">>>" in (ast.get_docstring(one) or ""):
                    found[name] = ast.get_source_segment(text, one) or ""
                if isinstance(one, ast.ClassDef):
                    waiting.append((f"{name}.", one))
    return found


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip().startswith(">>>")}
