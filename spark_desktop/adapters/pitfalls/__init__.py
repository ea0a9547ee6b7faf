"""Traps that each language is known for, and the ways out of them.

Small models repeat code rather than see that a default value is shared by all calls. Each change
here is what somebody who knows the trap would try first; the failing test decides whether it was
that one.
"""

from dataclasses import replace

from spark_desktop.adapters.languages import Parsed
from spark_desktop.adapters.pitfalls.code import Code, Rule
from spark_desktop.adapters.pitfalls.python import RULES as PYTHON
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.trigger import Span

_RULES: dict[str, tuple[Rule, ...]] = {"python": PYTHON}
# Ways out of one trap that are tried: a function that falls into it everywhere is none.
_MOST_OF_ONE = 4


def pitfalls(parsed: Parsed, content: str, lines: Span) -> tuple[SmallChange, ...]:
    """Return the changes within the lines, the likeliest first, each text once.

    Their ranks are below 0, each trap with its own: two that pass are not two slips that are as
    likely, the first is taken.
    """
    rules = _RULES.get(parsed.grammar.name, ())
    code = Code(parsed.root, content, lines)
    found: dict[str, SmallChange] = {}
    for rank, rule in enumerate(rules, -len(rules)):
        for number, change in enumerate(rule(code)):
            if number == _MOST_OF_ONE:
                break
            after = change.applied(content)
            if after != content:
                found.setdefault(after, replace(change, rank=rank))
    return tuple(found.values())
