"""What went with a question, in words: it stands below the question in the thread."""

from collections.abc import Sequence

from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.viewmodels.translation import in_language, tr


def items_line(items: Sequence[Attached]) -> str:
    """Return "With src/parser.py, diff", and of each what did not fit; empty without items."""
    if not items:
        return ""
    return tr("With {names}", names=", ".join(_item(item) for item in items))


def _item(item: Attached) -> str:
    name = _name(item.ref)
    if not item.left_out:
        return name
    return tr("{name} (without {lines})", name=name, lines=in_language(item.left_out))


def _name(ref: ItemRef) -> str:
    # Several files of a project may be called alike, so the whole path is said.
    match ref.kind:
        case ItemKind.OPEN | ItemKind.FILE:
            return ref.path
        case ItemKind.FOLDER:
            return f"{ref.path or '.'}/"
        case ItemKind.SYMBOL:
            return tr("{symbol} in {path}", symbol=ref.symbol, path=ref.path)
        case _:
            return in_language(ref.label)
