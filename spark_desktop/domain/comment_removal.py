"""Takes the comment that asked for a change out of the text that is sent and written."""

from spark_desktop.domain.ai_comment import parse_ai_comment
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import EditComment, Span


def without_comment(trigger: EditComment) -> tuple[str, Span]:
    """Return the file's content without the comment, and where the comment stood (no lines).

    Lines that hold only the comment go; code before a comment at the end of a line stays, and the
    returned span then covers that line.
    """
    content = trigger.snapshot.text.content
    lines = split_lines(content)
    span = trigger.lines
    first = lines[span.start] if span.start < len(lines) else ""
    kept = _code_before(first, "".join(lines[span.start + 1 : span.end]), trigger.instruction)
    if kept:
        ending = first[len(first.rstrip("\r\n")) :]
        lines[span.start : span.end] = [kept + ending]
        return "".join(lines), Span(span.start, span.start + 1)
    del lines[span.start : span.end]
    return "".join(lines), Span(span.start, span.start)


def _code_before(first: str, rest: str, instruction: str) -> str:
    """Return the code in front of the comment on its first line; empty where there is none."""
    wanted = " ".join(instruction.split())
    text = first.rstrip("\r\n")
    for index in range(len(text) - len(text.lstrip()), len(text)):
        # A comment begins with its marker, never in the middle of a word.
        if text[index].isalnum() or text[index].isspace():
            continue
        found = parse_ai_comment(text[index:] + "\n" + rest if rest else text[index:])
        if found is not None and " ".join(found.text.split()) == wanted:
            return text[:index].rstrip()
    return ""
