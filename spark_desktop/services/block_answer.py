"""An answer that changes one file by blocks of what is searched and what replaces it."""

from dataclasses import replace

from spark_desktop.domain.edit_blocks import Rewrite, WholeFile
from spark_desktop.domain.file_assembly import FileAssembly, FileEdit
from spark_desktop.domain.patch import apply
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_reading import AnswerReading


class BlockAnswer:
    """Takes the pieces of an answer; gives the file's text as far as the blocks are whole.

    Blocks about other files are refused: one file was asked about.
    """

    def __init__(self, snapshot: Snapshot, content: str) -> None:
        """``content`` is the text that the model was shown of the snapshot's file."""
        text = replace(snapshot.text, content=content)
        self._snapshot = replace(snapshot, text=text)
        self._reading = AnswerReading(snapshot.path)
        self._whole = 0
        self.text = content

    def feed(self, piece: str) -> bool:
        """Take a piece; return whether the text is another by it."""
        return self._reading.feed(piece) and self._assemble()

    def finish(self) -> Said | str:
        """Take the end; return why a part of the answer cannot be used, "" where all of it can."""
        self._reading.finish()
        self._assemble()
        if self._reading.cut or self._reading.unread:
            return say("A part of the answer is no complete block.")
        if self._foreign():
            return say("The answer is about another file than {path}.", path=self._snapshot.path)
        edit = self._edit()
        if edit is None or not edit.failed:
            return ""
        return say(
            "%n part(s) of the answer found no place: what SEARCH holds must stand in the file "
            "word for word.",
            "",
            len(edit.failed),
        )

    def _assemble(self) -> bool:
        ended = len(self._reading.ended)
        if ended == self._whole:
            return False
        self._whole = ended
        edit = self._edit()
        if edit is None:
            return False
        text = apply(self._snapshot.text.content, edit.patch.hunks)
        is_another, self.text = text != self.text, text
        return is_another

    def _edit(self) -> FileEdit | None:
        assembly = FileAssembly(self._snapshot.path, self._snapshot)
        for number, block in self._reading.ended:
            if isinstance(block, Rewrite | WholeFile) and block.path == self._snapshot.path:
                assembly.add(number, block)
        return assembly.edit()

    def _foreign(self) -> bool:
        path = self._snapshot.path
        return any(
            not isinstance(block, Rewrite | WholeFile) or block.path != path
            for _number, block in self._reading.ended
        )
