"""Declarations of C and C++ apart from their definitions: both have the same parameters."""

from collections.abc import Iterator, Sequence

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
    for one, same in _kept(own, new):
        text = one.text if same is None else same.text
        is_bare = has_body and same is None
        texts.append(text.partition("=")[0].rstrip() if is_bare else text)
    start, end = declared.parameters_at
    return TextEdit(start, end, f"({', '.join(texts)})")


def ends_with_defaults(declared: Defined, new: Sequence[Parameter]) -> bool:
    """Return whether all parameters behind one with a default would have one, as C++ wants it."""
    found = [(same or one).has_default for one, same in _kept(declared.parameters or (), new)]
    return found == sorted(found)


def _kept(
    own: Sequence[Parameter], new: Sequence[Parameter]
) -> Iterator[tuple[Parameter, Parameter | None]]:
    """Yield each new parameter, with the declaration's own where that stays."""
    for one in new:
        alike = (mine for mine in own if (mine.name, mine.type) == (one.name, one.type))
        yield one, next(alike, None)
