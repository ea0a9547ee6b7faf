"""Traps that each language is known for, and the ways out of them.

Small models repeat code rather than see that a default value is shared by all calls. Each change
here is what somebody who knows the trap would try first; the failing test decides whether it was
that one.
"""

import logging
from dataclasses import replace
from functools import cache
from importlib import import_module

from spark_desktop.adapters.languages import Parsed
from spark_desktop.adapters.pitfalls.code import Code, Rule
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.trigger import Span

_log = logging.getLogger(__name__)
# Where the rules for a grammar stand. Most projects need one of them, and only once a test fails:
# all together take a tenth of a second to import.
_RULES = {
    "python": ("python", "RULES"),
    "javascript": ("script", "RULES"),
    "typescript": ("script", "RULES"),
    "tsx": ("script", "RULES"),
    "c": ("cpp", "C_RULES"),
    "cpp": ("cpp", "RULES"),
    "rust": ("rust", "RULES"),
    "go": ("go", "RULES"),
}
# Ways out of one trap that are tried: a function that falls into it everywhere is none.
_MOST_OF_ONE = 4


def pitfalls(parsed: Parsed, content: str, lines: Span, whole: str = "") -> tuple[SmallChange, ...]:
    """Return the changes within the lines, the likeliest first, each text once.

    What was parsed may be more than the content: ``whole`` begins with it, and is what it needs.
    Their ranks are below 0, each with its own but for ways out of one place that exclude one
    another: where two of these pass, the test does not say which was meant.
    """
    rules = _rules(parsed.grammar.name)
    code = Code(parsed.root, whole or content, lines)
    code.newline = dominant_newline(content)
    code.end = len(content)
    found: dict[str, tuple[tuple[int, int, int], SmallChange]] = {}
    for number, rule in enumerate(rules):
        for change in _of_one(rule, code):
            if change.end > len(content):
                continue
            after = change.applied(content)
            if after != content:
                alone = -1 if change.place >= 0 else len(found)
                found.setdefault(after, ((number, change.place, alone), change))
    groups: dict[tuple[int, int, int], list[SmallChange]] = {}
    for key, change in found.values():
        groups.setdefault(key, []).append(change)
    ranked = enumerate(groups.values(), -len(groups))
    return tuple(replace(change, rank=rank) for rank, group in ranked for change in group)


@cache
def _rules(grammar: str) -> tuple[Rule, ...]:
    if grammar not in _RULES:
        return ()
    module, name = _RULES[grammar]
    found: tuple[Rule, ...] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


def _of_one(rule: Rule, code: Code) -> tuple[SmallChange, ...]:
    """Return the ways out of one trap; none where the rule itself is wrong about the code."""
    found: list[SmallChange] = []
    try:
        for change in rule(code):
            # Ways out that exclude one another stay together.
            is_another = not found or change.place < 0 or change.place != found[-1].place
            if len(found) >= _MOST_OF_ONE and is_another:
                break
            found.append(change)
    except Exception:  # noqa: BLE001 - nobody foresees all code there is
        # It only offers more to try: the answer must not be lost to it.
        _log.exception("a rule for traps failed")
    return tuple(found)
