"""Reads a fence that holds code: a whole file where a path was told, else a region."""

from spark_desktop.domain.answer_formats.fences import Fence
from spark_desktop.domain.answer_formats.lines import Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.answer_formats.paths import comment_path, is_markdown
from spark_desktop.domain.answer_formats.search import SearchReader, search_mark
from spark_desktop.domain.edit_blocks import Block, Format, Region, WholeFile
from spark_desktop.domain.words import say


class PlainReader:
    """Reads lines up to the fence that closes; ``path`` is the file, "" where none was told."""

    def __init__(self, log: BlockLog, around: Surroundings, fence: Fence, path: str) -> None:
        self._log = log
        self._around = around
        self._fence = fence
        self._path = path
        self._label = ""
        self._lines: list[str] = []
        self._depth = 0
        self._has_inner = False
        # In a Markdown file a bare fence may open an inner one: the line behind it tells.
        self._closing: Line | None = None
        self._search: SearchReader | None = None

    def open(self, line: Line) -> None:
        """Take the fence itself."""
        self._log.own(line.raw)

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""
        if self._search is not None:
            return self._search.take(line)
        text = self._fence.dedented(line.text)
        if self._closing is not None:
            if not text.strip():
                self._end()
                return Taken.LEFT
            self._depth += 1
            self._add(self._closing)
            self._closing = None
        if self._fence.closes(text) and not self._is_inner(line):
            return Taken.MORE if self._closing is not None else self._close(line)
        if not self._depth and self._fence.closes_behind(text) and not self._is_markdown():
            last = text.rstrip()[: -len(self._fence.mark)].rstrip()
            self._lines.append(f"{last}\n")
            return self._close(line)
        if self._is_search(text):
            return self._go_on_as_search(line)
        if self._fence.opens_inner(text):
            self._depth += 1
            self._has_inner = True
        self._add(line)
        return Taken.MORE

    def finish(self) -> None:
        """End the block; it is cut where its fence was not closed."""
        if self._search is not None:
            self._search.finish()
        elif self._closing is None and self._has_inner and not self._is_markdown():
            # Not cut, more likely: its end was forgotten, and what follows is another block.
            self._log.refused(say("The fence around the code is not closed before the next one."))
        else:
            self._end(is_cut=self._closing is None)

    def _is_markdown(self) -> bool:
        return is_markdown(self._path, self._fence.language)

    def _is_inner(self, line: Line) -> bool:
        """Return whether a fence closes one of the text's own, or may open one (then hold it)."""
        if self._depth:
            self._depth -= 1
            return True
        if self._is_markdown() and len(self._fence.mark) == 3:
            self._closing = line
        return False

    def _is_search(self, text: str) -> bool:
        is_verbatim = self._is_markdown() or len(self._fence.mark) > 3
        return not is_verbatim and search_mark(text) > 0

    def _go_on_as_search(self, line: Line) -> Taken:
        self._log.refused(say("A search/replace block begins in the middle of other code."))
        self._around.passed_block()
        self._search = SearchReader(self._log, self._around, self._fence, self._path)
        return self._search.take(line)

    def _add(self, line: Line) -> None:
        text = self._fence.dedented(line.text)
        self._log.own(line.raw)
        if not self._lines and not self._label and self._is_label(text):
            self._label = text
            self._path = self._path or comment_path(text)
            return
        self._lines.append(f"{text}\n")
        lines, size = self._lines, len(self._lines)
        path, label, fence = self._path, self._label, self._fence
        self._log.grew(lambda: _block(path, label, fence, lines[:size]))

    def _is_label(self, text: str) -> bool:
        named = "" if self._fence.is_citation else comment_path(text)
        if not named:
            return False
        return not self._path or named == self._path or self._path.endswith(f"/{named}")

    def _close(self, line: Line) -> Taken:
        self._log.own(line.raw)
        self._end()
        return Taken.DONE

    def _end(self, is_cut: bool = False) -> None:
        if self._closing is not None:
            self._log.own(self._closing.raw)
        block = _block(self._path, self._label, self._fence, self._lines)
        self._log.ended(block, is_cut)
        self._around.passed_block()


def _block(path: str, label: str, fence: Fence, lines: list[str]) -> Block:
    if path:
        return WholeFile(path, Format.WHOLE_FILE, tuple(lines), label=label)
    return Region(fence.language, tuple(lines))
