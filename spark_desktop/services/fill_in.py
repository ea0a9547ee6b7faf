"""A stub's body, asked for as what stands between the text before and after it."""

from dataclasses import dataclass, replace

from spark_desktop.domain.completion import InfillRequest
from spark_desktop.domain.fim import runs_on, trim_body
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.services.prompts import infill_request

# What begins the next definition, by what the file's name ends in. The engine ends there by itself,
# which is quicker than hearing the rest and cutting it off.
_NEXT_DEFINITION = {
    "py": ("def ", "class ", "@", "async def "),
    "rb": ("def ", "class ", "end"),
}
_BRACES = ("}",)


@dataclass(frozen=True, slots=True)
class FillIn:
    """The request, and how its answer becomes the function.

    ``head`` and ``tail`` are the function's text around the body.
    """

    request: InfillRequest
    head: str
    tail: str
    suffix: str

    def region(self, said: str, complete: bool) -> str:
        """Return the whole function with the body that ``said`` comes to.

        Its last line is left out where it is not ``complete``.
        """
        body = trim_body(said, self.request.prefix, self.suffix, complete=complete)
        return self.head + body.rstrip("\n") + self.tail

    def runs_on(self, said: str) -> bool:
        """Return whether the answer has gone on behind the end of the body."""
        lines, newline, _open = said.rpartition("\n")
        if not newline:
            return False
        return runs_on(lines, self.request.prefix, self.suffix)


def fill_in_of(stub: Stub) -> FillIn | None:
    """Return the fill-in, or None where the body shares a line with the signature."""
    if stub.body.start <= stub.lines.start:
        return None
    if not len(stub.body):
        stub = _with_line(stub)
    content = stub.snapshot.text.content
    lines = split_lines(content)
    if not len(stub.body):
        return None
    first = lines[stub.body.start]
    last = lines[stub.body.end - 1]
    if stub.name in first or "{" in first or "}" in last:
        return None
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    start = sum(len(line) for line in lines[: stub.body.start]) + len(indent)
    end = sum(len(line) for line in lines[: stub.body.end])
    end -= len(last) - len(last.rstrip("\r\n"))
    function = sum(len(line) for line in lines[: stub.lines.start])
    beyond = sum(len(line) for line in lines[: stub.lines.end])
    request = infill_request(content, start, end)
    stops = _stops(stub.snapshot.path, indent)
    return FillIn(
        request=replace(request, stop=stops),
        head=_plain(content[function:start]),
        tail=_plain(content[end:beyond]),
        suffix=_plain(content[end:]),
    )


def _with_line(stub: Stub) -> Stub:
    """Return a stub that is only described with an empty line as its body; others as they are."""
    text = stub.snapshot.text
    lines = split_lines(text.content)
    above = lines[: stub.body.start]
    if stub.body.start != stub.lines.end or not above[-1].strip():
        return stub
    if not above[-1].endswith(("\n", "\r")):
        above[-1] += "\n"
    indent = above[-1][: len(above[-1]) - len(above[-1].lstrip(" \t"))]
    content = "".join((*above, f"{indent}\n", *lines[stub.body.start :]))
    at, end = stub.body.start, stub.lines.end + 1
    return replace(
        stub,
        snapshot=replace(stub.snapshot, text=replace(text, content=content)),
        lines=Span(stub.lines.start, end),
        body=Span(at, at + 1),
    )


def without_rest(fill_in: FillIn) -> FillIn:
    """Return the fill-in for a model that takes what follows for what to write.

    Of eight stubs the 0.5B model answered six with a line of the next function, and none so where
    it was not shown that.
    """
    return replace(fill_in, request=replace(fill_in.request, suffix="\n"))


def _stops(path: str, indent: str) -> tuple[str, ...]:
    outer = indent[:-1] if indent.endswith("\t") else indent[: max(0, len(indent) - 4)]
    begins = _NEXT_DEFINITION.get(path.rpartition(".")[2], _BRACES)
    return tuple(f"\n{outer}{begin}" for begin in begins)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
