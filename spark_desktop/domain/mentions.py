"""``@`` in the composer: what is being typed, and what it may become."""

from collections.abc import Iterable
from dataclasses import dataclass

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.regex import regex

# The kinds that a name follows, and those that stand alone.
_NAMED = (ItemKind.FILE, ItemKind.FOLDER, ItemKind.SYMBOL)
_ALONE = (ItemKind.DIFF, ItemKind.CLIPBOARD)
_WRITTEN = regex(r"(?<!\S)@(?:(file|folder):(\S+)|(diff)\b)")
_TYPED = regex(r"(?:^|(?<=[\s(\[{\"'`,;]))@(\S*)\Z")
# Longer than any path: what stands before it is not gone through with each key.
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Mention:
    """An ``@`` word before the cursor: its place in the text, and what is looked for.

    ``kind`` is None while any will do.
    """

    start: int
    end: int
    query: str
    kind: ItemKind | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row of the completion: what it stands for, and where that is (a path, or nothing)."""

    ref: ItemRef
    detail: str = ""


def mention_at(text: str, cursor: int) -> Mention | None:
    """Return the mention that ends at the cursor; None where none is being typed.

    An ``@`` within a word, as in an address, begins none.
    """
    found = _TYPED.search(text, max(0, cursor - _LONGEST), cursor)
    if found is None:
        return None
    typed = found[1]
    name, colon, query = typed.partition(":")
    kind = next((kind for kind in _NAMED if kind.value == name.casefold()), None)
    if colon and kind is not None:
        return Mention(found.start(), cursor, query, kind)
    return Mention(found.start(), cursor, typed)


def without(text: str, mention: Mention) -> tuple[str, int]:
    """Return the text without the mention, and the cursor's place in it."""
    before, after = text[: mention.start], text[mention.end :]
    if before[-1:] in ("", " ") and after.startswith(" "):
        after = after[1:]
    return before + after, len(before)


def refs_in(text: str) -> tuple[ItemRef, ...]:
    """Return the items that are written out in a text: "@file:a.py", "@folder:src", "@diff".

    A symbol's file is known only where it was chosen.
    """
    found = []
    for named, path, alone_ in _WRITTEN.findall(text):
        if alone_:
            found.append(ItemRef(ItemKind.DIFF))
        elif path := path.rstrip(".,;:!?)]\"'`"):
            found.append(ItemRef(ItemKind(named), path.rstrip("/")))
    return tuple(dict.fromkeys(found))


def alone(mention: Mention) -> list[ItemRef]:
    """Return the items without a name that the mention may become."""
    if mention.kind is not None:
        return []
    query = mention.query.casefold()
    return [ItemRef(kind) for kind in _ALONE if kind.value.startswith(query)]


def best_paths(paths: Iterable[str], query: str, limit: int) -> list[str]:
    """Return the paths that hold the query's letters in order, the closest matches first.

    A match of the name comes before one of the folders, a beginning before a middle, a piece before
    scattered letters, and a short path before a long one.
    """
    ranked = []
    wanted = query.casefold()
    for path in paths:
        rank = _rank(path.casefold(), wanted)
        if rank is not None:
            ranked.append((rank, len(path), path))
    return [path for _rank_, _length, path in sorted(ranked)[:limit]]


def _rank(path: str, wanted: str) -> int | None:
    name = path.rstrip("/").rpartition("/")[2]
    if name.startswith(wanted):
        return 0
    if path.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    if wanted in path:
        return 3
    return 4 if _has_in_order(name, wanted) else 5 if _has_in_order(path, wanted) else None


def _has_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
