"""Reads a fenced block: what its first lines tell decides what is in it."""

from spark_desktop.domain.answer_formats.diff import DiffReader
from spark_desktop.domain.answer_formats.diff_head import begins_files
from spark_desktop.domain.answer_formats.envelope import (
    EnvelopeReader,
    begins_patch,
    heredoc_end,
)
from spark_desktop.domain.answer_formats.fences import Fence
from spark_desktop.domain.answer_formats.lines import BlockReader, Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.answer_formats.paths import comment_path, is_command, path_line
from spark_desktop.domain.answer_formats.plain import PlainReader
from spark_desktop.domain.answer_formats.search import SearchReader, search_mark

_DIFF_LANGUAGES = ("diff", "patch", "udiff")
# In such files, diffs and patches are the text.
_DIFF_FILES = (".diff", ".patch")


class FencedReader:
    """Holds back a fence's first lines until they tell which reader goes on with them."""

    def __init__(self, log: BlockLog, around: Surroundings, fence: Fence, line: Line) -> None:
        self._log = log
        self._around = around
        self._fence = fence
        self._held = [line]
        self._firsts: list[str] = []
        self._reader: BlockReader | None = None

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""
        if self._reader is not None:
            return self._reader.take(line)
        text = self._fence.dedented(line.text)
        self._held.append(line)
        if text.strip():
            self._firsts.append(text)
            if not self._fence.closes(text) and self._needs_more():
                return Taken.MORE
            self._decide(is_closed=self._fence.closes(text))
            return self._replay()
        return Taken.MORE

    def finish(self) -> None:
        """End what is open; what is undecided is plain."""
        if self._reader is None:
            self._reader = PlainReader(self._log, self._around, self._fence, self._path())
            self._replay()
        self._reader.finish()

    def _path(self) -> str:
        """Return the file that is told, "" for none: the line above may name one to be run."""
        fence, heading = self._fence, self._around.heading
        if fence.is_citation or (not fence.path and is_command(heading, fence.language)):
            return ""
        return fence.path or heading

    def _needs_more(self) -> bool:
        """Return whether the first line alone tells nothing yet."""
        first = self._firsts[0]
        if len(self._firsts) > 1 or self._fence.closes_behind(first):
            return False
        named = path_line(first) or comment_path(first)
        return bool(named or heredoc_end(first)) or first.startswith("--- ")

    def _decide(self, is_closed: bool) -> None:
        log, around, fence, path = self._log, self._around, self._fence, self._path()
        first, last = self._firsts[0], self._firsts[-1]
        named = path_line(first) or comment_path(first) if first is not last else ""
        if is_closed:
            self._reader = PlainReader(log, around, fence, path)
        elif search_mark(last):
            self._reader = SearchReader(log, around, fence, named or path)
        elif begins_patch(first):
            self._reader = EnvelopeReader(log, around, fence)
        elif heredoc_end(first) and begins_patch(last):
            self._reader = EnvelopeReader(log, around, fence, heredoc_end(first))
        elif not path.lower().endswith(_DIFF_FILES) and self._is_diff(named or path):
            self._reader = DiffReader(log, around, fence, named or path or around.sentence)
        else:
            self._reader = PlainReader(log, around, fence, path)

    def _is_diff(self, path: str) -> bool:
        first, last = self._firsts[0], self._firsts[-1]
        if first.startswith("diff --git ") or begins_files(first, last):
            return True
        if self._fence.language.lower() not in _DIFF_LANGUAGES:
            return False
        if first.startswith("--- ") and last.startswith("+++ "):
            return True
        if last.startswith("@@"):
            return bool(path or self._around.sentence)
        return bool(path) and last[0] in "+- "

    def _replay(self) -> Taken:
        reader = self._reader
        assert reader is not None
        held, self._held = self._held, []
        if isinstance(reader, PlainReader):
            reader.open(held[0])
            lines = held[1:]
        else:
            # Only lines that are the reader's own come to it: not the fence, nor a path above.
            start = self._start(held)
            for line in held[:start]:
                self._log.hidden(line.raw)
            lines = held[start:]
        taken = Taken.MORE
        for line in lines:
            taken = reader.take(line)
        return taken

    def _start(self, held: list[Line]) -> int:
        first = self._firsts[0]
        written = [number for number, line in enumerate(held) if number and line.text.strip()]
        is_own = isinstance(self._reader, DiffReader) and not (
            path_line(first) or comment_path(first)
        )
        return written[0] if is_own else written[-1]
