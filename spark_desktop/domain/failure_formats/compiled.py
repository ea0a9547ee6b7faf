"""Failures as Go, Rust, and compilers of C and C++ write them. The first place is the nearest."""

from collections.abc import Iterator, Sequence

from spark_desktop.domain.failure_formats.found import Found, end_of, message_of, unique
from spark_desktop.domain.regex import regex

_GO_TEST = regex(r"\s*--- FAIL: (\S+) \(")
_GO_END = regex(r"\s*--- |\s*=== |FAIL\b|ok  ?\s|PASS$|exit status ")
_GO_SAID = regex(r"\s+([\w./\\-]+\.go):(\d+): (.*)$")
_GO_FRAME = regex(r"\t((?:[A-Za-z]:)?[^\s:].{0,400}?\.go):(\d+)(?: \+0x|$)")
_GO_PANIC = regex(r"(?:panic|fatal error): (.+)$")
_GO_PACKAGE = regex(r"FAIL\t(\S+)")
_GO_ERROR = regex(r"(?:vet: )?((?:[A-Za-z]:)?[^\s:].{0,400}?\.go):(\d+):(\d+): (.+)$")
_GOROUTINE_END = regex(r"exit status |FAIL\b|panic: |fatal error: |goroutine (?!\d+ \[running)")
_RUST_TEST = regex(r"---- (.+) stdout ----$")
_RUST_END = regex(r"---- |failures:$|test result: ")
_PANIC = regex(r"thread '.*?'(?: \(\d+\))? panicked at (?:'(.*)', )?(\S.{0,400}?):(\d+):\d+:?$")
_RUST_FRAME = regex(r"\s+at (\S.{0,400}?\.rs):(\d+)(?::\d+)?$")
_RUST_NOTE = regex(r"note: |stack backtrace:|thread '|$")
_TRACE_END = regex(r"$")
# A line each, so that long lists of errors are read in linear time.
_RUST_ERROR_END = regex(r"$|error(?:\[E\d+\])?: ")
_RUST_ERROR = regex(r"error(?:\[E\d+\])?: (.+)$")
_ARROW = regex(r"\s*--> (\S.{0,400}?):(\d+):\d+$")
_ERROR = regex(
    r"((?:[A-Za-z]:)?[^\s:].{0,400}?)(?::(\d+):(?:\d+:)?|\((\d+)(?:,\d+)?\) ?:) "
    r"(?:fatal )?error(?: \w+)?: (.*)$"
)

# "prog: a.c:3: int main(): Assertion `x' failed." of glibc, "Assertion failed: (x), function main,
# file a.c, line 3." of the BSDs and macOS, "Assertion failed: x, file a.c, line 3" of Windows.
_GLIBC = regex(r"(?:.{0,200}?: )?(\S.{0,400}?):(\d+): .{0,400}?Assertion [`'](.+)' failed\.")
_ASSERTED = regex(r"Assertion failed: (.+?), (?:function .+?, )?file (.+), line (\d+)\.?$")


def assertions(lines: Sequence[str]) -> Iterator[Found]:
    """Yield what ``assert`` of C and C++ writes before it aborts."""
    for number, line in enumerate(lines):
        if (found := _GLIBC.match(line)) is not None:
            place, said = (found[1], int(found[2])), found[3]
        elif (found := _ASSERTED.match(line)) is not None:
            place, said = (found[2], int(found[3])), found[1]
        else:
            continue
        yield Found("", f"Assertion failed: {said}", number, number + 1, (place,))


def go_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield failed tests of Go, panics and what its compiler refused."""
    for number, line in enumerate(lines):
        test, panic, error = _GO_TEST.match(line), _GO_PANIC.match(line), _GO_ERROR.match(line)
        if test is not None:
            end = _end_of_test(lines, number)
            found = _go_block(lines, number, end, test[1])
        elif panic is not None:
            found = _go_block(lines, number, end_of(lines, number + 1, _GOROUTINE_END), "")
        elif error is not None:
            place = (error[1], int(error[2]))
            found = Found("", error[4], number, number + 1, (place,))
        else:
            continue
        if found is not None:
            yield found


def rust_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield failed tests of Rust, panics and what its compiler refused."""
    for number, line in enumerate(lines):
        test, error = _RUST_TEST.match(line), _RUST_ERROR.match(line)
        if test is not None:
            end = end_of(lines, number + 1, _RUST_END)
            found = _panic(lines, number, end, test[1])
        elif _PANIC.match(line):
            found = _panic(lines, number, _end_of_panic(lines, number), "")
        elif error is not None:
            found = _rust_error(lines, number, error[1])
        else:
            continue
        if found is not None:
            yield found


def compiler_errors(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the errors of compilers that write "a.c:3:5: error: …" or "a.c(3): error C1: …"."""
    for number, line in enumerate(lines):
        head = _ERROR.match(line)
        if head is None:
            continue
        end = number + 1
        while end < len(lines) and lines[end][:1].isspace():
            end += 1
        yield Found("", head[4], number, end, ((head[1], int(head[2] or head[3])),))


def _end_of_test(lines: Sequence[str], number: int) -> int:
    """Return where a test's lines end: those of a panic go on behind blank lines."""
    for place in range(number + 1, len(lines)):
        if _GO_END.match(lines[place]):
            return place
    return len(lines)


def _go_block(lines: Sequence[str], start: int, end: int, name: str) -> Found | None:
    said = [hit for line in lines[start:end] if (hit := _GO_SAID.match(line)) is not None]
    panics = [hit[1] for line in lines[start:end] if (hit := _GO_PANIC.match(line)) is not None]
    frames = [hit for line in lines[start:end] if (hit := _GO_FRAME.match(line)) is not None]
    places = unique([(hit[1], int(hit[2])) for hit in (*frames, *said)])
    if not places:
        return None
    message = message_of([*panics[:1], *(hit[3] for hit in said)])
    owner = end_of(lines, end, _GO_PACKAGE)
    package = _GO_PACKAGE.match(lines[owner]) if owner < len(lines) else None
    return Found(name, message, start, end, places, package[1] if package else "")


def _end_of_panic(lines: Sequence[str], number: int) -> int:
    end = end_of(lines, number + 1, _RUST_NOTE)
    if end < len(lines) and lines[end].startswith("stack backtrace"):
        end = end_of(lines, end, _TRACE_END)
    return end


def _panic(lines: Sequence[str], start: int, end: int, name: str) -> Found | None:
    places: list[tuple[str, int]] = []
    message = ""
    for number in range(start, end):
        panic, frame = _PANIC.match(lines[number]), _RUST_FRAME.match(lines[number])
        if panic is not None:
            places.append((panic[2], int(panic[3])))
            # Since Rust 1.73 the message stands on the lines below.
            below = lines[number + 1 : end_of(lines, number + 1, _RUST_NOTE)]
            message = message or panic[1] or message_of(below)
        elif frame is not None:
            places.append((frame[1], int(frame[2])))
    return Found(name, message, start, end, unique(places)) if places else None


def _rust_error(lines: Sequence[str], start: int, message: str) -> Found | None:
    end = end_of(lines, start + 1, _RUST_ERROR_END)
    arrows = [hit for line in lines[start:end] if (hit := _ARROW.match(line)) is not None]
    places = unique([(hit[1], int(hit[2])) for hit in arrows])
    return Found("", message, start, end, places) if places else None
