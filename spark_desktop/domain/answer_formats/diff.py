"""Reads unified diffs by their lines: the numbers in their headings are a hint, models miscount."""

from spark_desktop.domain.answer_formats.diff_head import DiffHead, is_sure
from spark_desktop.domain.answer_formats.fences import Fence
from spark_desktop.domain.answer_formats.hunk_lines import HunkLines, heading
from spark_desktop.domain.answer_formats.lines import NO_FILE, NO_LINES, Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.answer_formats.paths import looks_like_path
from spark_desktop.domain.edit_blocks import Delete, Format, Rename, WholeFile
from spark_desktop.domain.words import say

_DIFF = Format.UNIFIED_DIFF


class DiffReader:
    """Reads the files of a diff; ``path`` is the file of hunks that come without a head.

    A rename counts only where it is told as one: models write ``--- original`` for any file.
    """

    def __init__(
        self, log: BlockLog, around: Surroundings, fence: Fence | None = None, path: str = ""
    ) -> None:
        self._log = log
        self._around = around
        self._fence = fence
        self._path = path
        self._head = DiffHead()
        self._hunk: HunkLines | None = None
        self._has_hunks = False
        # Blank lines and what may be the next file's head: the line after tells what they are.
        self._held: list[Line] = []

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""
        text = self._text(line)
        if self._fence and text[:1] == self._fence.mark[0] and self._fence.closes(text):
            self._settle()
            self._end_file()
            self._log.hidden(line.raw)
            return Taken.DONE
        if self._hunk is None:
            return self._in_head(line, text)
        if self._held:
            return self._behind_held(line, text)
        if not text or text.startswith("--- "):
            self._held.append(line)
            return Taken.MORE
        return self._in_hunk(line, text)

    def finish(self) -> None:
        """End the last file; it is cut where its fence is open or its hunk lacks lines."""
        self._settle()
        hunk = self._hunk
        is_cut = self._fence is not None
        if hunk is not None and hunk.counts is not None:
            is_cut = not hunk.is_full()
        self._end_file(is_cut)

    def _text(self, line: Line) -> str:
        return self._fence.dedented(line.text) if self._fence else line.text

    def _in_head(self, line: Line, text: str) -> Taken:
        if text.startswith("diff --git ") or (text.startswith("--- ") and self._head.has_files):
            self._end_file()
        if text.startswith("@@"):
            self._begin_hunk(text)
        elif self._head.read(text):
            self._read_head(text)
        elif text[:1] in ("+", "-", " ") and (self._fence or self._head.has_files):
            self._begin_hunk("")
            return self._in_hunk(line, text)
        elif self._is_behind_files(text):
            pass
        elif self._fence is None:
            self._end_file()
            return Taken.LEFT
        elif text.strip():
            self._log.prose(line.raw)
            return Taken.MORE
        self._log.own(line.raw)
        if text.startswith("rename to ") and self._head.renamed_from:
            self._log.ended(Rename(self._head.renamed_from, self._head.renamed_to, _DIFF))
        return Taken.MORE

    def _is_behind_files(self, text: str) -> bool:
        return not text.strip() and self._head.has_files

    def _read_head(self, text: str) -> None:
        if text.startswith("+++ ") and self._head.path:
            self._around.last_path = self._head.path

    def _begin_hunk(self, text: str) -> None:
        whole = self._head.is_new or self._head.is_deleted
        if self._hunk is not None and whole:
            return  # All its lines are one block.
        self._end_hunk()
        self._hunk = HunkLines((heading(text),))
        self._has_hunks = True

    def _in_hunk(self, line: Line, text: str) -> Taken:
        assert self._hunk is not None
        if text.startswith("@@"):
            self._begin_hunk(text)
        elif text.startswith("diff --git "):
            self._end_file()
            return self._in_head(line, text)
        elif text[:1] == "\\":
            self._hunk.without_newline()
        elif text[:1] in ("+", "-", " ") and text:
            self._hunk.add(text[0], text[1:])
        elif self._fence:
            # Not a diff, but what it means is plain: the mark of a context line is missing.
            self._hunk.add(" ", text)
        else:
            self._end_file()
            return Taken.LEFT
        self._log.own(line.raw)
        self._tell()
        return Taken.MORE

    def _behind_held(self, line: Line, text: str) -> Taken:
        last = self._text(self._held[-1])
        if last.startswith("--- "):
            if text.startswith("+++ "):
                self._held.append(line)
                return Taken.MORE
            return self._left() if self._is_over() else self._after_body(line)
        if last.startswith("+++ "):
            if self._is_next_head(text):
                self._begin_file()
                return self.take(line)
            return self._after_body(line)
        if not text or text.startswith("--- "):
            self._held.append(line)
            return Taken.MORE
        if text.startswith(("@@", "diff --git ")):
            self._settle()
            return self._in_hunk(line, text)
        is_body = self._fence is not None or text[0] in "+- \\"
        if self._is_over() or not is_body:
            return self._left()
        return self._after_body(line)

    def _is_over(self) -> bool:
        """Return whether a blank line ended a hunk that has all its lines, without a fence.

        What follows may be a list: its "- " is no old line.
        """
        assert self._hunk is not None
        return self._fence is None and self._hunk.is_full() and not self._text(self._held[0])

    def _left(self) -> Taken:
        held, self._held = self._held, []
        self._end_file()
        for line in held:
            self._log.prose(line.raw)
            self._around.saw(line.text)
        return Taken.LEFT

    def _after_body(self, line: Line) -> Taken:
        self._keep_held()
        return self.take(line)

    def _keep_held(self) -> None:
        """Take the held lines as lines of the hunk."""
        assert self._hunk is not None
        held, self._held = self._held, []
        for line in held:
            text = self._text(line)
            self._hunk.add(text[:1] or " ", text[1:])
            self._log.own(line.raw)
        self._tell()

    def _settle(self) -> None:
        """Take the held lines as the hunk's where it lacks lines; blank ones only part hunks."""
        if not self._held or self._hunk is None:
            return
        counts = self._hunk.counts
        room = counts is not None and (
            len(self._hunk.old) + len(self._held) <= counts[0]
            and len(self._hunk.new) + len(self._held) <= counts[1]
        )
        if room or any(self._text(line) for line in self._held):
            self._keep_held()
            return
        held, self._held = self._held, []
        for line in held:
            self._log.own(line.raw)

    def _is_next_head(self, text: str) -> bool:
        """Return whether the two held lines are the next file's, by the line after them."""
        assert self._hunk is not None
        old, new = (self._text(line) for line in self._held[-2:])
        blanks = len(self._held) - 2
        if text.startswith("@@"):
            return not self._hunk.lacks(blanks + 1, blanks + 1)
        return is_sure(old, new) and (self._hunk.counts is None or self._hunk.is_full())

    def _begin_file(self) -> None:
        *blanks, old, new = self._held
        self._held = blanks
        self._settle()
        self._end_file()
        for line in (old, new):
            text = self._text(line)
            self._head.read(text)
            self._read_head(text)
            self._log.own(line.raw)

    def _target(self) -> str:
        """Return the file: as the head tells, if that is no word such as "modified"."""
        told = self._head.path
        if self._head.is_git or looks_like_path(told) or not (told or self._path):
            return told or ("" if self._head.is_git else self._around.path())
        return self._path or told

    def _tell(self) -> None:
        hunk, path = self._hunk, self._target()
        if hunk is None or not path or self._head.is_deleted:
            return
        if self._head.is_new:
            lines, size = hunk.new, len(hunk.new)
            self._log.grew(lambda: WholeFile(path, _DIFF, tuple(lines[:size]), is_new=True))
        else:
            self._log.grew(hunk.drafted(path, _DIFF))

    def _end_hunk(self, is_cut: bool = False) -> None:
        hunk, self._hunk = self._hunk, None
        if hunk is None:
            return
        path = self._target()
        if not path:
            self._log.refused(NO_FILE)
        elif hunk.is_empty:
            self._log.refused(NO_LINES)
        else:
            self._log.ended(hunk.drafted(path, _DIFF)(), is_cut)

    def _end_file(self, is_cut: bool = False) -> None:
        head, path = self._head, self._target()
        self._head = DiffHead()
        self._around.passed_block()
        if head.is_unreadable:
            self._hunk = None
            self._log.refused(say("The block copies a file or holds a binary one."))
        elif (head.is_deleted or head.is_new) and not path:
            self._hunk = None
            self._log.refused(NO_FILE)
        elif head.is_deleted:
            self._hunk = None
            self._log.ended(Delete(head.old or path, _DIFF), is_cut)
        elif head.is_new:
            lines = self._hunk.new if self._hunk else []
            self._hunk = None
            self._log.ended(WholeFile(path, _DIFF, tuple(lines), is_new=True), is_cut)
        elif head.has_files and not (self._has_hunks or head.renamed_to):
            self._log.refused(NO_LINES)
        else:
            self._head = head
            self._end_hunk(is_cut)
            self._head = DiffHead()
        self._has_hunks = False
        self._log.release()
