"""A function of Go that takes a context now: the one that its caller has. Pure."""

import re

from spark_desktop.domain.call_changes import SignatureChange
from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.go_calls import GoCall, call_of, results_around
from spark_desktop.domain.go_imports import imported
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_CONTEXT = "context.Context"
_TAKEN = regex(r"\b(\w+) context\.Context\b")
_REQUEST = regex(r"\b(\w+) \*http\.Request\b")
_TEST = regex(r"\*testing\.[TBF]\b|\btesting\.TB\b")
# Where it was made for the whole of the function.
_MADE = regex(r"^\t(ctx)(?:, \w+)* :?= ", re.MULTILINE)


def context_edits(
    one: Occurrence, file: FileNames, signature: SignatureChange
) -> tuple[TextEdit, ...] | None:
    """Return the edits that pass a context in front of the arguments; None where there is none.

    Only where that is all that changed. A test, and the program itself, begin with a new one.
    """
    new = signature.new
    is_added = bool(new) and new[0].type == _CONTEXT and new[1:] == signature.old
    call = call_of(one, file) if file.language == "go" and is_added else None
    if call is None or one.call is None or any(arg.is_spread for arg in one.call.arguments[:1]):
        return None
    given = _at_hand(call)
    edits: tuple[TextEdit, ...] = ()
    if given is None and _begins(call):
        given = "context.Background()"
        edit = imported(file.content, "context")
        edits = () if edit is None else (edit,)
    if given is None:
        return None
    first = next(iter(one.call.arguments), None)
    if first is None:
        return (*edits, TextEdit(one.call.start, one.call.start, given))
    return (*edits, TextEdit(first.start, first.start, f"{given}, "))


def _at_hand(call: GoCall) -> str | None:
    """Return the context of the function around, or of the request that it answers."""
    parameters, _ = results_around(call)
    # A function without a name that is around has its own, which is the nearer one.
    taken = _TAKEN.findall(call.head)
    if taken and len(set(taken)) == 1 and taken[0] != "_":
        return str(taken[0])
    if taken:
        return None
    made = _MADE.search(call.head)
    if made is not None:
        return made[1]
    request = _REQUEST.search(parameters)
    return f"{request[1]}.Context()" if request is not None and request[1] != "_" else None


def _begins(call: GoCall) -> bool:
    """Return whether nobody could give the function around a context."""
    parameters, _ = results_around(call)
    is_main = re.match(r"func\s+main\(\)", call.head) is not None
    return is_main or _TEST.search(parameters) is not None
