"""A key of the dictionaries that a function of Python makes, which has another name now. Pure."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.regex import regex

# Words of a name that say nothing of what is made, or of far too much.
_NOTHING = regex(
    r"a|all|and|as|by|build|built|collect|create|data|default|dict|dictionary|entry|fetch|find|"
    r"for|from|get|in|info|into|item|json|line|list|load|make|new|next|obj|object|of|on|one|out|"
    r"parse|read|result|row|self|serialize|state|the|to|value|with|write|"
    r"arg|body|context|event|header|kwarg|message|msg|option|param|payload|request|response"
)
_PART = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key before and after, the ``others`` beside it, and the ``words`` of what is made.

    One that ``is_shared`` is a key of other dictionaries of the workspace, too.
    """

    old: str
    new: str
    others: frozenset[str]
    words: frozenset[str]
    maker: str = ""
    is_shared: bool = False

    @property
    def all(self) -> frozenset[str]:
        """Return all keys of such a dictionary, as they were."""
        return self.others | {self.old}


def key_change(before: Defined, after: Defined) -> KeyChange | None:
    """Return the one key that has another name in all dictionaries that a definition makes.

    None where the values changed with it, where the key before is named there still, or where
    something else became of the keys.
    """
    kind = before.definition.kind
    is_made = kind == "constant" or (before.parameters is not None and kind != "class")
    if not is_made or before.text == after.text or not before.path.endswith((".py", ".pyi")):
        return None
    old, new = _parsed(before.text), _parsed(after.text)
    here, there = list(_entries(old)), list(_entries(new))
    if len(here) != len(there):
        return None
    pairs = set()
    for (key, value), (other, now) in zip(here, there, strict=True):
        if key != other:
            if value != now:
                return None
            pairs.add((key, other))
    if len(pairs) != 1:
        return None
    ((gone, come),) = pairs
    is_named = any(isinstance(one, ast.Constant) and one.value == gone for one in ast.walk(new))
    keys = frozenset(key for key, _ in here)
    if is_named or come in keys or not come or len(keys) < 2:
        return None
    words = words_of(before.name)
    if not words and before.container:
        words = words_of(before.container)
    return KeyChange(gone, come, keys - {gone}, words, before.name)


def words_of(name: str) -> frozenset[str]:
    """Return what a name is about: its last word that says something, as one of its kind."""
    words = [single(word.lower()) for word in _PART.findall(name)]
    told = [word for word in words if not _NOTHING.fullmatch(word) and len(word) > 2]
    return frozenset(told[-1:])


def single(word: str) -> str:
    """Return a word that stands for several as it is called for one."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(?:s|x|z|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return ast.Module([], [])


def _entries(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the keys of the dictionaries that are made, in order, with their values as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, ast.dump(value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                key = target.slice if isinstance(target, ast.Subscript) else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, ast.dump(node.value)
