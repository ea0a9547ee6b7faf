"""Which of the installed distributions the app needs at run time, by its own requirements."""

import importlib.metadata
from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

APP = "spark-desktop"
# The download reads the body itself, so this one is never asked; it is large.
_UNUSED = frozenset({"hf-xet"})


def needed(app: str = APP) -> dict[str, importlib.metadata.Distribution]:
    """Return the app and all that it needs here, by canonical name, sorted.

    Raises importlib.metadata.PackageNotFoundError for one that is not installed.
    """
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = [Requirement(app)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        found[name] = importlib.metadata.distribution(wanted.name)
        waiting += _asked_by(found[name].requires or (), wanted.extras)
    return dict(sorted(found.items()))


def packaged() -> list[str]:
    """Return the canonical names of what the frozen app consists of, itself among them, sorted."""
    return [name for name in needed() if name not in _UNUSED]


def foreign_modules(app: str = APP) -> list[str]:
    """Return the top modules that are installed here and are no part of the app.

    A freezer follows imports that are optional too, and would take the tools of development along.
    """
    ours = set(needed(app))
    owners = importlib.metadata.packages_distributions()
    return sorted(
        module
        for module, names in owners.items()
        if module.isidentifier() and not ours & {canonicalize_name(name) for name in names}
    )


def _asked_by(lines: Iterable[str], extras: set[str]) -> list[Requirement]:
    asked = [Requirement(line) for line in lines]
    contexts = [{"extra": extra} for extra in ("", *sorted(extras))]
    return [
        one
        for one in asked
        if one.marker is None or any(one.marker.evaluate(context) for context in contexts)
    ]
