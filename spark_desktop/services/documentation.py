"""From an answer to a request for documentation to its evidence."""

from collections.abc import Callable

from spark_desktop.domain.documentation_requests import (
    is_only_documentation,
    may_ask_to_document,
)
from spark_desktop.domain.documenting import commented_above, documented, only_documents
from spark_desktop.domain.go_comments import go_documented
from spark_desktop.domain.grafting import with_imports
from spark_desktop.domain.prompt_layout import billions_of
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.said_types import with_exact_result, with_said_types
from spark_desktop.domain.script_types import with_result_type
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import EditComment, Instruction
from spark_desktop.domain.type_imports import imports_for_types, without_type_imports
from spark_desktop.domain.unasked_examples import has_examples, without_unasked_examples
from spark_desktop.domain.unsaid import asks_for_types, undocumented, unsaid
from spark_desktop.domain.words import say
from spark_desktop.services.answer_shape import Shaped
from spark_desktop.services.attempts import Answer
from spark_desktop.services.ports import Syntax
from spark_desktop.services.target import Target

_PYTHON = (".py", ".pyi")
# Up to so many billion parameters a model leaves points out; others say them in their own words.
_STRICT = 2.0
# A result's type that says not what is in it; where the user wrote it, it stays.
_BARE_RESULT = regex(r"->\s*(?:tuple|list|dict|set)\s*:")
# Adds imports that were forgotten: the path, the text before and after; gives the text.
Imports = Callable[[str, str, str], str]


class Documentation:
    """Reads one answer for what documents; ``imports`` may be missing."""

    def __init__(
        self, syntax: Syntax, target: Target, path: str, answer: Answer, imports: Imports | None
    ) -> None:
        self._syntax = syntax
        self._target = target
        self._path = path
        self._answer = answer
        self._imports = imports
        self._types: tuple[str, ...] = ()

    def of(self, shaped: Shaped) -> tuple[Shaped, tuple[Check, ...]]:
        """Return what of an answer only documents, where it did more, and the evidence for that.

        As it was and without evidence where something else was asked for, or may have been and the
        answer did that.
        """
        asked, before = self._target.instruction, self._target.content
        trigger = self._answer.proposal.trigger
        is_only = is_only_documentation(trigger, asked)
        # What a quick action tells a model are no words of the user's.
        is_own = isinstance(trigger, Instruction) and trigger.action is None
        is_typed = is_own or isinstance(trigger, EditComment)
        if not is_only and not (is_typed and may_ask_to_document(asked)):
            told = undocumented(asked, self._path, shaped.region, before) if is_typed else None
            return shaped, () if told is None else (told,)
        verdict = self._documents(before, shaped.after)
        # Code that stays harms nobody, whatever words ask for documentation.
        if not is_only and not (verdict.proves and shaped.after != before):
            return shaped, ()
        return self._checked(shaped, verdict)

    def _checked(self, shaped: Shaped, verdict: Check) -> tuple[Shaped, tuple[Check, ...]]:
        target, path, answer = self._target, self._path, self._answer
        is_python = path.endswith(_PYTHON)
        saved = None if answer.is_whole else documented(path, target.text, answer.region)
        if is_python and not answer.is_whole:
            region = shaped.region if verdict.passed or saved is None else saved
            self._types = imports_for_types(region, answer.region)
        if not verdict.passed and saved is not None:
            region = target.in_style(saved)
            shaped = Shaped(region, self._file_with(region), shaped.stray)
            verdict = self._documents(target.content, shaped.after)
        elif self._types:
            # They belong to the imports of the file, and not in front of the function.
            region = without_type_imports(target.text, shaped.region)
            shaped = self._rewritten(shaped, region.lstrip("\r\n"))
        if answer.is_whole:
            # The whole file: what stands outside of the lines that were meant says nothing.
            return shaped, (verdict, self._unsaid(lines_of(target, shaped.after)))
        plain = without_unasked_examples(path, target.instruction, shaped.region)
        if not has_examples(target.text):
            shaped = self._rewritten(shaped, plain)
        if path.endswith(".go"):
            shaped = self._rewritten(shaped, go_documented(shaped.region, target.text))
        told = self._unsaid(shaped.region)
        if not told.passed:
            if is_python:
                typed = with_said_types(shaped.region, target.content)
            else:
                above = commented_above(target.text, shaped.region)
                typed = with_result_type(above) or above
            better = self._rewritten(shaped, typed or shaped.region)
            if (fits := self._unsaid(better.region)).passed:
                told, shaped = fits, better
        if is_python and not _BARE_RESULT.search(target.text):
            shaped = self._rewritten(shaped, with_exact_result(shaped.region, target.content))
            if told.passed and self._is_strict and self._is_open(shaped.region):
                told = Check(told.name, False, say("The result's type does not say what is in it."))
        return shaped, (verdict, told)

    def _is_open(self, region: str) -> bool:
        """Return whether types were asked for, and that of the result only names a container."""
        is_asked = asks_for_types(self._target.instruction)
        return is_asked and _BARE_RESULT.search(region) is not None

    def _rewritten(self, shaped: Shaped, region: str) -> Shaped:
        """Return an answer with another region, or as it was where its code would be another."""
        if region == shaped.region:
            return shaped
        after = self._file_with(region)
        is_same = self._documents(shaped.after, after).passed
        return Shaped(region, after, shaped.stray) if is_same else shaped

    def _file_with(self, region: str) -> str:
        """Return the file with a region, and with what its types have to import."""
        after = self._target.with_region(region)
        after = with_imports(after, self._types) if self._types else after
        if self._imports is not None:
            after = self._imports(self._path, self._target.content, after)
        return after

    def _unsaid(self, region: str) -> Check:
        target = self._target
        return unsaid(
            target.instruction,
            self._path,
            region,
            target.text,
            content=target.content,
            is_strict=self._is_strict,
        )

    @property
    def _is_strict(self) -> bool:
        size = billions_of(self._answer.proposal.model)
        return size is not None and size <= _STRICT

    def _documents(self, before: str, after: str) -> Check:
        if self._path.endswith(_PYTHON):
            after = without_type_imports(before, after)
        return only_documents(
            self._syntax.bare(self._path, before), self._syntax.bare(self._path, after)
        )


def lines_of(target: Target, after: str) -> str:
    """Return what a new text of the file has where the target stood; all of it where that moved."""
    lines, before = split_lines(after), split_lines(target.content)
    start, behind = target.lines.start, len(before) - target.lines.end
    end = len(lines) - behind
    is_kept = lines[:start] == before[:start] and lines[end:] == before[target.lines.end :]
    return "".join(lines[start:end]) if is_kept and end >= start else after
