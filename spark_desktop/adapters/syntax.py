"""What a parser knows about a file; implements the Syntax port with tree-sitter."""

import ast

from spark_desktop.adapters.bare_code import bare_code
from spark_desktop.adapters.bodies import as_stub
from spark_desktop.adapters.comments import Comment, comments_by_markers, comments_in, runs
from spark_desktop.adapters.functions import functions_in, named_classes_in
from spark_desktop.adapters.languages import Parsed, Parsing, text_of
from spark_desktop.adapters.parameters import oversights_in
from spark_desktop.adapters.pitfalls import pitfalls
from spark_desktop.adapters.pitfalls.go_packages import declared
from spark_desktop.adapters.regions import region_around, window_around
from spark_desktop.adapters.small_changes import small_changes
from spark_desktop.adapters.stubs import stubs_in
from spark_desktop.domain.ai_comment import AiKind, parse_ai_comment
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.symbols import Oversights, Symbol
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import EditComment, QuestionComment, Span, Stub, Trigger
from spark_desktop.domain.workspace import Snapshot


class TreeSitterSyntax:
    """Looks at files by the language that their name tells."""

    def __init__(self) -> None:
        self._parsing = Parsing()

    def triggers(self, snapshot: Snapshot) -> tuple[Trigger, ...]:
        """Return the comments for Spark and the stubs, in the file's order."""
        content = snapshot.text.content
        parsed = self._parsing.parse(snapshot.path, content)
        comments = (
            comments_by_markers(snapshot.path, content) if parsed is None else comments_in(parsed)
        )
        asked = [trigger for run in runs(comments) for trigger in _asked(snapshot, run)]
        stubs: list[Trigger] = []
        if parsed is not None:
            # A comment in or above a stub says more than the stub: one proposal is enough.
            edits = [trigger for trigger in asked if isinstance(trigger, EditComment)]
            taken = [self.enclosing(snapshot, edit.lines) for edit in edits]
            stubs.extend(
                stub
                for stub in stubs_in(snapshot, parsed)
                if not any(_overlap(stub.lines, lines) for lines in taken)
            )
        return tuple(sorted([*asked, *stubs], key=_place))

    def enclosing(self, snapshot: Snapshot, lines: Span) -> Span:
        """Return the function, class or block around the lines, else a bounded window of lines."""
        content = snapshot.text.content
        parsed = self._parsing.parse(snapshot.path, content)
        if parsed is None or not parsed.lines:
            return window_around(split_lines(content), lines)
        return region_around(parsed, lines)

    def oversights(self, path: str, content: str, lines: Span) -> Oversights | None:
        """Return what the function within the lines leaves out; see the port."""
        parsed = self._parsing.parse(path, content)
        return None if parsed is None else oversights_in(parsed, lines)

    def as_stub(self, snapshot: Snapshot, lines: Span) -> Stub | None:
        """Return the function around the lines as if its body were missing; see the port."""
        parsed = self._parsing.parse(snapshot.path, snapshot.text.content)
        return None if parsed is None else as_stub(snapshot, parsed, lines)

    def small_changes(self, path: str, content: str, lines: Span) -> tuple[SmallChange, ...]:
        """Return what may undo a slip within the lines; see the port."""
        parsed = Parsing().parse(path, content)
        return () if parsed is None else small_changes(parsed, content, lines)

    def pitfalls(
        self, path: str, content: str, lines: Span, beside: str = ""
    ) -> tuple[SmallChange, ...]:
        """Return ways out of the language's known traps within the lines; see the port."""
        if beside and path.endswith(".go"):
            others = Parsing().parse(path, beside)
            beside = "" if others is None else declared(others)
        # Behind it, so that all places of the file itself stay.
        whole = f"{content}\n{beside}" if beside else content
        parsed = Parsing().parse(path, whole)
        return () if parsed is None else pitfalls(parsed, content, lines, whole)

    def errors(self, path: str, content: str) -> int | None:
        """Return the number of syntax errors; None for a language without a parser."""
        parsed = self._parsing.parse(path, content)
        return None if parsed is None else _errors_in(parsed)

    def bare(self, path: str, content: str) -> str | None:
        """Return the code without comments, docstrings and annotated types; see the port."""
        parsed = self._parsing.parse(path, content)
        return None if parsed is None else bare_code(parsed)

    def symbols(self, snapshot: Snapshot) -> tuple[Symbol, ...]:
        """Return the functions and classes in the file's order; may run in any OS thread."""
        # Not the kept results: other OS threads must not change their order meanwhile.
        parsed = Parsing().parse(snapshot.path, snapshot.text.content)
        if parsed is None:
            return ()
        found = [(f.name, f.lines) for f in functions_in(parsed)] + named_classes_in(parsed)
        found.sort(key=lambda named: named[1].start)
        return tuple(Symbol(name, snapshot.path, lines) for name, lines in found)


def _asked(snapshot: Snapshot, comment: Comment) -> list[EditComment | QuestionComment]:
    said = parse_ai_comment(comment.text)
    if said is None:
        return []
    if said.kind is AiKind.QUESTION:
        return [QuestionComment(snapshot, comment.lines, said.text)]
    return [EditComment(snapshot, comment.lines, said.text)]


def _errors_in(parsed: Parsed) -> int:
    errors = len(parsed.problems())
    if parsed.grammar.name == "python":
        # The grammar takes a block without a statement, Python does not.
        blocks = parsed.nodes(("block",))
        errors += sum(1 for block in blocks if block.named_child_count == 0)
        errors += not errors and _mixes_indents(text_of(parsed.root))
    return errors


def _mixes_indents(content: str) -> bool:
    """Return whether tabs and blanks indent the same block of Python, which the grammar takes."""
    if "\t" not in content:
        return False
    try:
        ast.parse(content)
    except TabError:
        return True
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # the grammar knows more of newer and older versions
    return False


def _place(trigger: Trigger) -> int:
    return trigger.lines.start if trigger.lines is not None else 0


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
