"""Which of the installed distributions the app needs at run time, by its own requirements."""

import importlib.metadata

from packaging.utils import canonicalize_name

from spark_desktop.adapters import notices
from spark_desktop.adapters.notices import APP

# The download reads the body itself, so this one is never asked; it is large.
_UNUSED = frozenset({"hf-xet"})


def needed(app: str = APP) -> dict[str, importlib.metadata.Distribution]:
    """Return the app and all that it needs here, by canonical name, sorted.

    Raises importlib.metadata.PackageNotFoundError for one that is not installed.
    """
    return notices.needed(app, is_strict=True)


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
