"""Failures as pytest, unittest and Python itself write them. The last place is the nearest."""

from collections.abc import Iterator, Sequence

from spark_desktop.domain.failure_formats.found import Found, end_of, indent_of, message_of, unique
from spark_desktop.domain.regex import regex

_SECTION = regex(r"=+ (?:FAILURES|ERRORS) =+$")
_RULE = regex(r"=+ .+ =+$")
_TITLE = regex(r"_+ (?:ERROR collecting |ERROR at (?:setup|teardown) of )?(.+?) _+$")
_CAPTURED = regex(r"-+ Captured .+ -+$")
_PLACE = regex(r"([^\s>].{0,400}?):(\d+): ?(?:in \S+|[A-Za-z_][\w.]*|assert .*)?(?::.*)?$")
_ERROR = regex(r"E(?:   |$)(.*)")
_SUMMARY = regex(r"(?:FAILED|ERROR) ([^\s:][^:]*?\.py(?:::.+?)?)(?: - (.*))?$")
_FILE = regex(r'\s*(?:[|+] *)*File "(.{1,400}?)", line (\d+)')
_HEAD = regex(r"\s*(?:[|+] *)*(?:Exception Group )?Traceback \(most recent call last\):")
_CHAINED = regex(r"\s*(?:During handling of the above|The above exception was)")
_UNITTEST = regex(r"(?:FAIL|ERROR): (\S+) \((.+?)\)")
_UNITTEST_END = regex(r"={20,}$|-{20,}$")
# Between two parts of a chain stand its sentence and two blank lines.
_GAP = 4


def pytest_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield what stands in pytest's sections of failures, and what only its summary names."""
    summary = {hit[1]: hit[2] or "" for line in lines if (hit := _SUMMARY.match(line)) is not None}
    told: set[str] = set()
    for number, line in enumerate(lines):
        if not _SECTION.match(line):
            continue
        rules = (n for n in range(number + 1, len(lines)) if _RULE.match(lines[n]))
        for found in _section(lines, number + 1, next(rules, len(lines)), summary):
            told.add(found.name)
            yield found
    for number, line in enumerate(lines):
        known = _SUMMARY.match(line)
        if known is not None and known[1] not in told:
            path = known[1].partition("::")[0]
            yield Found(known[1], known[2] or "", number, number + 1, ((path, 0),))


def unittest_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the failures of unittest's report."""
    for number, line in enumerate(lines):
        head = _UNITTEST.match(line)
        if head is None or number == 0 or not lines[number - 1].startswith("=" * 20):
            continue
        # A rule stands between head and traceback, and behind it.
        rule = end_of(lines, number + 1, _UNITTEST_END)
        end = end_of(lines, rule + 1, _UNITTEST_END)
        method, where = head[1], head[2]
        name = where if where.endswith(f".{method}") else f"{where}.{method}"
        parts = list(tracebacks(lines[rule + 1 : end]))
        if parts:
            yield Found(name, parts[-1].message, number, end, parts[-1].places)


def tracebacks(lines: Sequence[str]) -> Iterator[Found]:
    """Yield what Python wrote of each exception that nobody caught; a chain of them is one."""
    found: Found | None = None
    number = 0
    while number < len(lines):
        if not (_HEAD.match(lines[number]) or _FILE.match(lines[number])):
            number += 1
            continue
        part = _traceback(lines, number)
        number = max(part.end, number + 1)
        if found is not None and _is_chained(lines, found, part):
            part = Found(
                "", part.message, found.start, part.end, unique((*part.places, *found.places))
            )
        elif found is not None:
            yield found
        found = part
    if found is not None:
        yield found


def _section(
    lines: Sequence[str], start: int, end: int, summary: dict[str, str]
) -> Iterator[Found]:
    titles = [
        (number, hit[1])
        for number in range(start, end)
        if (hit := _TITLE.match(lines[number])) is not None and hit[1].strip("_ ")
    ]
    for place, (number, title) in enumerate(titles):
        stop = titles[place + 1][0] if place + 1 < len(titles) else end
        stop = next((n for n in range(number, stop) if _CAPTURED.match(lines[n])), stop)
        places = _places(lines[number + 1 : stop])
        said = [hit[1] for line in lines[number:stop] if (hit := _ERROR.match(line))]
        message = message_of(said)
        if not message:
            native = list(tracebacks(lines[number + 1 : stop]))
            message = native[-1].message if native else ""
        yield Found(_id_of(title, places, summary), message, number, stop, places)
    if not titles:
        yield from _lines_only(lines, start, end, summary)


def _lines_only(
    lines: Sequence[str], start: int, end: int, summary: dict[str, str]
) -> Iterator[Found]:
    """Yield the failures of ``--tb=line``: a place and a message, in the summary's order."""
    found = [(n, hit) for n in range(start, end) if (hit := _PLACE.match(lines[n])) is not None]
    names = list(summary) if len(summary) == len(found) else [""] * len(found)
    begin = start
    for (number, hit), name in zip(found, names, strict=True):
        message = lines[number][hit.end(2) + 1 :].strip()
        yield Found(name, message, begin, number + 1, ((hit[1], int(hit[2])),))
        begin = number + 1


def _places(lines: Sequence[str]) -> tuple[tuple[str, int], ...]:
    found = []
    for line in lines:
        hit = _FILE.match(line) or (None if line.startswith(("E ", ">")) else _PLACE.match(line))
        if hit is not None:
            found.append((hit[1], int(hit[2])))
    return unique(found[::-1])


def _id_of(title: str, places: Sequence[tuple[str, int]], summary: dict[str, str]) -> str:
    """Return the test's whole id from the summary, else its title."""
    name, bracket, rest = title.partition("[")
    wanted = name.replace(".", "::") + bracket + rest
    same = [one for one in summary if one.endswith(f"::{wanted}") or one == title]
    written = [path for path, _line in places]
    near = [one for one in same if any(p.endswith(one.partition("::")[0]) for p in written)]
    return next(iter(near or same), title)


def _traceback(lines: Sequence[str], start: int) -> Found:
    head = lines[start]
    base = indent_of(head) if _HEAD.match(head) else max(0, indent_of(head) - 2)
    number, places = start, []
    while number < len(lines):
        line = lines[number]
        hit = _FILE.match(line)
        if hit is not None:
            places.append((hit[1], int(hit[2])))
        elif number > start and indent_of(line) <= base:
            break
        number += 1
    # The exception, whose text may go on for some lines.
    end = number
    while end < len(lines) and end < number + _GAP * 2 and lines[end].strip():
        if end > number and (_HEAD.match(lines[end]) or _FILE.match(lines[end])):
            break
        end += 1
    return Found("", message_of(lines[number:end]), start, end, unique(places[::-1]))


def _is_chained(lines: Sequence[str], found: Found, part: Found) -> bool:
    between = lines[found.end : part.start]
    return len(between) <= _GAP and any(_CHAINED.match(line) for line in between)
