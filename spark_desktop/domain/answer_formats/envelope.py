"""Reads the patch envelopes that OpenAI's coding models write, from ``*** Begin Patch`` on."""

from spark_desktop.domain.answer_formats.fences import Fence
from spark_desktop.domain.answer_formats.hunk_lines import HunkLines, heading
from spark_desktop.domain.answer_formats.lines import NO_FILE, NO_LINES, Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.edit_blocks import Delete, Format, Rename, WholeFile
from spark_desktop.domain.regex import regex

_PATCH = Format.BEGIN_PATCH
_DIRECTIVE = regex(
    r"\*\*\*[ \t]*(?P<name>Begin Patch|End Patch|End of File|(?:Add|Update|Delete) File|Move to)"
    r"[ \t]*(?::[ \t]*(?P<path>.*?))?[ \t]*"
)
_HEREDOC = regex(r".*\bapply_patch\b.*<<-?[ \t]*[\"'\\]?(?P<end>\w+)[\"']?.*")


def begins_patch(text: str) -> bool:
    """Return whether the line begins an envelope, or a file where the envelope's own is missing."""
    name = _name(text)
    return name == "Begin Patch" or name.endswith(" File")


def heredoc_end(text: str) -> str:
    """Return the word that ends the heredoc which a command line opens; "" where it opens none."""
    found = _HEREDOC.fullmatch(text)
    return found["end"] if found else ""


class EnvelopeReader:
    """Reads an envelope; ``heredoc`` is the word that ends the command around it, or ""."""

    def __init__(
        self, log: BlockLog, around: Surroundings, fence: Fence | None = None, heredoc: str = ""
    ) -> None:
        self._log = log
        self._around = around
        self._fence = fence
        self._heredoc = heredoc
        self._has_begun = False
        self._is_over = False
        self._path = ""
        self._added: list[str] | None = None
        self._hunk: HunkLines | None = None
        # Blank lines before a directive are none of the file's.
        self._blanks: list[Line] = []

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""
        text = self._fence.dedented(line.text) if self._fence else line.text
        if self._is_over and self._fence is None:
            return self._behind_end(line, text)
        if self._fence and text[:1] == self._fence.mark[0] and self._fence.closes(text):
            self._end_file()
            self._log.hidden(line.raw)
            return Taken.DONE
        found = _DIRECTIVE.fullmatch(text)
        if found:
            return self._directive(line, found["name"], found["path"] or "")
        if self._is_over or (self._added is None and not self._path):
            return self._outside(line, text)
        if not text:
            self._blanks.append(line)
            return Taken.MORE
        return self._inside(line, text)

    def finish(self) -> None:
        """End the last file: it is cut, since the envelope has an end of its own."""
        self._end_file(is_cut=True)

    def _behind_end(self, line: Line, text: str) -> Taken:
        if self._heredoc and text.strip().strip("\"')") == self._heredoc:
            self._log.hidden(line.raw)
            return Taken.DONE
        return Taken.LEFT

    def _outside(self, line: Line, text: str) -> Taken:
        is_frame = not text.strip() or text.strip().strip("\"')") == self._heredoc != ""
        if is_frame:
            self._log.hidden(line.raw)
        elif self._fence or self._has_begun:
            self._log.prose(line.raw)
        else:
            return Taken.LEFT
        return Taken.MORE

    def _directive(self, line: Line, name: str, path: str) -> Taken:
        if name == "End of File":
            self._drop_blanks()
            self._log.own(line.raw)
            self._end_hunk(at_end=True)
        elif name == "Move to":
            self._move(line, path)
        else:
            self._end_file()
            if name.endswith(" File"):
                self._begin_file(line, name, path)
            else:
                self._log.hidden(line.raw)
                self._has_begun = name == "Begin Patch"
                self._is_over = name == "End Patch"
                if self._is_over and self._fence is None and not self._heredoc:
                    return Taken.DONE
        return Taken.MORE

    def _begin_file(self, line: Line, name: str, path: str) -> None:
        self._log.own(line.raw)
        self._is_over = False
        if not path:
            self._log.refused(NO_FILE)
        elif name == "Delete File":
            self._log.ended(Delete(path, _PATCH))
        elif name == "Add File":
            self._path, self._added = path, []
        else:
            self._path = self._around.last_path = path

    def _move(self, line: Line, target: str) -> None:
        self._drop_blanks()
        self._end_hunk()
        self._log.own(line.raw)
        if self._path and target and self._added is None:
            self._log.ended(Rename(self._path, target, _PATCH))
        else:
            self._log.release()

    def _inside(self, line: Line, text: str) -> Taken:
        is_marked = text[0] in "+-@ \\" if self._added is None else text[0] == "+"
        if not is_marked and self._fence is None and not self._has_begun:
            self._end_file(blanks_are_prose=True)
            return Taken.LEFT
        if text.startswith("@@") and self._added is None:
            self._begin_hunk(line, text)
            return Taken.MORE
        self._keep_blanks()
        self._log.own(line.raw)
        self._add(text, is_marked)
        self._tell()
        return Taken.MORE

    def _add(self, text: str, is_marked: bool) -> None:
        if self._added is not None:
            self._added.append(f"{text[1:] if is_marked else text}\n")
            return
        if self._hunk is None:
            self._hunk = HunkLines()
        if text[0] == "\\":
            self._hunk.without_newline()
        elif is_marked and text[0] != "@":
            self._hunk.add(text[0], text[1:])
        else:
            # The mark of a context line is missing.
            self._hunk.add(" ", text)

    def _begin_hunk(self, line: Line, text: str) -> None:
        told = heading(text)
        self._drop_blanks()
        if self._hunk is not None and self._hunk.is_empty:
            self._hunk.headings += (told,)
        else:
            self._end_hunk()
            self._hunk = HunkLines((told,))
        self._log.own(line.raw)

    def _drop_blanks(self) -> None:
        for line in self._blanks:
            self._log.own(line.raw)
        self._blanks.clear()

    def _keep_blanks(self) -> None:
        for line in self._blanks:
            self._log.own(line.raw)
            if self._added is not None:
                self._added.append("\n")
            else:
                self._hunk = self._hunk or HunkLines()
                self._hunk.add(" ", "")
        self._blanks.clear()

    def _tell(self) -> None:
        if self._added is not None:
            path, lines, size = self._path, self._added, len(self._added)
            self._log.grew(lambda: WholeFile(path, _PATCH, tuple(lines[:size]), is_new=True))
        elif self._hunk is not None:
            self._log.grew(self._hunk.drafted(self._path, _PATCH))

    def _end_hunk(self, at_end: bool = False, is_cut: bool = False) -> None:
        hunk, self._hunk = self._hunk, None
        if hunk is not None and not hunk.is_empty:
            self._log.ended(hunk.drafted(self._path, _PATCH, at_end)(), is_cut)
        elif hunk is not None:
            self._log.refused(NO_LINES)

    def _end_file(self, is_cut: bool = False, blanks_are_prose: bool = False) -> None:
        if not blanks_are_prose:
            self._drop_blanks()
        if self._added is not None:
            lines = tuple(self._added)
            self._log.ended(WholeFile(self._path, _PATCH, lines, is_new=True), is_cut)
        else:
            self._end_hunk(is_cut=is_cut)
        self._log.release()
        for line in self._blanks:
            self._log.prose(line.raw)
        self._blanks.clear()
        self._added, self._path = None, ""
        self._around.passed_block()


def _name(text: str) -> str:
    found = _DIRECTIVE.fullmatch(text)
    return found["name"] if found else ""
