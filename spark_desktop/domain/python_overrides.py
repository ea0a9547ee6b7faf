"""Methods of Python that stand for one of a base class whose parameters changed. Pure.

Whoever calls one of them does not know which: they take the same, in the same order.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.name_changes import renamed_parameters
from spark_desktop.domain.text_edits import TextEdit


def override_edits(
    here: Defined, old: Sequence[Parameter], new: Sequence[Parameter], content: str
) -> list[TextEdit] | None:
    """Return the edits that give a method the new parameters of the one that it stands for.

    None where it has others than that had, where what it takes would have to be chosen, where it
    uses what goes, or where its text does not show all. Calls of the base's own are not changed.
    """
    own, names = here.parameters or (), renamed_parameters(old, new)
    decorators = () if here.turning is None else here.turning.decorators
    if not here.container or decorators or names is None or not _are_alike(own, old):
        return None
    kept = {one.name for one in old if names.get(one.name, one.name) in {n.name for n in new}}
    if len(kept) != len(new) or any(one.without_name for one in (*own, *new)):
        return None
    function = _function(here)
    gone = [one.name for one in old if one.name not in kept]
    if function is None or any(_is_used(name, function) for name in gone):
        return None
    uses = _renamed(function, names, here, content)
    start, end = here.parameters_at
    told = content[start:end]
    first = told[1:-1].partition(",")[0].strip()
    written = _written({one.name: one for one in own}, new, names)
    if uses is None or "\n" in told or "#" in told or not first.isidentifier():
        return None
    parameters = f"({', '.join((first, *written))})"
    if not _parses(f"def f{parameters}: pass"):
        return None
    return [TextEdit(start, end, parameters), *uses] if parameters != told else uses


def _are_alike(own: Sequence[Parameter], old: Sequence[Parameter]) -> bool:
    here, there = (
        [(one.name, one.is_keyword_only, one.takes_rest) for one in each] for each in (own, old)
    )
    return here == there


def _written(
    own: dict[str, Parameter], new: Sequence[Parameter], names: dict[str, str]
) -> Iterator[str]:
    """Yield the new parameters as the method writes them: with types and defaults of its own."""
    back = {there: here for here, there in names.items()}
    is_named = False
    for one in new:
        mine = own[back.get(one.name, one.name)]
        if one.is_keyword_only and not is_named and not any(each.takes_rest for each in new):
            yield "*"
            is_named = True
        text = re.sub(rf"\b{mine.name}\b", one.name, mine.text, count=1)
        default = one.text.partition("=")[2].strip()
        if one.has_default and not mine.has_default and default:
            text += f" = {default}" if ":" in text else f"={default}"
        yield text


def _function(here: Defined) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        body = ast.parse(textwrap.dedent(here.text)).body
    except SyntaxError:
        return None
    found = body[0] if len(body) == 1 else None
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _is_used(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a method uses a parameter but to hand it to the base's own."""
    handed = {id(one) for call in _to_base(function) for one in _values(call)}
    return any(
        isinstance(one, ast.Name) and one.id == name and id(one) not in handed
        for statement in function.body
        for one in ast.walk(statement)
    )


def _renamed(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    names: dict[str, str],
    here: Defined,
    content: str,
) -> list[TextEdit] | None:
    """Return the edits for the uses of parameters with other names; None where they are hidden."""
    if not names:
        return []
    words = "|".join(map(re.escape, {*names.values(), "locals", "nonlocal"}))
    inner = [one.arg for one in ast.walk(function) if isinstance(one, ast.arg)]
    named = [one for call in _to_base(function) for one in call.keywords]
    is_hidden = any(inner.count(name) > 1 for name in names) or bool(named)
    if is_hidden or re.search(rf"\b(?:{words})\b", here.text):
        return None
    found: list[TextEdit] = []
    at = here.parameters_at[1]
    end = content.find(here.text, max(0, here.name_at - len(here.text))) + len(here.text)
    some = "|".join(map(re.escape, names))
    count = sum(
        isinstance(one, ast.Name) and one.id in names
        for statement in function.body
        for one in ast.walk(statement)
    )
    for use in re.finditer(rf"(?<![\w.])(?:{some})\b(?!\s*=[^=])", content[at:end]):
        found.append(TextEdit(at + use.start(), at + use.end(), names[use[0]]))
    # A text or a comment has the word as well, or it is given by its name.
    return found if len(found) == count else None


def _to_base(function: ast.AST) -> Iterator[ast.Call]:
    for one in ast.walk(function):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            base = one.func.value
            if isinstance(base, ast.Call) and ast.unparse(base.func) == "super":
                yield one


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True
