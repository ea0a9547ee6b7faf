"""Which rules of a lexer can match at a character: so that the others need not be tried.

Pygments tries the rules of a state one after the other, for Python thirty at each token, of which
most begin with a letter or a mark that is not there. What a rule can begin with is read off its
pattern; where that is not clear, the rule counts as one that can begin with anything.
"""

import time
from re import IGNORECASE, Pattern
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:
    # Python's own and no promise: without it every rule is tried, as Pygments does.
    _parser = None

# Of 7-bit characters, one bit each; other characters always have all rules tried.
_SIZE = 128
_ANY = (1 << _SIZE) - 1
# Unicode counts these as spaces, ASCII does not.
_UNCLEAR = range(0x1C, 0x20)

Rule = tuple[Any, Any, Any]


class RuleTables:
    """The rules of a lexer's states, by the character that they may begin with.

    A rule is what Pygments keeps: the ``match`` of a pattern, an action, a change of state. To
    read the patterns of Python takes 25 ms in all; until that is done, all rules are tried.
    """

    def __init__(self, states: dict[str, list[Rule]]) -> None:
        self._states = states
        self._tables: dict[str, list[list[Rule]]] = {}
        # What the rules of a state that was met may begin with, as far as they were looked at.
        self._wanted: dict[str, list[int]] = {}

    def rules(self, state: str, character: str) -> list[Rule]:
        """Return the rules of a state that may match at a character, in the lexer's order."""
        table = self._tables.get(state)
        if table is None:
            self._wanted.setdefault(state, [])
            return self._states[state]
        code = ord(character)
        return table[code] if code < _SIZE else self._states[state]

    def prepare(self, until: float) -> None:
        """Look at one rule, and at more until ``until`` by the clock; a rule takes 0 to 2 ms."""
        while self._wanted:
            state, found = next(iter(self._wanted.items()))
            rules = self._states[state]
            if len(found) == len(rules):
                self._tables[state] = _by_first_character(rules, found)
                del self._wanted[state]
                continue
            found.append(_first_of(rules[len(found)][0]))
            if time.perf_counter() >= until:
                return


def _by_first_character(rules: list[Rule], sets: list[int]) -> list[list[Rule]]:
    """Return for each character of ASCII the rules whose set has it, in order."""
    # Most characters share their rules with others.
    known: dict[tuple[bool, ...], list[Rule]] = {}
    tables = []
    for code in range(_SIZE):
        chosen = tuple(bool(mask >> code & 1) for mask in sets)
        if chosen not in known:
            known[chosen] = [rule for rule, is_in in zip(rules, chosen, strict=True) if is_in]
        tables.append(known[chosen])
    return tables


def _first_of(match: Any) -> int:
    pattern = getattr(match, "__self__", None)
    if _parser is None or not isinstance(pattern, Pattern) or not isinstance(pattern.pattern, str):
        return _ANY
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    mask, may_be_empty = _of_sequence(parsed, parsed.state.flags)
    return _ANY if may_be_empty else mask


def _of_sequence(items: Any, flags: int) -> tuple[int, bool]:
    """Return the first characters of a sequence, and whether it may match nothing."""
    mask = 0
    for operation, value in items:
        first, may_be_empty = _of_item(operation, value, flags)
        mask |= first
        if not may_be_empty:
            return mask, False
    return mask, True


def _of_item(operation: Any, value: Any, flags: int) -> tuple[int, bool]:
    match str(operation):
        case "LITERAL":
            return _of_set([(operation, value)], flags), False
        case "IN":
            return _of_set(value, flags), False
        case "AT" | "ASSERT" | "ASSERT_NOT":
            # They take no character; what follows says with which one it can begin.
            return 0, True
        case "BRANCH":
            found = [_of_sequence(branch, flags) for branch in value[1]]
            mask = 0
            for first, _ in found:
                mask |= first
            return mask, any(may_be_empty for _, may_be_empty in found)
        case "SUBPATTERN":
            _group, added, removed, items = value
            return _of_sequence(items, (flags | added) & ~removed)
        case "ATOMIC_GROUP":
            return _of_sequence(value, flags)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _most, items = value
            mask, may_be_empty = _of_sequence(items, flags)
            return mask, may_be_empty or least == 0
    return _ANY, False


def _of_set(items: list[tuple[Any, Any]], flags: int) -> int:
    mask, is_negated = 0, False
    for operation, value in items:
        match str(operation):
            case "NEGATE":
                is_negated = True
            case "LITERAL":
                mask |= _bits(value, value, flags)
            case "RANGE":
                mask |= _bits(value[0], value[1], flags)
            case "CATEGORY":
                mask |= _CATEGORIES.get(str(value), _ANY)
            case _:
                return _ANY
    if not is_negated:
        return mask
    # Each bit says "may match", which cannot simply be turned round where it is not certain.
    if flags & IGNORECASE or any(str(operation) == "CATEGORY" for operation, _ in items):
        return _ANY if flags & IGNORECASE else _ANY & ~mask | _bits(0x1C, 0x1F, 0)
    return _ANY & ~mask


def _bits(low: int, high: int, flags: int) -> int:
    if flags & IGNORECASE:
        if high >= _SIZE:
            # Some of these are other forms of letters of ASCII.
            return _ANY
        return _bits(low, high, 0) | _swapped(_bits(low, high, 0))
    high = min(high, _SIZE - 1)
    return ((1 << (high + 1)) - 1) & ~((1 << low) - 1) if low <= high else 0


def _swapped(mask: int) -> int:
    found = 0
    for code in range(_SIZE):
        if mask >> code & 1:
            found |= 1 << ord(chr(code).swapcase())
    return found


def _where(is_in: Any) -> int:
    return sum(1 << code for code in range(_SIZE) if code in _UNCLEAR or is_in(chr(code)))


_CATEGORIES = {
    "CATEGORY_DIGIT": _where(str.isdigit),
    "CATEGORY_NOT_DIGIT": _where(lambda c: not c.isdigit()),
    "CATEGORY_SPACE": _where(str.isspace),
    "CATEGORY_NOT_SPACE": _where(lambda c: not c.isspace()),
    "CATEGORY_WORD": _where(lambda c: c.isalnum() or c == "_"),
    "CATEGORY_NOT_WORD": _where(lambda c: not (c.isalnum() or c == "_")),
}
