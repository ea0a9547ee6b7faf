"""Declarations of C and C++ apart from their definitions: both have the same parameters."""

from collections.abc import Sequence

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.text_edits import TextEdit


def are_others(old: Sequence[Parameter], new: Sequence[Parameter]) -> bool:
    """Return whether the parameters are others for a compiler, or are called otherwise."""
    return [(one.type, one.name) for one in old] != [(one.type, one.name) for one in new]


def prototype_edit(
    declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]
) -> TextEdit | None:
    """Return the edit that gives a declaration the new parameters; None where it is another's.

    What it says of those that stay is kept, such as their defaults. A definition names none.
    """
    own = declared.parameters
    if own is None or [one.type for one in own] != [one.type for one in old]:
        return None
    has_body = declared.text.rstrip().endswith("}")
    texts = []
    for one in new:
        same = next((mine for mine in own if (mine.name, mine.type) == (one.name, one.type)), None)
        text = one.text if same is None else same.text
        is_bare = has_body and same is None
        texts.append(text.partition("=")[0].rstrip() if is_bare else text)
    start, end = declared.parameters_at
    return TextEdit(start, end, f"({', '.join(texts)})")
