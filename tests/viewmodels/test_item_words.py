"""What went with a question, in words."""

from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.viewmodels.item_words import items_line


def test_each_item_is_named_with_what_did_not_fit() -> None:
    refs = (
        ItemRef(ItemKind.OPEN, "src/a.py"),
        ItemRef(ItemKind.FOLDER, "src"),
        ItemRef(ItemKind.FOLDER),
        ItemRef(ItemKind.SYMBOL, "b.py", "parse"),
        ItemRef(ItemKind.CLIPBOARD, text="copied"),
    )
    items = tuple(Attached(ref, "digest", 1) for ref in refs)
    cut = Attached(ItemRef(ItemKind.FILE, "c.py"), "digest", 1, "lines 400-900")
    assert items_line((*items, cut)) == (
        "With src/a.py, src/, ./, parse in b.py, clipboard, c.py (without lines 400-900)"
    )


def test_without_items_nothing_is_said() -> None:
    assert items_line(()) == ""
