"""What a change asks of one file where neither a name nor a call there is what follows."""

import re

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.exports import export_edits
from spark_desktop.domain.field_types import field_uses
from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.followed import FileFollow, Followed, Left, in_text
from spark_desktop.domain.key_uses import key_follow
from spark_desktop.domain.literal_changes import literals_meant
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.moved_imports import moved_edits, renamed_edits
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.words import say


def follow_otherwise(followed: Followed, file: FileNames, tree: Tree) -> FileFollow | None:
    """Return what a move, another export, text, key or type of a field asks; None for all else."""
    if followed.change.is_moved:
        return _moved(followed, file, tree)
    if followed.change.exported:
        return export_edits(followed, file, tree)
    if followed.change.literal is not None:
        return _literals(followed, file, tree)
    if followed.change.key is not None:
        return key_follow(followed.change.key, file)
    if followed.change.holds_other:
        return _held(followed, file, tree)
    return None


def _literals(followed: Followed, file: FileNames, tree: Tree) -> FileFollow:
    """Follow a value of a type of texts in the files that get something from where it is."""
    target = followed.target
    is_home = file.path in target.homes
    reached = [
        one
        for one in file.brought
        if tree.files(file.language, file.path, one.module) & target.paths
    ]
    if not is_home and not reached:
        return FileFollow(file.path)
    name = target.name
    aliases = {one.local for one in reached if one.name == name}
    own = {one.local for one in file.brought} | {one.name for one in file.defined}
    if is_home or (name not in own and any(one.name in ("", "*") for one in reached)):
        aliases.add(name)
    skipped = followed.fresh_lines if is_home else frozenset[int]()
    found = literals_meant(followed.change, file, followed.home, skipped, aliases)
    left = tuple(Left(file.path, line, in_text(), is_text=True) for line in found.others)
    return FileFollow(file.path, found.edits, left=left, lines=found.lines)


def _held(followed: Followed, file: FileNames, tree: Tree) -> FileFollow:
    """Ask for what reads or sets a field of another type, but for what was written with it."""
    is_home = file.path in followed.target.homes
    # What a class keeps for itself, whoever writes the class has before them.
    is_private = is_home and _is_private(followed.change.new)
    if is_private or (not is_home and file.path in followed.fresh_files):
        return FileFollow(file.path)
    uses = field_uses(followed.change, followed.target, file, tree)
    fresh = followed.fresh_lines if is_home else frozenset[int]()
    asked = tuple(one for one in uses.found if one.line not in fresh)
    reason = say("which {name} is meant is not clear", name=followed.target.name)
    left = tuple(Left(file.path, one.line, reason, at=one.start) for one in uses.doubtful)
    clear = frozenset(one.start for one in uses.found)
    return FileFollow(file.path, asked=asked, left=left, clear=clear)


def _is_private(field: Defined) -> bool:
    """Return whether nobody beside its class, or its module of Rust, can use a field."""
    if field.path.endswith(".rs"):
        return re.search(r"\bpub\b", field.text) is None
    is_said = re.match(r"\s*(?:private|protected)\b", field.text) is not None
    return is_said or field.name.startswith(("_", "#"))


def _moved(followed: Followed, file: FileNames, tree: Tree) -> FileFollow:
    home = followed.change.new.path
    found = moved_edits(followed.target, home, file, tree, followed.home)
    if found is not None and followed.change.is_renamed:
        found = renamed_edits(followed.target, followed.change.new, file, tree, found)
    if found is None:
        uses = uses_in(followed.target, file, tree)
        reason = say("its import has to be written by hand")
        return FileFollow(
            file.path, left=tuple(Left(file.path, one.line, reason) for one in uses.found[:1])
        )
    lines = tuple(file.content.count("\n", 0, edit.start) for edit in found)
    return FileFollow(file.path, found, lines=lines)
