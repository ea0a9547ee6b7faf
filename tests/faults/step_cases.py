"""Operations on several files for the faults: what is there before, what is to be there after.

A tree is a dict from path to bytes, None for a folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.operation import FileWrite, Operation
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk
from spark_desktop.domain.text import decode, digest_of

Tree = Mapping[str, bytes | None]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One operation, the trees around it, and what was done before; ``first`` is before that."""

    name: str
    old: Tree
    new: Tree
    operation: Operation
    links: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[Operation, ...] = ()
    first: Tree | None = None

    def lay_out(self, root: Path) -> None:
        """Make the files as they are before everything, also before the kept steps."""
        root.mkdir(parents=True)
        for path, data in (self.first or self.old).items():
            file = root / path
            if data is None:
                file.mkdir(exist_ok=True)
            elif path in self.links:
                file.hardlink_to(root / self.links[path])
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                file.chmod(0o750)

    def steps(self, is_new: bool) -> tuple[Step, ...]:
        """Return the steps that are kept before the operation, or after."""
        steps = [operation.step for operation in self.kept if operation.step]
        if is_new and self.operation.step:
            steps.append(self.operation.step)
        if is_new:
            marks = {id_: (undone, hunks) for id_, undone, hunks in self.operation.undone}
            steps = [replace(step, changes=_marked(step.changes, marks)) for step in steps]
        return tuple(steps)


def tree_of(root: Path) -> Tree:
    """Return what is in a folder."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in root.rglob("*")
    }


def change(path: str, before: bytes | None, after: bytes | None, target: str = "") -> AppliedChange:
    """Return the change of one file."""
    kind = FileKind.RENAME if target else FileKind.CHANGE
    if before is None:
        kind = FileKind.CREATE
    if after is None:
        kind = FileKind.DELETE
    old, new = ((data or b"").decode("latin-1") for data in (before, after))
    return AppliedChange(
        id=f"change of {path} to {digest(after)[:6]}",
        path=path,
        title="Count on",
        hunks=(Hunk("1-0", 0, (old,), (new,)),),
        before=digest(before),
        after=digest(after),
        created=NOW,
        kind=kind,
        target=target,
    )


def step(name: str, *changes: AppliedChange) -> Step:
    """Return a step."""
    return Step(name, f"Title of {name}", StepKind.EDIT, NOW, changes, origin="answer")


def write(path: str, before: bytes | None, after: bytes | None, like: str = "") -> FileWrite:
    """Return the write of one file."""
    return FileWrite(path, digest(before), None if after is None else decode(after), like)


def digest(data: bytes | None) -> str:
    """Return what stands for the bytes."""
    return ABSENT if data is None else digest_of(data)


def _marked(
    changes: tuple[AppliedChange, ...], marks: Mapping[str, tuple[bool, frozenset[str]]]
) -> tuple[AppliedChange, ...]:
    return tuple(
        replace(one, undone=marks[one.id][0], undone_hunks=marks[one.id][1])
        if one.id in marks
        else one
        for one in changes
    )


A, B, C = b"a\r\nmixed\n", b"\xef\xbb\xbfb\n" * 200, b"no end"
A2, B2, C2 = b"a\r\nother\nlines\n", b"\xef\xbb\xbfshort\n", b"still no end"


def three_files() -> Case:
    """Return a change of three files in two folders."""
    return Case(
        "three files",
        old={"a.py": A, "src": None, "src/b.py": B, "src/c.py": C, "other.txt": b"other"},
        new={"a.py": A2, "src": None, "src/b.py": B2, "src/c.py": C2, "other.txt": b"other"},
        operation=Operation(
            "three files",
            (write("a.py", A, A2), write("src/b.py", B, B2), write("src/c.py", C, C2)),
            step("s", change("a.py", A, A2), change("src/b.py", B, B2), change("src/c.py", C, C2)),
        ),
    )


def mix() -> Case:
    """Return a new file in new folders, a removed file, a changed one, and a rename."""
    return Case(
        "mix",
        old={"gone.py": A, "old.py": B, "c.py": C},
        new={"new": None, "new/deep": None, "new/deep/a.py": C2, "c.py": C2, "moved.py": B2},
        operation=Operation(
            "mix",
            (
                write("new/deep/a.py", None, C2),
                write("gone.py", A, None),
                write("moved.py", None, B2, like="old.py"),
                write("old.py", B, None),
                write("c.py", C, C2),
            ),
            step(
                "s",
                change("new/deep/a.py", None, C2),
                change("gone.py", A, None),
                change("old.py", B, B2, target="moved.py"),
                change("c.py", C, C2),
            ),
        ),
    )


def undo() -> Case:
    """Return the undo of a kept step: its files get other bytes, its changes other marks."""
    first = (b"before " + A, A), (b"before " + C, C)
    kept = Operation(
        "kept",
        (write("a.py", *first[0]), write("c.py", *first[1])),
        step("kept", change("a.py", *first[0]), change("c.py", *first[1])),
    )
    assert kept.step is not None
    one, two = kept.step.changes
    return Case(
        "undo",
        old={"a.py": A, "c.py": C},
        new={"a.py": A2, "c.py": C2},
        operation=Operation(
            "undo",
            (write("a.py", A, A2), write("c.py", C, C2)),
            undone=((one.id, True, frozenset()), (two.id, False, frozenset({"1-0"}))),
        ),
        kept=(kept,),
        first={"a.py": first[0][0], "c.py": first[1][0]},
    )


def hard_link() -> Case:
    """Return a change of two files with two names each, between others: one grows, one shrinks."""
    long = b"".join(b"line %d\n" % number for number in range(300))
    return Case(
        "hard link",
        old={"a.py": A, "b.py": C, "b2.py": C, "c.py": long + A, "c2.py": long + A, "d.py": C},
        new={"a.py": A2, "b.py": long, "b2.py": long, "c.py": A2, "c2.py": A2, "d.py": C2},
        operation=Operation(
            "hard link",
            (
                write("a.py", A, A2),
                write("b.py", C, long),
                write("c.py", long + A, A2),
                write("d.py", C, C2),
            ),
            step(
                "s",
                change("a.py", A, A2),
                change("b.py", C, long),
                change("c.py", long + A, A2),
                change("d.py", C, C2),
            ),
        ),
        links={"b2.py": "b.py", "c2.py": "c.py"},
    )


def undone_creation() -> Case:
    """Return the undo of a new file in new folders, together with the redo of a removed one."""
    kept = Operation(
        "kept",
        (write("new/deep/a.py", None, A), write("gone.py", b"before " + C, None)),
        step("kept", change("new/deep/a.py", None, A), change("gone.py", b"before " + C, None)),
    )
    assert kept.step is not None
    return Case(
        "undone creation",
        old={"new": None, "new/deep": None, "new/deep/a.py": A},
        new={"gone.py": b"before " + C},
        operation=Operation(
            "undo",
            (write("gone.py", None, b"before " + C), write("new/deep/a.py", A, None)),
            undone=tuple((one.id, True, frozenset()) for one in kept.step.changes),
        ),
        kept=(kept,),
        first={"gone.py": b"before " + C},
    )


CASES: tuple[Callable[[], Case], ...] = (three_files, mix, undo, hard_link, undone_creation)


def other_names(root: Path, case: Case) -> bool:
    """Return whether the names of one file are still names of one file."""
    return all((root / one).samefile(root / other) for one, other in case.links.items())
