"""Where in what a Python function returns now the value is that it returned before. Pure."""

import ast

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.definition_matching import Version


def kept_field(one: Defined, same: Defined, now: Version) -> tuple[str, int, str] | None:
    """Return where in what a function gives the value is that it gave before; None where nowhere.

    Only in a dictionary, or in an object of a class that the file defines ``now``: what another
    one makes of the value may do for it.
    """
    old, new = one.returned, same.returned
    is_one = len(old) == len(new) == 1 and one.gives.split() == same.gives.split() == [
        "one",
        "value",
    ]
    if not is_one or old == new:
        return None
    found = value_in(old[0], new[0])
    return found if found is None or not found[0] or now.has(("", found[0])) else None


def value_in(before: str, after: str) -> tuple[str, int, str] | None:
    """Return the class that is made now, "" for a dictionary, with the place and name of the value.

    ``before`` and ``after`` are the values that are returned. The name is "" where only the place
    is told, and that of a key as it is written. None where the value is not in it just once.
    """
    try:
        old, new = (ast.parse(text, mode="eval").body for text in (before, after))
    except (SyntaxError, ValueError):
        return None
    if isinstance(old, ast.Constant):
        return None
    told = ast.dump(old)
    match new:
        case ast.Dict(keys=keys, values=values):
            found = [
                (0, ast.unparse(key))
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant) and ast.dump(value) == told
            ]
            made = ""
        case ast.Call(func=ast.Name(id=made), args=args, keywords=keywords):
            if not made.lstrip("_")[:1].isupper() or any(isinstance(a, ast.Starred) for a in args):
                return None
            found = [(at, "") for at, one in enumerate(args) if ast.dump(one) == told]
            found += [(0, one.arg) for one in keywords if one.arg and ast.dump(one.value) == told]
        case _:
            return None
    return (made, *found[0]) if len(found) == 1 else None
