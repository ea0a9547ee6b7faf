"""Which licences what Spark ships may have; anything else ends the build, naming what has it."""

from collections.abc import Iterable
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

from spark_desktop.domain.notices import Component
from spark_dist.facts import DistError

# Permissive, or about the file alone (MPL), or kept by passing on unchanged shared libraries that
# can be exchanged (LGPL). GPL only with an exception for what is linked or built with it.
ALLOWED = frozenset(
    (
        *("0BSD", "AFL-2.1", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "blessing"),
        *("bzip2-1.0.6", "FTL", "HPND", "IJG", "ISC", "libpng-2.0", "LGPL-2.1-or-later"),
        *("LGPL-3.0-only", "MIT", "MIT-0", "MIT-Modern-Variant", "MPL-2.0", "PSF-2.0"),
        *("Python-2.0.1", "Unicode-3.0", "Unicode-DFS-2016", "X11", "Zlib", "ZPL-2.1"),
        "LicenseRef-Microsoft-Visual-Cpp-Redistributable",
        "GPL-2.0-only WITH GCC-exception-2.0",
        "GPL-2.0-or-later WITH Bootloader-exception",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
    )
)
_LICENSING = get_spdx_licensing()


def check(components: Iterable[Component]) -> None:
    """Raise DistError for components whose licence is unknown, has no text, or is not allowed."""
    faults = [f"{one.name} {one.version}: {fault}" for one in components if (fault := _fault(one))]
    if faults:
        raise DistError(
            "These may not be shipped as they are:\n  "
            + "\n  ".join(faults)
            + "\nLeave them out, or tell more of them in resources/licences/components.toml."
        )


def is_allowed(expression: str) -> bool:
    """Return whether an SPDX expression can be kept: of an OR one part is enough, of an AND all.

    Raises ExpressionError for one that is none.
    """
    parsed = _LICENSING.parse(expression, simple=False)
    return parsed is not None and _holds(parsed)


def _holds(part: Any) -> bool:
    if hasattr(part, "exception_symbol") or not getattr(part, "args", ()):
        return part.render() in ALLOWED
    kept = [_holds(one) for one in part.args]
    return any(kept) if part.operator.strip() == "OR" else all(kept)


def _fault(component: Component) -> str:
    if not component.licence:
        return "it tells no licence"
    if not component.texts:
        return f"there is no text of its licence {component.licence}"
    try:
        if is_allowed(component.licence):
            return ""
    except (ExpressionError, ValueError) as error:
        return f"its licence {component.licence} is no SPDX expression ({error})"
    return f"its licence {component.licence} is not on the list of those that can be kept"
