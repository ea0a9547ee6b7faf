"""What is selected in a transcript, or all of a turn, as text and as markdown.

Both come unit by unit: of a long thread a frame's share is made at a time.
"""

import re
from collections.abc import Iterable, Iterator

from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_selection import Selection
from spark_desktop.views.transcript_stage import Stage
from spark_desktop.views.transcript_units import CodePart, Header, Notice, Plain, Text, Unit

_TICKS = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)


def text_of(selection: Selection, stage: Stage) -> Iterator[str]:
    """Yield the selected text; joined it is what is copied."""
    yield from _joined(_selected(selection, stage, as_markdown=False))


def markdown_of(selection: Selection, stage: Stage) -> Iterator[str]:
    """Yield what is selected as markdown; of a paragraph that is selected in part, its text."""
    yield from _markdown(_selected(selection, stage, as_markdown=True))


def text_of_units(units: Iterable[Unit], documents: Documents) -> str:
    """Return whole units as they read."""
    return "".join(_joined((unit, documents.text(unit)) for unit in units))


def source_of(unit: Unit) -> str:
    """Return a unit as it was written, without the fences of code."""
    match unit:
        case CodePart(lines=lines):
            return "\n".join(lines)
        case Text(prose=prose):
            return prose.source
        case Plain(text=text) | Notice(text=text):
            return text
        case Header(speaker=speaker):
            return speaker


def _selected(
    selection: Selection, stage: Stage, *, as_markdown: bool
) -> Iterator[tuple[Unit, str]]:
    units = selection.units(stage.column)
    for number in units:
        unit = stage.column.placed[number].unit
        if number in (units.start, units.stop - 1):
            document = stage.document(number)
            cursor = selection.cursor(stage.column, number, document)
            text = "" if cursor is None else cursor.selectedText()
            is_whole = len(text) == document.characterCount() - 1
            if not (as_markdown and is_whole):
                yield unit, text.replace("\u2029", "\n").replace("\u2028", "\n")
                continue
        yield unit, source_of(unit) if as_markdown else stage.documents.text(unit)


def _joined(parts: Iterable[tuple[Unit, str]]) -> Iterator[str]:
    before: Unit | None = None
    for unit, text in parts:
        if before is not None:
            yield "\n" if _is_same_code(before, unit) else "\n\n"
        yield text
        before = unit


def _is_same_code(before: Unit | None, here: Unit | None) -> bool:
    same = isinstance(before, CodePart) and isinstance(here, CodePart)
    return same and isinstance(before, CodePart) and not before.is_last


def _markdown(parts: Iterable[tuple[Unit, str]]) -> Iterator[str]:
    before: Unit | None = None
    code: list[str] = []
    language = ""
    for unit, text in parts:
        if code and not _is_same_code(before, unit):
            yield _fenced(language, code)
            code = []
        if before is not None and not code:
            yield "\n\n"
        if isinstance(unit, CodePart):
            language = unit.language
            code.append(text)
        else:
            yield f"**{text}**" if isinstance(unit, Header) else text
        before = unit
    if code:
        yield _fenced(language, code)


def _fenced(language: str, parts: list[str]) -> str:
    code = "\n".join(parts)
    # Longer than any fence that the code holds.
    longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
