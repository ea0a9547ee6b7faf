"""Whether an answer to "write a test" has one more, and keeps those that there are. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from spark_desktop.domain.assertions import asserts
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.shown_cases import is_written_out
from spark_desktop.domain.test_definitions import Case, cases_in, is_script
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import Said, say

# New in a test that was there, these lines end it or keep it from running.
_SWITCHED_OFF = regex(
    r"^(?:@|#?\[).*\b(?:skip\w*|xfail|disabled|ignore)\b|^return;?$|\bGTEST_SKIP\b"
    r"|\b(?:pytest|self|this|t|tb)\.(?:skip\w*|xfail|markTestSkipped)\s*\(",
    re.IGNORECASE,
)
# What runs alone keeps the others from running.
_ALONE = regex(r"\s*(?:(?:it|test|describe|context|suite)\.only\b|f(?:it|describe)\s*\(\s*[\"'`])")
_DEFINES = (
    r"^(?:(?:async\s+)?def|class)\s+{name}\b"
    r"|^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*{name}\b"
    r"|^(?:export\s+)?(?:const|let|var)\s+{name}\s*=\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*=>)"
    r"|^func\s+{name}\b|^(?:pub\s+)?fn\s+{name}\b"
)


def adds_test(path: str, before: str, after: str, name: str) -> Check | None:
    """Return as evidence whether a file of tests has a new one that names ``name``.

    And whether all that were there are as they were, but for cases and statements that were added
    to them. ``name`` is "" where it is not known. None where that cannot be told: the language's
    tests are not known, or the file has none in a form that is.
    """
    old, new = cases_in(path, before), cases_in(path, after)
    if old is None or new is None:
        return None
    kept, left = _kept(old, new)
    reason = _gone(old, kept, new) or _silenced(path, before, after)
    if reason is None:
        grown = [now for was, now in zip(old, kept, strict=True) if now and not _is_same(now, was)]
        added = [one.text for one in (*left, *grown)]
        if not old and not added:
            if before.strip() and not _asserted(before):
                return None
            added = _stated(before, after)
        reason = _missing(before, after, added, _to_name(name, old))
    return Check(say("adds a test"), reason is None, reason or "")


def _kept(old: Sequence[Case], new: Sequence[Case]) -> tuple[list[Case | None], list[Case]]:
    """Return what has become of each test, None where it is not there as it was, and the others.

    Names need not be unique: of those of one name the same lines are looked for first.
    """
    left: dict[str, list[Case]] = {}
    for one in new:
        left.setdefault(one.name, []).append(one)
    found: list[Case | None] = [None] * len(old)
    for fits in (_is_same, _holds):
        for place, was in enumerate(old):
            alike = left.get(was.name, [])
            if found[place] is None:
                found[place] = next((one for one in alike if fits(one, was)), None)
                alike[:] = [one for one in alike if one is not found[place]]
    return found, [one for alike in left.values() for one in alike]


def _is_same(now: Case, was: Case) -> bool:
    return (now.marks, now.lines) == (was.marks, was.lines)


def _holds(now: Case, was: Case) -> bool:
    """Return whether a test has all lines of an earlier one in their order, and still runs.

    A decorator that lists cases may have more of them, and other lines for that.
    """
    if not _are_in(was.lines, now.lines) or not _are_in(_tokens(was.marks), _tokens(now.marks)):
        return False
    added = Counter(now.marks + now.lines) - Counter(was.marks + was.lines)
    return not any(_SWITCHED_OFF.search(line) for line in added)


def _are_in(some: Sequence[str], others: Sequence[str]) -> bool:
    rest = iter(others)
    return all(one in rest for one in some)


def _tokens(lines: Sequence[str]) -> list[str]:
    return re.findall(r"\w+|[^\w\s,]", "\n".join(lines))


def _gone(old: Sequence[Case], kept: Sequence[Case | None], new: Sequence[Case]) -> Said | None:
    names = Counter(one.name for one in new)
    for was, now in zip(old, kept, strict=True):
        if now is None and names[was.name]:
            return say("The answer changes {test}, which was to stay as it is.", test=was.name)
        if now is None:
            return say("With the answer {test} is gone, which was to stay.", test=was.name)
    return None


def _silenced(path: str, before: str, after: str) -> Said | None:
    """Return what keeps tests from telling what they told, whatever form they have."""
    if lost := _asserted(before) - _asserted(after):
        line = next(iter(lost))
        return say("With the answer {test} is gone, which was to stay.", test=line)
    known = {line.strip() for line in split_lines(before)}
    for line in split_lines(after) if is_script(path) else ():
        if _ALONE.match(line) and line.strip() not in known:
            return say("With the answer {test} alone would run.", test=line.strip())
    return None


def _stated(before: str, after: str) -> list[str]:
    """Return what a script, which has no tests but its assertions, got beside more of these."""
    if not _asserted(after) > _asserted(before):
        return []
    known = set(split_lines(before))
    return ["".join(line for line in split_lines(after) if line not in known)]


def _missing(before: str, after: str, added: Sequence[str], name: str) -> Said | None:
    if not added:
        return say("The answer adds no test.")
    if not name:
        return None
    # A copy in the tests would be what they test.
    own = re.compile(_DEFINES.format(name=re.escape(name)), re.MULTILINE)
    if own.search(after) and not own.search(before):
        return say("The answer defines {name} itself, instead of testing it.", name=name)
    if not any(_plain(name) in _plain(one) for one in added):
        return say("No new test names {name}.", name=name)
    return None


def _to_name(name: str, old: Sequence[Case]) -> str:
    """Return the name that a test has to speak of; "" for one that need not be written out.

    Who asks in a test for another one means what that tests.
    """
    bare = name.rpartition("::")[2]
    is_test = any(re.split(r"[.\s,]+", one.name)[-1] == bare for one in old)
    return bare if bare and is_written_out(bare) and not is_test else ""


def _asserted(content: str) -> Counter[str]:
    return Counter(line.strip() for line in split_lines(content) if asserts(line))


def _plain(text: str) -> str:
    """Return a text in which a name is the same in every way to write it: test_top, TestTop."""
    return text.replace("_", "").lower()
