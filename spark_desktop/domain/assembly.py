"""Makes one patch of the blocks of an answer, for every file that they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from spark_desktop.domain.edit_blocks import Block, Region, Rename
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.file_assembly import FileAssembly, FileEdit
from spark_desktop.domain.patch import FileKind, apply
from spark_desktop.domain.path_rules import plain_path
from spark_desktop.domain.refusals import (
    RefusalReason,
    Refused,
    refusal_of_size,
    refusal_of_text,
)
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot

# Bytes of a file that the file store reads.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Assembled:
    """What an answer's blocks come to: an edit for each file, in the order of their first blocks.

    What is refused is not among the edits: one file's faults take nothing from the others.
    """

    edits: tuple[FileEdit, ...] = ()
    refused: tuple[Refused, ...] = ()


def paths_of(blocks: Sequence[tuple[int, Block]]) -> tuple[str, ...]:
    """Return the paths that the blocks name, targets too, each once."""
    found: dict[str, None] = {}
    for _, block in blocks:
        if not isinstance(block, Region):
            found[block.path] = None
        if isinstance(block, Rename):
            found[block.target] = None
    return tuple(found)


def assemble(
    blocks: Sequence[tuple[int, Block]],
    snapshots: Mapping[str, Snapshot | None],
    instruction: str = "",
    max_bytes: int = MAX_BYTES,
) -> Assembled:
    """Return the edits that the numbered blocks, in the answer's order, make together.

    ``snapshots`` has each path of ``paths_of``: None says that no such file is there. A path that
    it lacks was not admitted, and who left it out knows why; its blocks are passed over, as are
    those of Regions, which have no path. The blocks of a file are applied one after the other; a
    block is looked for in the file as it was, then in what the blocks before it made of it. Paths
    whose snapshots have the same path are one file. Never raises.
    """
    return _Answer(snapshots, instruction, max_bytes).assembled(blocks)


class _Answer:
    def __init__(
        self, snapshots: Mapping[str, Snapshot | None], instruction: str, max_bytes: int
    ) -> None:
        self._snapshots = snapshots
        self._instruction = instruction
        self._max_bytes = max_bytes
        self._files: dict[str, FileAssembly] = {}
        self._moved: dict[str, str] = {}
        self._refused: list[Refused] = []

    def assembled(self, blocks: Sequence[tuple[int, Block]]) -> Assembled:
        for number, block in blocks:
            if isinstance(block, Region) or block.path not in self._snapshots:
                continue
            file = self._file(block.path)
            if isinstance(block, Rename):
                self._rename(file, block)
            else:
                file.add(number, block)
        edits = [edit for file in self._files.values() if (edit := self._edit(file)) is not None]
        return Assembled(tuple(self._apart(edits)), tuple(dict.fromkeys(self._refused)))

    def _file(self, path: str) -> FileAssembly:
        snapshot = self._snapshots[path]
        path = self._name(path)
        name = snapshot.path if snapshot is not None else self._moved.get(path, path)
        if name not in self._files:
            self._files[name] = FileAssembly(name, snapshot)
        return self._files[name]

    def _name(self, path: str) -> str:
        """Return how the workspace writes the path of a file that is not there yet."""
        plain = plain_path(path)
        return path if isinstance(plain, Refused) else plain

    def _rename(self, file: FileAssembly, block: Rename) -> None:
        if block.target == block.path or block.target not in self._snapshots:
            return
        there, target = self._snapshots[block.target], self._name(block.target)
        is_itself = there is not None and there.path == file.path
        other = self._files.get(self._moved.get(target, target))
        if (there is not None and not is_itself) or (other not in (None, file)):
            detail = say("{path} cannot go to {target}.", path=file.path, target=target)
            self._refused.append(Refused(RefusalReason.EXISTS, target, detail))
            return
        if file.rename(target):
            self._moved[target] = file.path

    def _edit(self, file: FileAssembly) -> FileEdit | None:
        edit = file.edit()
        self._refused += file.refused
        if edit is None or (edit.patch.kind is FileKind.DELETE):
            return edit
        before = edit.snapshot.text.content
        after = apply(before, edit.patch.hunks)
        refused = refusal_of_text(
            file.path, before, after, edit.patch.hunks, self._instruction
        ) or self._unwritable(edit, after)
        if refused is None:
            return edit
        self._refused.append(refused)
        return None

    def _unwritable(self, edit: FileEdit, after: str) -> Refused | None:
        if not edit.patch.hunks:
            return None
        try:
            size = len(edit.snapshot.text.with_content(after).encode())
        except NotTextError as error:
            return Refused(RefusalReason.BINARY, edit.patch.path, error.message)
        return refusal_of_size(edit.patch.path, size, self._max_bytes)

    def _apart(self, edits: Sequence[FileEdit]) -> list[FileEdit]:
        """Return the edits without new files that some systems could not keep beside others."""
        taken = {_folded(path): path for path, there in self._snapshots.items() if there}
        kept: list[FileEdit] = []
        for edit in edits:
            patch = edit.patch
            new = patch.path if patch.kind is FileKind.CREATE else patch.target
            # A file may well be given its own name in another case.
            others = {key: path for key, path in taken.items() if path != patch.path}
            if other := self._beside(new, others) if new else "":
                detail = say("It cannot be beside {other}.", other=other)
                self._refused.append(Refused(RefusalReason.LOOKALIKE, new, detail))
                continue
            if new:
                taken[_folded(new)] = new
            kept.append(edit)
        return kept

    def _beside(self, new: str, taken: Mapping[str, str]) -> str:
        """Return the path that ``new`` would be taken for, or that is a folder of it or below."""
        folded = _folded(new)
        for known, path in taken.items():
            if path != new and (
                known == folded or known.startswith(f"{folded}/") or folded.startswith(f"{known}/")
            ):
                return path
        return ""


def _folded(path: str) -> str:
    """Return the path as a system compares it that knows neither case nor Unicode forms."""
    return normalize("NFKC", path).casefold()
