"""What a check of the project shows of a proposal, by its result before and after. Pure.

Only what is new counts: a project may have failing tests and old findings, which are not the
proposal's fault.
"""

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

from spark_desktop.domain.detected_checks import DetectedCheck, Stage, below
from spark_desktop.domain.project_checks import (
    NotRun,
    Outcome,
    Ran,
    evidence_of,
    findings,
    first_line,
    found_in,
    plain,
)
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_lines import without_secrets
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import joined, say

# Rows of the text before and of the one after.
Change = tuple[frozenset[int], frozenset[int]]
# Characters of a report: a page or two for a model with a small context.
REPORT = 4000
# How the runners of tests name the one that failed: pytest, unittest, cargo, go, TAP, node, vitest,
# jest, mocha, GoogleTest, Catch2, doctest, and our own for examples.
_FAILED = tuple(
    regex(pattern, re.MULTILINE)
    for pattern in (
        r"^(?:FAILED|ERROR) ([^\s([]+\[.*?\]|[^\s(]\S*(?: [^-\s]\S*)*?)(?: - .*)?$",
        r"^(?:FAIL|ERROR): ([\w.]+ \([\w.<>]+\))",
        r"^test (\S+) \.\.\. FAILED$",
        r"^---- (.+?)(?: \(line \d+\))? stdout ----$",
        r"^\s*--- FAIL: (\S+)",
        # Packages and files of which no test ran, since they were not built or imported.
        r"^FAIL\s+(\S+ \[(?:build|setup) failed\])$",
        r"^\s*FAIL +(\S+ \[ .+ \])$",
        r"^\s*not ok \d+ - (?!.* # (?:TODO|SKIP)\b)(.+)$",
        r"^\s*\u2716 (?!\d+ problems?\b| *\d+:\d+ |failing tests:$)(.+?)(?: \([\d.]+ms\))?$",
        r"^\s*(?:\u00d7|FAIL) +(\S+ > .+?)(?: \d+ms)?$",
        r"^\s*● (?!Console$)(.+)$",
        r"^ {2}\d+\) (\S.*(?:\n {7,}\S.*){0,8}):$",
        # What is said of it stands between its beginning and its end.
        r"^\[ RUN      \] (\S+)$(?=(?:\n(?!\[ RUN ).*)*\n\[  FAILED  \] \1\b)",
        r"^-{60,}\n(\S.*(?:\n {2}.*)*)\n-{60,}\n\S.*\d+\)?\n\.{60,}$",
        r"^TEST CASE:  (.+(?:\n {2}\S.*)*)$",
    )
)
_PASSED = tuple(
    regex(pattern, re.MULTILINE)
    for pattern in (
        r"^\s*Tests:? .*?(\d+) passed",
        r"^(?:\[doctest\] )?test cases: .*?(\d+) passed",
        r"^All tests passed \(.* in (\d+) test cases?\)",
        r"^\[  PASSED  \] (\d+) tests?\.",
        r"^ +(\d+) passing \(",
        r"(?:^|\s)(\d+) passed",
        r"^Ran (\d+) tests?",
        r"^[#\u2139] pass (\d+)",
        r"^(\d+) examples$",
    )
)
_GO_PASSED = regex(r"^\s*--- PASS: ", re.MULTILINE)
# What a function says that is still to be written.
_STUB = regex(r"NotImplementedError|[Nn]ot (?:yet )?implemented|\bunimplemented\b|TODO")
# What a test says of a function that returns nothing, since its body is still empty.
_NOTHING_YET = regex(
    r"^\s*(?:E  |FAILED |\w*Error\b|Got:?|Received:).*\b(?:None|NoneType|undefined)\b"
    r"|^\s*Got nothing$",
    re.MULTILINE,
)
_ERROR = regex(r"^\s*\w*(?:Error|Exception): .+", re.MULTILINE)
# How programs that are no known runner of tests say that one failed: what it threw, or in words.
_THROWN = regex(
    r"^[ \t]+at \S.*:\d+:\d+\)?$|^Node\.js v\d|^[^\w\n]*fail\w*\b|"
    r"\b[1-9]\d* (?:\w+ )?fail(?:ed|ing|ures?)\b",
    re.MULTILINE | re.IGNORECASE,
)
_NOT_COMPILED = regex(r"^(\S.*?)(?:\(\d+,\d+\): |:\d+:\d+ - )error TS\d+", re.MULTILINE)
# Where a run ended before its tests did; those that it did not come to have not failed.
_BROKE_OFF = regex(
    r"^panic: |\(signal: \d+|^!+ (?:stopping after|Interrupted|_pytest\.outcomes\.Exit)"
    r"|^INTERNALERROR>|^Fatal Python error: |\bcore dumped\b|\bSegmentation fault\b",
    re.MULTILINE,
)
_NOTHING = regex(
    r"^Ran 0 tests|^NO TESTS RAN|^running 0 tests|^[#\u2139] tests 0$|"
    r"^\?\s+\S+\s+\[no test files\]",
    re.MULTILINE,
)
_RULE = regex(r":\d+:\d+: ([A-Z]+\d+)\b")
# Rules about how code is laid out and named: a person may still want the change.
_STYLE = ("E1", "E2", "E3", "E5", "W1", "W2", "W3", "W6", "I0", "D1", "D2", "D3", "D4")
_MORE_STYLE = ("Q0", "COM", "ANN", "N8", "ERA", "TD0", "FIX", "T20", "RUF10", "PLR", "C90")


def judged(
    check: DetectedCheck,
    before: Outcome | None,
    after: Outcome,
    about: Collection[str] = (),
) -> Check:
    """Return what a check shows; ``before`` is None where it was not needed, or there is no text.

    ``about`` are the tests of what is changed: one of these that fails as before says that the
    change does not do what it should.

    What newly fails withholds, but for a linter's rules of style, which are advice. What could not
    be run passes, with a note; what does not come to its end any more fails.
    """
    if isinstance(after, NotRun):
        return _without_result(check, before, after)
    if check.stage >= Stage.EXAMPLES:
        return _of_tests(check, before, after, about)
    found = evidence_of(check.label, before, after, withholds=True)
    if found.passed:
        return found
    detail = found.detail
    if check.stage is Stage.COMPILES and (error := _ERROR.search(plain(after.output))):
        detail = error[0].strip()
    is_style = check.stage is Stage.LINTS and _is_style(before, after)
    return Check(check.label, False, detail, is_style, report_of(after.output))


def lingering(before: Outcome | None, after: Outcome, path: str, change: Change) -> str:
    """Return the first finding of the changed lines where these have as many as before.

    "" where some are gone, or there were none.
    """
    if (
        not isinstance(before, Ran)
        or not isinstance(after, Ran)
        or not (before.code and after.code)
    ):
        return ""
    old, new = change
    known, found = found_in(before.output, path, old), found_in(after.output, path, new)
    return found[0] if known and len(found) >= len(known) else ""


def changed_rows(before: str, after: str) -> Change:
    """Return the rows, from 0, that a change takes away or rewrites, and those that it brings."""
    old, new = split_lines(before), split_lines(after)
    first, last = 0, 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    # Comparing whole long files would take seconds.
    middle = (old[first : len(old) - last], new[first : len(new) - last])
    matcher = SequenceMatcher(None, *middle, autojunk=False)
    parts = [one for one in matcher.get_opcodes() if one[0] != "equal"]
    gone = {first + row for _, start, end, _, _ in parts for row in range(start, end)}
    come = {first + row for _, _, _, start, end in parts for row in range(start, end)}
    return frozenset(gone), frozenset(come)


def needs_before(check: DetectedCheck, after: Outcome) -> bool:
    """Return whether the result before is needed to judge the one after."""
    if isinstance(after, NotRun):
        return after.over_limit
    if check.stage >= Stage.EXAMPLES:
        # Tests that pass prove something only where they did not pass before, and where none run
        # there may have been some. Examples are documentation, which may have none.
        return check.stage is Stage.TESTS or not _ran_nothing(check, after)
    return after.code != 0


def report_of(output: str) -> str:
    """Return the end of an output, in whole lines, for the model's next attempt.

    Lines that may hold a secret are masked.
    """
    # Looking through all of a long one would take tens of milliseconds; a key is shorter than this.
    text = without_secrets(plain(output).strip()[-4 * REPORT :])
    if len(text) <= REPORT:
        return text
    end = text[-REPORT:]
    return f"…\n{end.partition(chr(10))[2] or end}"


def failed_tests(output: str) -> dict[str, str]:
    """Return the names of the tests that failed, in their order, with what is said of each."""
    text = plain(output)
    marks = sorted(
        (match.start(), " ".join(match[1].split()))
        for one in _FAILED
        for match in one.finditer(text)
    )
    found: dict[str, str] = {}
    for place, (start, name) in enumerate(marks):
        end = marks[place + 1][0] if place + 1 < len(marks) else len(text)
        found[name] = found.get(name, "") + text[start:end]
    return found


def passed_tests(output: str) -> int | None:
    """Return how many tests passed by what the runner says; None where it does not say."""
    text = plain(output)
    for pattern in _PASSED:
        if counts := pattern.findall(text):
            return sum(int(count) for count in counts)
    found = len(_GO_PASSED.findall(text))
    return found or None


def _without_result(check: DetectedCheck, before: Outcome | None, after: NotRun) -> Check:
    if after.over_limit and isinstance(before, Ran):
        detail = say("it came to its end before: {reason}", reason=after.reason)
        return Check(check.label, False, detail, report=str(after.reason))
    return Check(check.label, True, after.reason)


def _of_tests(
    check: DetectedCheck, before: Outcome | None, after: Ran, about: Collection[str]
) -> Check:
    if _ran_nothing(check, after):
        if check.stage is Stage.TESTS and isinstance(before, Ran) and _ran_some(before):
            detail = say("No test runs with the answer, and before there were some.")
            return Check(check.label, False, detail, report=report_of(after.output))
        return Check(check.label, True, say("no tests ran"))
    known = failed_tests(before.output) if isinstance(before, Ran) and before.code else {}
    failed = failed_tests(after.output) if after.code else {}
    broke_off = after.code != 0 and _BROKE_OFF.search(plain(after.output)) is not None
    mended = [] if broke_off else [one for one in known if one not in failed]
    news = say("%n that failed before pass now", "", len(mended)) if mended else ""
    if after.code == 0:
        passed = passed_tests(after.output)
        counted = say("%n passed", "", passed) if passed is not None else say("passed")
        # What passed before as well does not ask for the change; of a new file it could not.
        proves = not check.is_mixed or bool(passed)
        if before is not None:
            proves = isinstance(before, Ran) and before.code != 0 and _failed_by_test(check, before)
        return Check(check.label, True, joined((counted, news), ", "), proves=proves)
    if isinstance(before, NotRun):
        return Check(check.label, True, say("not compared: {reason}", reason=before.reason))
    new = [one for one in failed if one not in known or _is_no_stub(known[one], failed[one])]
    is_as_before = before is not None and before.code and not new and (failed or not known)
    if is_as_before and before is not None and not failed:
        # Of a runner that names no tests all that was said is compared.
        is_as_before = not _is_no_stub(plain(before.output), plain(after.output))
    if is_as_before and (still := [one for one in failed if one in about]):
        # It says what the function is to do; the user may have written it for this very change.
        detail = say("still fails: {line}", line=still[0])
        report = report_of(after.output)
        return Check(check.label, False, detail, report=report, proves=True, waits=True)
    if is_as_before:
        told = say("fails as before: {line}", line=_line(failed, after.output))
        return Check(check.label, True, joined((news, told), "; "), proves=bool(mended))
    detail = say("fails: {line}", line=_line(new or failed, after.output))
    return Check(check.label, False, detail, report=report_of(after.output), proves=True)


def _failed_by_test(check: DetectedCheck, before: Ran) -> bool:
    """Return whether it was a test that failed, where also a linter or a compiler may have."""
    if not check.is_mixed:
        return True
    text = plain(before.output)
    if not_compiled := _NOT_COMPILED.findall(text):
        # A test may name what is not there yet; a stub that does not compile says nothing.
        tests = {below(one, check.folder) for one in check.about}
        return any(one.replace("\\", "/") in tests for one in not_compiled)
    return bool(failed_tests(text)) or _THROWN.search(text) is not None


def _is_no_stub(before: str, after: str) -> bool:
    """Return whether a test failed since its function was not written, and fails though it is."""
    return any(
        one.search(before) is not None and one.search(after) is None
        for one in (_STUB, _NOTHING_YET)
    )


def _line(names: Iterable[str], output: str) -> str:
    if name := next(iter(names), ""):
        return name
    # The first line of what Node throws is only where.
    error = _ERROR.search(plain(output))
    return error[0].strip() if error else first_line(output)


def _ran_nothing(check: DetectedCheck, after: Ran) -> bool:
    """Return whether a runner found no test at all, which says nothing about the change."""
    if check.stage < Stage.EXAMPLES:
        return False
    # unittest ends with 5 as well, since Python 3.12.
    if after.code not in (0, 5):
        return False
    if check.label in ("pytest", "doctest") and after.code == 5:
        return True
    text = plain(after.output)
    return _NOTHING.search(text) is not None and not passed_tests(text)


def _ran_some(outcome: Ran) -> bool:
    return bool(passed_tests(outcome.output) or failed_tests(outcome.output))


def _is_style(before: Outcome | None, after: Ran) -> bool:
    known = set(findings(before.output)) if isinstance(before, Ran) else set()
    new = [one for one in findings(after.output) if one not in known]
    rules = [match[1] for one in new if (match := _RULE.search(one))]
    return len(rules) == len(new) > 0 and all(
        rule.startswith((*_STYLE, *_MORE_STYLE)) for rule in rules
    )
